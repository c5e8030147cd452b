// The native paths of log senders: OTLP's POST /v1/logs and Loki's POST /loki/api/v1/push. Each
// answers as its protocol says.
#include "api/ingest_call.h"
#include "api/json_body.h"
#include "api/protobuf_writer.h"
#include "api/routes.h"
#include "api/status.h"
#include "base/json_writer.h"

namespace srehub::api {
namespace {

// What the configuration says of the format holds on its native path too.
const SourcePolicy* OtlpPolicy(const Services& services) {
  return PolicyOf(services, model::FormatName(model::Format::kOtlp));
}
const SourcePolicy* LokiPolicy(const Services& services) {
  return PolicyOf(services, model::FormatName(model::Format::kLoki));
}

constexpr std::string_view kProtobuf = "application/x-protobuf";
constexpr std::string_view kJson = "application/json";

// Codes of google.rpc.Status.
constexpr uint64_t kInvalidArgumentCode = 3, kResourceExhaustedCode = 8, kInternalCode = 13,
                   kUnavailableCode = 14;

http::Response Typed(std::string_view type, int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  response.Set("Content-Type", std::string(type));
  return response;
}

// A sentence for whoever reads the exporter's log: how many, and why the first ones.
std::string RefusalText(const ingest::Receipt& receipt) {
  constexpr size_t kShown = 3;
  std::string text = std::to_string(receipt.rejected) + " records were refused";
  for (size_t i = 0; i < receipt.errors.size() && i < kShown; ++i) {
    const model::Refusal& error = receipt.errors[i];
    text += "; " + std::to_string(error.record) + ": " + error.message;
    if (!error.field.empty()) text += " (" + error.field + ")";
  }
  return text + (receipt.rejected > 0 ? "; GET /api/v1/rejects lists them" : "");
}

// ExportLogsServiceResponse {partial_success = 1 {rejected_log_records = 1, error_message = 2}}
std::string OtlpAnswer(const ingest::Receipt& receipt, bool protobuf) {
  if (receipt.rejected == 0) return protobuf ? "" : "{}";
  const std::string text = RefusalText(receipt);
  if (protobuf) {
    ProtobufWriter partial, answer;
    partial.Varint(1, receipt.rejected).Bytes(2, text);
    return answer.Bytes(1, partial.text()).Take();
  }
  JsonWriter json;
  json.BeginObject().Key("partialSuccess").BeginObject();
  json.Field("rejectedLogRecords", std::to_string(receipt.rejected)).Field("errorMessage", text);
  return json.EndObject().EndObject().Take();
}

uint64_t RpcCode(int status) {
  if (status == 503) return kUnavailableCode;
  if (status == 413 || status == 429) return kResourceExhaustedCode;
  return status < 500 ? kInvalidArgumentCode : kInternalCode;
}

// google.rpc.Status {code = 1, message = 2}, in the request's own encoding.
http::Response OtlpError(const http::Request& request, const Error& error, bool protobuf) {
  const http::Response known = ErrorResponse(request, error);
  const uint64_t code = RpcCode(known.status);
  const std::string message =
      error.where.empty() ? error.message : error.message + " (" + error.where + ")";
  std::string body;
  if (protobuf) {
    body = ProtobufWriter().Varint(1, code).Bytes(2, message).Take();
  } else {
    JsonWriter json;
    body = json.BeginObject().Field("code", code).Field("message", message).EndObject().Take();
  }
  http::Response response = Typed(protobuf ? kProtobuf : kJson, known.status, std::move(body));
  if (const auto after = known.Header("retry-after"); !after.empty())
    response.Set("Retry-After", std::string(after));
  return response;
}

http::Response PostOtlpLogs(const SharedServices& services, const http::Request& request) {
  const std::string type = MediaType(request);
  const bool protobuf = type == kProtobuf;
  if (!protobuf && type != kJson)
    return ErrorResponse(request, {ErrorCode::kUnsupported,
                                   "The content type must be application/x-protobuf or "
                                   "application/json.",
                                   "content-type"});
  const Result<ingest::Receipt> receipt =
      IngestBody(*services, request, model::Format::kOtlp, request.body, OtlpPolicy(*services));
  if (!receipt) return OtlpError(request, receipt.error(), protobuf);
  return Typed(protobuf ? kProtobuf : kJson, 200, OtlpAnswer(*receipt, protobuf));
}

// Loki takes what is good of a push and answers 400 for the rest, which clients do not repeat.
http::Response PostLoki(const SharedServices& services, const http::Request& request) {
  const std::string type = MediaType(request);
  if (!type.empty() && type != kProtobuf && type != kJson)
    return ErrorResponse(request, {ErrorCode::kUnsupported,
                                   "The content type must be application/x-protobuf or "
                                   "application/json.",
                                   "content-type"});
  const Result<ingest::Receipt> receipt =
      IngestBody(*services, request, model::Format::kLoki, request.body, LokiPolicy(*services));
  if (!receipt) {
    const http::Response known = ErrorResponse(request, receipt.error());
    http::Response response = http::TextResponse(receipt.error().message + "\n", known.status);
    if (const auto after = known.Header("retry-after"); !after.empty())
      response.Set("Retry-After", std::string(after));
    return response;
  }
  if (receipt->rejected > 0) return http::TextResponse(RefusalText(*receipt) + "\n", 400);
  http::Response response;
  response.status = 204;
  return response;
}

}  // namespace

void AddLogRoutes(http::Router* router, const SharedServices& services) {
  const auto add = [&](const char* pattern, const char* operation, auto* answer, auto* policy_of) {
    router->Add({"POST", pattern, operation, http::Scope::kIngest,
                 [services, answer](const http::Request& r) { return answer(services, r); }, false,
                 [services, policy_of](const http::Request&) {
                   const SourcePolicy* policy = policy_of(*services);
                   return policy != nullptr && policy->takes_signed();
                 }});
  };
  add("/v1/logs", "postOtlpLogs", PostOtlpLogs, OtlpPolicy);
  add("/loki/api/v1/push", "postLoki", PostLoki, LokiPolicy);
}

}  // namespace srehub::api
