// The query parameters of a request, read once, with one set of rules for all routes. The first
// parameter that is unknown, given twice or wrong is kept as the problem to answer with.
// Not thread-safe; lives as long as its request.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "http/message.h"
#include "http/problem.h"
#include "insight/answer.h"
#include "model/deploy.h"
#include "model/event.h"
#include "model/severity.h"

namespace srehub::api {

inline constexpr size_t kMaxParameterBytes = 512;

class Params {
 public:
  // `known`: the names this route takes; every other one is a problem that names the nearest.
  Params(const http::Request& request, std::initializer_list<std::string_view> known);

  // since, from, to, at: whichever of them were given. `since` is a length of time ("15m") or an
  // instant.
  insight::WindowSpec Window();
  std::optional<Instant> Time(std::string_view name);
  std::optional<Duration> Length(std::string_view name);
  std::optional<model::Severity> Severity(std::string_view name = "severity");
  std::optional<model::Source> Source();
  std::optional<model::DeployStatus> DeployStatus();
  std::string Text(std::string_view name);
  size_t Limit(size_t standard, size_t most);
  bool Flag(std::string_view name);
  // A comma-separated list of words, each one of `allowed`.
  std::vector<std::string> Words(std::string_view name,
                                 std::initializer_list<std::string_view> allowed);

  // Set once anything was wrong; what the getters gave is then of no use.
  const std::optional<http::Problem>& problem() const { return problem_; }
  http::Response Refuse() const;

 private:
  void Check(size_t index);  // the query's name and value at `index`
  std::optional<std::string_view> Get(std::string_view name);
  void Wrong(std::string_view name, std::string_view value, std::string detail,
             std::vector<std::string> allowed = {});

  const http::Request& request_;
  std::vector<std::string_view> known_;
  std::optional<http::Problem> problem_;
};

// The name among `words` that `text` most likely meant; empty when none is near.
std::string_view Nearest(std::string_view text, const std::vector<std::string_view>& words);

}  // namespace srehub::api
