// POST /api/v1/ingest/{format}, POST /api/v1/events and its short form POST /events.
#include <algorithm>
#include <array>
#include <chrono>

#include "api/delivery_trust.h"
#include "api/ingest_call.h"
#include "api/json_body.h"
#include "api/params.h"
#include "api/routes.h"
#include "api/status.h"
#include "base/text.h"

namespace srehub::api {
namespace {

// The shell's `curl -d` says this unless told otherwise.
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

bool IsJsonOrText(std::string_view type) {
  static constexpr std::array<std::string_view, 7> kTypes = {"",  // none: JSON is what senders mean
                                                             "application/json",
                                                             "application/x-ndjson",
                                                             "application/ndjson",
                                                             "application/jsonl",
                                                             "application/x-json-stream",
                                                             "text/plain"};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end() ||
         (type.starts_with("application/") && type.ends_with("+json"));
}

// GitHub can be set up to send its JSON as the form field `payload`.
Result<std::string> PayloadOfForm(const http::Request& request) {
  http::Request form;
  SREHUB_CHECK_OK(http::ParseTarget("?" + request.body, &form));
  const auto payload = form.Query("payload");
  if (!payload) return Fail(ErrorCode::kMalformed, "The form has no field 'payload'.", "payload");
  return std::string(*payload);
}

Status CheckContentType(const http::Request& request, model::Format format) {
  const std::string type = MediaType(request);
  if (IsJsonOrText(type)) return {};
  if (type == kFormType && format == model::Format::kGithub) return {};
  const bool batch = format == model::Format::kOtlp || format == model::Format::kLoki;
  if (batch && type == "application/x-protobuf") return {};
  return Fail(ErrorCode::kUnsupported,
              "The content type '" + type.substr(0, 64) +
                  "' is not taken here; send 'Content-Type: application/json' (one value, an "
                  "array, or one value per line), application/x-ndjson or text/plain.",
              "content-type");
}

std::vector<std::string_view> FormatNames() {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(model::kLastFormat); ++i)
    names.push_back(model::FormatName(static_cast<model::Format>(i)));
  return names;
}

http::Response UnknownFormat(const http::Request& request, std::string_view name) {
  const std::vector<std::string_view> names = FormatNames();
  std::string list;
  for (const std::string_view known : names)
    list += (list.empty() ? "" : ", ") + std::string(known);
  const std::string_view nearest = Nearest(name, names);
  return ErrorResponse(
      request,
      {ErrorCode::kNotFound,
       "There is no format '" + std::string(TruncateUtf8(name, 64)) + "'; " +
           (nearest.empty() ? "there are " + list : "did you mean '" + std::string(nearest) + "'?"),
       "format"});
}

http::Response Ingest(const SharedServices& services, const http::Request& request,
                      model::Format format, const SourcePolicy* policy = nullptr) {
  // Which events of GitHub's beside the usual ones are wanted.
  const bool optional_events = format == model::Format::kGithub || format == model::Format::kAuto;
  Params params = optional_events ? Params(request, {"include"}) : Params(request, {});
  params.Words("include", {"workflow_job", "check_run", "check_suite", "status"});
  if (params.problem()) return params.Refuse();
  if (const Status type = CheckContentType(request, format); !type)
    return ErrorResponse(request, type.error());
  std::string form_payload;
  std::string_view body = request.body;
  if (MediaType(request) == kFormType) {
    Result<std::string> payload = PayloadOfForm(request);
    if (!payload) return ErrorResponse(request, payload.error());
    form_payload = std::move(*payload);
    body = form_payload;
  }
  const Result<ingest::Receipt> receipt = IngestBody(*services, request, format, body, policy);
  if (!receipt) return ErrorResponse(request, receipt.error());
  return http::JsonResponse(ReceiptToJson(*receipt), StatusOf(*receipt));
}

}  // namespace

void AddIngestRoutes(http::Router* router, const SharedServices& services) {
  router->Add(
      {"POST", "/api/v1/ingest/{format}", "ingest", http::Scope::kIngest,
       [services](const http::Request& request) {
         const std::string_view name = request.Param("format");
         const SourcePolicy* policy = PolicyOf(*services, name);
         const auto format =
             policy != nullptr ? std::optional(policy->format) : model::ParseFormat(name);
         if (!format) return UnknownFormat(request, name);
         return Ingest(services, request, *format, policy);
       },
       false,
       [services](const http::Request& request) { return MayBeSigned(*services, request); }});
  const auto events = [services](const http::Request& request) {
    return Ingest(services, request, model::Format::kEvent);
  };
  router->Add({"POST", "/api/v1/events", "postEvents", http::Scope::kIngest, events});
  router->Add({"POST", "/events", "postEventsShort", http::Scope::kIngest, events});
}

}  // namespace srehub::api
