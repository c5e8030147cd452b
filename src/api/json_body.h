// The JSON object of a small request (an acknowledgement, a silence, an outcome): its content type,
// its members, and nothing but those. Not thread-safe; lives as long as its request.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/result.h"
#include "base/time.h"
#include "http/message.h"
#include "model/json_fields.h"

namespace srehub::api {

inline constexpr size_t kMaxTextBytes = 4096;  // of one member

enum class EmptyBody { kRefused, kAllowed };

class JsonBody {
 public:
  // An empty body reads as {} where it is allowed. Errors, kept in status(): kUnsupported (content
  // type), kMalformed, kInvalidArgument (not an object, an unknown member).
  JsonBody(const http::Request& request, std::initializer_list<std::string_view> members,
           EmptyBody empty = EmptyBody::kRefused);

  std::string Text(std::string_view name, model::Need need = model::Need::kOptional);
  std::optional<Instant> Time(std::string_view name);
  std::optional<Duration> Length(std::string_view name);  // "2h"
  std::vector<std::string> Texts(std::string_view name);
  void Refuse(std::string_view name, std::string why);

  // The first error of all of the above.
  Status status() const;

 private:
  Status Open(const http::Request& request, std::initializer_list<std::string_view> members,
              EmptyBody empty);
  // Refuses a text that is there and empty.
  void CheckNotEmpty(std::string_view name);

  JsonReader reader_;
  JsonElement object_;
  std::optional<model::JsonFields> fields_;
  Status status_;
};

// "application/json; charset=utf-8" → "application/json", lower case; empty when there is none.
std::string MediaType(const http::Request& request);

}  // namespace srehub::api
