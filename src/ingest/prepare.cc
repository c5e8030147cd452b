#include "ingest/prepare.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "ingest/admission.h"
#include "ingest/source_health.h"
#include "sources/decode.h"

namespace srehub::ingest {
namespace {

// Where classification ends when nothing names a service.
constexpr std::string_view kUnknownService = "unknown";

size_t SizeOf(const model::Event& event) {
  return sizeof(event) + event.service_id.size() + event.event_type.size() + event.signal.size() +
         event.series.size() + event.closes.size() + event.details.size();
}

bool IsDistrusted(const DistrustedClocks& distrusted, std::string_view feed,
                  const model::Observation& observation) {
  return std::ranges::any_of(distrusted, [&](const std::string& name) {
    return name == feed || name == model::SourceName(observation.source) ||
           name == model::FormatName(observation.format);
  });
}

class Preparer {
 public:
  Preparer(const model::Delivery& delivery, const classify::Classifier& classifier,
           const DistrustedClocks& distrusted, const FeedRules* rules, Instant now)
      : delivery_(delivery),
        classifier_(classifier),
        distrusted_(distrusted),
        rules_(rules),
        now_(now) {}

  void Record(sources::DecodedRecord& record) {
    refusals_ = std::move(record.refusals);
    ahead_ = Duration::zero();
    RecordEvents taken{.index = record.index,
                       .source = model::SourceOfFormat(delivery_.format),
                       .format = delivery_.format,
                       .first = out_.events.size()};
    if (!record.observations.empty()) {
      taken.source = record.observations.front().source;
      taken.format = record.observations.front().format;
    }
    for (model::Observation& observation : record.observations) Observe(observation);
    const std::string_view dropped = LeaveOut(taken.first);
    taken.count = out_.events.size() - taken.first;
    for (size_t i = taken.first; i < out_.events.size(); ++i) {
      taken.newest = std::max(taken.newest, out_.events[i].timestamp);
      taken.unresolved |= out_.events[i].service_id == kUnknownService;
      out_.bytes += SizeOf(out_.events[i]);
    }
    if (refusals_.empty() && taken.count == 0 && !dropped.empty()) {
      out_.dropped.push_back({taken.source, taken.format, dropped});
      return;
    }
    if (refusals_.empty() && taken.count == 0) {
      ++out_.ignored;
      return;
    }
    if (taken.count > 0) out_.records.push_back(taken);
    if (!refusals_.empty()) Refused(record, taken);
  }

  Prepared Take() { return std::move(out_); }

 private:
  // Takes out what the source's rules do not want; the reason of the last one taken out.
  std::string_view LeaveOut(size_t first) {
    std::string_view reason;
    if (rules_ == nullptr) return reason;
    const auto begin = out_.events.begin() + static_cast<std::ptrdiff_t>(first);
    const auto kept = std::remove_if(begin, out_.events.end(), [&](const model::Event& event) {
      const std::string_view why = rules_->WhyDropped(event);
      if (!why.empty()) reason = why;
      return !why.empty();
    });
    out_.events.erase(kept, out_.events.end());
    return reason;
  }

  // One observation may speak through two events: an alert's firing and the refresh of this
  // resend. It counts by what is still admissible of it, so an alert that fires longer than
  // retention stays open by its refreshes, and the expired half is not a loss.
  void Observe(model::Observation& observation) {
    if (observation.time && *observation.time > now_ + limits::kMaxAhead &&
        IsDistrusted(distrusted_, delivery_.feed, observation))
      observation.time.reset();
    const size_t first = out_.events.size();
    if (auto refusal = classifier_.Classify(observation, &out_.events)) {
      out_.events.resize(first);
      refusals_.push_back(std::move(*refusal));
      return;
    }
    std::optional<model::Refusal> refused;
    size_t kept = first;
    for (size_t i = first; i < out_.events.size(); ++i) {
      if (auto refusal = Admit(out_.events[i], now_)) {
        if (refusal->reason == model::RefusalReason::kFutureDated)
          ahead_ = std::max(ahead_, AheadOf(out_.events[i], now_));
        const bool replaces = !refused || refused->reason == model::RefusalReason::kExpired;
        if (replaces) refused = std::move(refusal);
        continue;
      }
      if (kept != i) out_.events[kept] = std::move(out_.events[i]);
      ++kept;
    }
    out_.events.resize(kept);
    const bool only_expired_in_part =
        kept > first && refused && refused->reason == model::RefusalReason::kExpired;
    if (refused && !only_expired_in_part) refusals_.push_back(std::move(*refused));
  }

  void Refused(const sources::DecodedRecord& record, const RecordEvents& taken) {
    for (model::Refusal& refusal : refusals_) {
      refusal.record = record.index;
      if (out_.errors.size() < limits::kMaxReportedErrors) out_.errors.push_back(refusal);
    }
    RefusedRecord refused{
        .row = MakeRejectRow(delivery_, delivery_.format, record.raw, std::move(refusals_.front())),
        .source = taken.source,
        .format = taken.format,
        .ahead = ahead_,
        .whole = taken.count == 0};
    out_.bytes += sizeof(refused) + refused.row.payload.size();
    if (refused.whole) ++out_.rejected;
    out_.refused.push_back(std::move(refused));
  }

  const model::Delivery& delivery_;
  const classify::Classifier& classifier_;
  const DistrustedClocks& distrusted_;
  const FeedRules* const rules_;
  const Instant now_;
  Prepared out_;
  std::vector<model::Refusal> refusals_;  // of the record at hand
  Duration ahead_{};
};

}  // namespace

store::RejectRow MakeRejectRow(const model::Delivery& delivery, model::Format format,
                               std::string_view raw, model::Refusal refusal) {
  store::RejectRow row;
  row.received = delivery.received;
  row.format = format;
  row.feed = delivery.feed;
  for (const auto& header : delivery.headers)
    if (header.first != "idempotency-key") row.headers.push_back(header);
  row.refusal = std::move(refusal);
  row.payload_cut = raw.size() > store::kMaxRejectPayloadBytes;
  row.payload = std::string(raw.substr(0, store::kMaxRejectPayloadBytes));
  return row;
}

Result<Prepared> Prepare(const model::Delivery& delivery, const classify::Classifier& classifier,
                         const DistrustedClocks& distrusted, const FeedRules* rules, Instant now) {
  SREHUB_TRY(sources::Decoded decoded, sources::Decode(delivery, &classifier.mappings()));
  Preparer preparer(delivery, classifier, distrusted, rules, now);
  for (sources::DecodedRecord& record : decoded.records) preparer.Record(record);
  Prepared prepared = preparer.Take();
  prepared.notices = std::move(decoded.notices);
  return prepared;
}

}  // namespace srehub::ingest
