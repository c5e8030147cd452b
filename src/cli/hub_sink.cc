#include "cli/hub_sink.h"

#include <atomic>
#include <cstdlib>
#include <thread>

#include "base/text.h"
#include "cli/fields.h"
#include "cli/signals.h"

namespace srehub::cli {
namespace {

constexpr std::chrono::milliseconds kSignalPoll{100};

ErrorCode CodeOf(int status) {
  switch (status) {
    case 400: return ErrorCode::kMalformed;
    case 401: return ErrorCode::kUnauthenticated;
    case 403: return ErrorCode::kForbidden;
    case 404: return ErrorCode::kNotFound;
    case 408: return ErrorCode::kDeadlineExceeded;
    case 413: return ErrorCode::kTooLarge;
    case 415: return ErrorCode::kUnsupported;
    case 429: return ErrorCode::kOverloaded;
    default: return status >= 500 ? ErrorCode::kUnavailable : ErrorCode::kInvalidArgument;
  }
}

Result<ingest::Receipt> ReadReceipt(const std::string& json) {
  JsonReader reader;
  const auto root = reader.Parse(json);
  if (!root || !Find(*root, "accepted"))
    return Fail(ErrorCode::kUnavailable, "what answers there is not a hub");
  ingest::Receipt receipt;
  receipt.accepted = CountOf(*root, "accepted");
  receipt.duplicate = CountOf(*root, "duplicate");
  receipt.rejected = CountOf(*root, "rejected");
  receipt.ignored = CountOf(*root, "ignored");
  for (const JsonElement& error : Rows(*root, "errors")) {
    model::Refusal refusal;
    refusal.record = CountOf(error, "record");
    refusal.field = Text(error, "field");
    refusal.message = Text(error, "message");
    if (const auto reason = model::ParseRefusalReason(Text(error, "reason")))
      refusal.reason = *reason;
    receipt.errors.push_back(std::move(refusal));
  }
  return receipt;
}

std::string HomeVariable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? "" : value;
}

}  // namespace

Result<ingest::Receipt> HubSink::Deliver(const collect::Batch& batch) {
  Call call;
  call.method = "POST";
  call.path = "/api/v1/ingest/" + PercentEncode(model::FormatName(batch.format));
  call.headers.emplace_back("content-type", "application/x-ndjson");
  if (!batch.idempotency_key.empty())
    call.headers.emplace_back("idempotency-key", batch.idempotency_key);
  call.body = batch.body;
  SREHUB_TRY(const Reply reply, client_->Send(call));
  if (reply.status == 200 || reply.status == 422) return ReadReceipt(reply.body);
  return Fail(CodeOf(reply.status),
              ProblemDetail(reply) + " (" + std::to_string(reply.status) + ")");
}

Status RunUntilSignal(const std::function<Status(std::stop_token)>& work) {
  std::atomic<bool> done{false};
  Status result;
  std::jthread worker([&](const std::stop_token& stop) {
    result = work(stop);
    done = true;
  });
  while (!done)
    if (AwaitSignal(kSignalPoll) == Signal::kStop) break;
  worker.request_stop();
  worker.join();
  return result;
}

std::string DefaultStateFolder() {
  if (const std::string state = HomeVariable("XDG_STATE_HOME"); !state.empty())
    return state + "/srehub";
  const std::string home = HomeVariable("HOME");
  return home.empty() ? "" : home + "/.local/state/srehub";
}

}  // namespace srehub::cli
