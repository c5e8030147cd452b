#include "http/message.h"

#include <algorithm>

#include "base/text.h"

namespace srehub::http {
namespace {

// application/x-www-form-urlencoded: '+' is a space, then percent-decoding.
bool DecodeQueryPart(std::string_view text, std::string* out) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return PercentDecode(spaced, out);
}

}  // namespace

bool Caller::MayIngest(std::string_view source) const {
  return sources.empty() || std::find(sources.begin(), sources.end(), source) != sources.end();
}

std::string_view Request::Header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers)
    if (name == lower_case_name) return value;
  return {};
}

std::optional<std::string_view> Request::Query(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

std::string_view Request::Param(std::string_view name) const {
  for (const auto& [key, value] : params)
    if (key == name) return value;
  return {};
}

Status ParseTarget(std::string_view target, Request* request) {
  const size_t mark = target.find('?');
  request->path = std::string(target.substr(0, mark));
  request->query.clear();
  if (mark == std::string_view::npos) return {};
  for (std::string_view part : Split(target.substr(mark + 1), '&')) {
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    std::string name, value;
    if (!DecodeQueryPart(part.substr(0, equals), &name) ||
        (equals != std::string_view::npos && !DecodeQueryPart(part.substr(equals + 1), &value)))
      return Fail(ErrorCode::kInvalidArgument,
                  "The query holds a '%' that is not followed by two hexadecimal digits.", "query");
    request->query.emplace_back(std::move(name), std::move(value));
  }
  return {};
}

std::string_view Response::Header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (EqualsIgnoreCase(key, name)) return value;
  return {};
}

Response JsonResponse(std::string json, int status) {
  Response response;
  response.status = status;
  response.body = std::move(json);
  response.Set("Content-Type", "application/json; charset=utf-8");
  return response;
}

Response TextResponse(std::string text, int status) {
  Response response;
  response.status = status;
  response.body = std::move(text);
  response.Set("Content-Type", "text/plain; charset=utf-8");
  return response;
}

}  // namespace srehub::http
