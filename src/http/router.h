// Routes by method and path pattern. Built once, then read from any number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"

namespace srehub::http {

// What a caller must be allowed to do. kNone is open to everyone; every route says one of these.
enum class Scope : uint8_t { kNone = 0, kIngest, kRead, kAdmin };
std::string_view ScopeName(Scope scope);  // none, ingest, read, admin
bool ParseScope(std::string_view name, Scope* scope);

// Workers are reserved by lane, so that a flood in one leaves the others quick.
enum class Lane : uint8_t { kProbe = 0, kQuestion, kIngest };
inline constexpr size_t kLaneCount = 3;

struct Route {
  std::string method;        // "GET" answers HEAD as well
  std::string pattern;       // "/api/v1/services/{serviceId}/events"; a last "{rest...}" takes all
  std::string operation_id;  // its name in the OpenAPI document and in metrics
  Scope scope = Scope::kAdmin;
  Handler handler;
  bool probe = false;  // liveness and readiness: a lane of its own
  // Set and true for a request: without a known token it reaches the handler nevertheless, as
  // `unproven`, and the handler must judge it by its signature. Its parameters are set.
  std::function<bool(const Request&)> may_be_signed{};

  Lane lane() const {
    if (probe) return Lane::kProbe;
    return scope == Scope::kIngest ? Lane::kIngest : Lane::kQuestion;
  }
};

class Router {
 public:
  // Asserts that the pattern begins with '/' and that no equal route exists.
  void Add(Route route);

  struct Match {
    const Route* route = nullptr;                             // null: nothing matched
    std::vector<std::pair<std::string, std::string>> params;  // percent-decoded
    std::vector<std::string> allowed;                         // the path exists, with these methods
    bool bad_escape = false;  // a segment with a broken percent-escape
  };
  // `path` is raw. A literal segment wins over a parameter; segments never match when empty.
  Match Find(std::string_view method, std::string_view path) const;

  // The routes in the order in which they were added.
  std::vector<const Route*> routes() const;

 private:
  struct Segment {
    std::string text;  // literal, or the parameter's name
    enum class Kind : uint8_t { kLiteral, kParameter, kRest } kind = Kind::kLiteral;
  };
  struct Entry {
    Route route;
    std::vector<Segment> segments;
    size_t order = 0;
  };
  static bool MatchSegments(const Entry& entry, const std::vector<std::string_view>& raw,
                            Match* match);

  std::vector<Entry> entries_;  // most specific first
};

}  // namespace srehub::http
