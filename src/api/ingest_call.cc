#include "api/ingest_call.h"

#include <array>
#include <chrono>

#include "api/delivery_trust.h"
#include "base/json_writer.h"
#include "model/delivery.h"

namespace srehub::api {
namespace {

// The header fields that say something about the records. Signatures and tokens are not among
// them: a refused delivery keeps its headers in the reject log.
constexpr std::array<std::string_view, 12> kDeliveryHeaders = {
    "content-type",        "content-encoding",       "idempotency-key",      "x-github-event",
    "x-github-delivery",   "x-amz-sns-message-type", "x-amz-sns-message-id", "x-gitlab-event",
    "circleci-event-type", "x-scope-orgid",          "x-srehub-service",     "x-srehub-file"};
// The attributes of a CloudEvent in binary mode are header fields of this prefix.
constexpr std::string_view kCloudEventPrefix = "ce-";
constexpr size_t kMaxCloudEventHeaders = 32;

constexpr std::string_view kIncludeParameter = "include";
// As the decoders know it. Only the parameter sets it: senders of webhooks have no say in headers.
constexpr std::string_view kIncludeHeader = "x-srehub-include";

std::vector<std::pair<std::string, std::string>> DeliveryHeaders(const http::Request& request) {
  std::vector<std::pair<std::string, std::string>> headers;
  for (const std::string_view name : kDeliveryHeaders)
    if (const std::string_view value = request.Header(name); !value.empty())
      headers.emplace_back(name, value);
  size_t attributes = 0;
  for (const auto& [name, value] : request.headers) {
    if (!name.starts_with(kCloudEventPrefix) || ++attributes > kMaxCloudEventHeaders) continue;
    headers.emplace_back(name, value);
  }
  if (const auto include = request.Query(kIncludeParameter))
    headers.emplace_back(kIncludeHeader, *include);
  return headers;
}

constexpr std::string_view kSecondsName = "srehub_ingest_duration_seconds";
constexpr std::string_view kSecondsHelp = "Time from a whole delivery to its durable answer.";
constexpr std::string_view kDeliveriesName = "srehub_ingest_deliveries_total";
constexpr std::string_view kDeliveriesHelp =
    "Deliveries by format and result: taken, refused (every record), failed (nothing promised).";

void Measure(const Services& services, model::Format format,
             std::chrono::steady_clock::time_point began, const Result<ingest::Receipt>& receipt) {
  const std::string name(model::FormatName(format));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  services.metrics->GetHistogram(kSecondsName, kSecondsHelp, {{"format", name}})
      .Observe(took.count());
  const char* result = !receipt ? "failed" : StatusOf(*receipt) == 422 ? "refused" : "taken";
  services.metrics
      ->GetCounter(kDeliveriesName, kDeliveriesHelp, {{"format", name}, {"result", result}})
      .Add();
}

}  // namespace

const SourcePolicy* PolicyOf(const Services& services, std::string_view name) {
  if (!services.policies) return nullptr;
  const auto found = services.policies->find(name);
  return found == services.policies->end() ? nullptr : &found->second;
}

Result<ingest::Receipt> IngestBody(const Services& services, const http::Request& request,
                                   model::Format format, std::string_view body,
                                   const SourcePolicy* policy) {
  const bool has_feed = policy != nullptr && policy->has_own_path;
  const std::string_view name = has_feed ? policy->name : model::FormatName(format);
  if (!request.caller.MayIngest(name))
    return Fail(ErrorCode::kForbidden, "Token '" + request.caller.name +
                                           "' is bound to other sources than '" +
                                           std::string(name) + "'.");
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::string> notices;
  SREHUB_CHECK_OK(CheckSender(services, policy, request, &notices));
  // A confirmation of SNS is dealt with; there is no record in it.
  if (!notices.empty())
    return ingest::Receipt{.accepted = 0,
                           .duplicate = 0,
                           .rejected = 0,
                           .dropped = 0,
                           .ignored = 1,
                           .errors = {},
                           .notices = std::move(notices)};
  model::Delivery delivery;
  delivery.format = format;
  if (has_feed) delivery.feed = policy->name;
  delivery.body = body;
  delivery.received = services.clock->Now();
  delivery.headers = DeliveryHeaders(request);
  Result<ingest::Receipt> receipt = services.pipeline->Ingest(delivery);
  Measure(services, format, began, receipt);
  // What a sender is told nobody reads: the operator has a log.
  if (receipt && services.tell)
    for (const std::string& notice : receipt->notices)
      if (notice.starts_with("SNS ")) services.tell(name, notice);
  return receipt;
}

int StatusOf(const ingest::Receipt& receipt) {
  const bool any = receipt.accepted + receipt.duplicate + receipt.dropped + receipt.ignored > 0;
  return any || receipt.rejected == 0 ? 200 : 422;
}

std::string ReceiptToJson(const ingest::Receipt& receipt) {
  JsonWriter json;
  json.BeginObject()
      .Field("accepted", receipt.accepted)
      .Field("duplicate", receipt.duplicate)
      .Field("rejected", receipt.rejected)
      .Field("dropped", receipt.dropped)
      .Field("ignored", receipt.ignored);
  json.Key("errors").BeginArray();
  for (const model::Refusal& error : receipt.errors) {
    json.BeginObject().Field("record", error.record).FieldIf("field", error.field);
    json.Field("reason", model::RefusalReasonName(error.reason));
    json.Field("message", error.message).EndObject();
  }
  json.EndArray();
  // A record may have several errors, so this is about records, not about the list's length.
  json.Field("errorsTruncated", receipt.rejected > receipt.errors.size());
  json.Key("notices").BeginArray();
  for (const std::string& notice : receipt.notices) json.String(notice);
  return json.EndArray().EndObject().Take();
}

}  // namespace srehub::api
