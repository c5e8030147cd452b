#include "api/json_body.h"

#include <algorithm>
#include <vector>

#include "api/params.h"
#include "base/text.h"

namespace srehub::api {

std::string MediaType(const http::Request& request) {
  const std::string_view header = request.Header("content-type");
  return ToLowerAscii(TrimAscii(header.substr(0, header.find(';'))));
}

JsonBody::JsonBody(const http::Request& request, std::initializer_list<std::string_view> members,
                   EmptyBody empty)
    : status_(Open(request, members, empty)) {}

Status JsonBody::Open(const http::Request& request, std::initializer_list<std::string_view> members,
                      EmptyBody empty) {
  const bool is_empty = TrimAscii(request.body).empty();
  const std::string type = MediaType(request);
  if (type != "application/json" && !(type.empty() && is_empty))
    return Fail(ErrorCode::kUnsupported,
                "The content type '" + type.substr(0, 64) +
                    "' is not taken here; send 'Content-Type: application/json'.",
                "content-type");
  if (is_empty && empty == EmptyBody::kRefused)
    return Fail(ErrorCode::kInvalidArgument, "The body is empty; a JSON object is needed.");
  SREHUB_TRY(const JsonElement element,
             reader_.Parse(is_empty ? std::string_view("{}") : std::string_view(request.body)));
  if (!element.is_object())
    return Fail(
        ErrorCode::kInvalidArgument,
        "The body is of type " + std::string(JsonTypeName(element)) + "; a JSON object is needed.");
  for (const auto& [key, value] : JsonObject(element.get_object().value_unsafe())) {
    if (std::find(members.begin(), members.end(), key) != members.end()) continue;
    const std::string_view nearest = Nearest(key, {members.begin(), members.end()});
    return Fail(ErrorCode::kInvalidArgument,
                "There is no member '" + std::string(TruncateUtf8(key, 64)) + "' here" +
                    (nearest.empty() ? "." : "; did you mean '" + std::string(nearest) + "'?"),
                "/" + std::string(TruncateUtf8(key, 64)));
  }
  object_ = element;
  fields_.emplace(element, "");
  return {};
}

Status JsonBody::status() const {
  if (!status_ || !fields_) return status_;
  return fields_->status();
}

void JsonBody::Refuse(std::string_view name, std::string why) {
  if (fields_) fields_->Refuse(name, std::move(why));
}

void JsonBody::CheckNotEmpty(std::string_view name) {
  const auto text = FindString(object_, name);
  if (text && text->empty()) Refuse(name, "is empty");
}

std::string JsonBody::Text(std::string_view name, model::Need need) {
  if (!fields_) return {};
  CheckNotEmpty(name);
  std::string text = fields_->String(name, need);
  if (text.size() > kMaxTextBytes)
    Refuse(name, "is longer than " + std::to_string(kMaxTextBytes) + " bytes");
  return text;
}

std::optional<Instant> JsonBody::Time(std::string_view name) {
  if (!fields_) return std::nullopt;
  CheckNotEmpty(name);
  return fields_->Time(name);
}

std::optional<Duration> JsonBody::Length(std::string_view name) {
  const std::string text = Text(name);
  if (text.empty()) return std::nullopt;
  const Result<Duration> length = ParseDuration(text);
  if (length && *length > Duration::zero()) return *length;
  Refuse(name, "is not a length of time such as 30m, 2h or 1d");
  return std::nullopt;
}

std::vector<std::string> JsonBody::Texts(std::string_view name) {
  return fields_ ? fields_->Strings(name) : std::vector<std::string>{};
}

}  // namespace srehub::api
