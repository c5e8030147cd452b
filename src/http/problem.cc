#include "http/problem.h"

#include "base/json_writer.h"

namespace srehub::http {

std::string_view ReasonPhrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

Response ProblemResponse(const Request& request, const Problem& problem) {
  JsonWriter json;
  json.BeginObject()
      .Field("type", "about:blank")
      .Field("title", ReasonPhrase(problem.status))
      .Field("status", problem.status)
      .Field("detail", problem.detail)
      .FieldIf("instance", request.path)
      .Field("code", problem.code)
      .FieldIf("limit", problem.limit)
      .FieldIf("value", problem.value)
      .FieldIf("setting", problem.setting)
      .FieldIf("requestId", request.request_id);
  for (const auto& [name, value] : problem.extensions) json.FieldRaw(name, value);
  json.EndObject();

  Response response;
  response.status = problem.status;
  response.body = json.Take();
  response.Set("Content-Type", "application/problem+json; charset=utf-8");
  return response;
}

}  // namespace srehub::http
