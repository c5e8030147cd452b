#include "ingest/pipeline.h"

#include <algorithm>
#include <future>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "ingest/committer.h"
#include "sources/decode.h"

namespace srehub::ingest {
namespace {

constexpr size_t kReplayPage = 256;
constexpr size_t kMaxIdempotencyKeyBytes = 255;

// The sender's key together with the body it stands for: two senders that happen to choose the
// same key do not swallow each other's records. A longer key goes in by its hash alone.
std::string IdempotencyKeyOf(const model::Delivery& delivery) {
  const std::string_view key = delivery.Header("idempotency-key");
  if (key.empty()) return {};
  const std::string name =
      key.size() <= kMaxIdempotencyKeyBytes ? std::string(key) : Hex64(Hash64(key));
  return name + "#" + Hex64(Hash64(delivery.body));
}

}  // namespace

struct Pipeline::Impl {
  Impl(store::Store* store, std::shared_ptr<const classify::Classifier> rules, const Clock* now,
       Limits bounds, Committer::OnChange on_change)
      : store(store),
        clock(now),
        limits(bounds),
        classifier(std::move(rules)),
        committer(store, now, bounds, &health, std::move(on_change)) {}

  using Pending = std::future<Result<Settled>>;

  Result<Prepared> PrepareNow(const model::Delivery& delivery) {
    std::shared_ptr<const classify::Classifier> rules;
    std::shared_ptr<const DistrustedClocks> clocks;
    std::shared_ptr<const FeedRulesByName> feeds;
    {
      const std::lock_guard lock(mutex);
      rules = classifier;
      clocks = distrusted;
      feeds = feed_rules;
    }
    const auto of_feed = feeds->find(delivery.feed.empty() ? model::FormatName(delivery.format)
                                                           : std::string_view(delivery.feed));
    return Prepare(delivery, *rules, *clocks, of_feed == feeds->end() ? nullptr : &of_feed->second,
                   clock->Now());
  }

  Result<Settled> Await(Pending pending) const {
    if (pending.wait_for(limits.commit_timeout) != std::future_status::ready)
      return Fail(ErrorCode::kUnavailable, "the store did not answer within " +
                                               FormatDuration(limits.commit_timeout) +
                                               "; sending the delivery again is safe");
    return pending.get();
  }

  // Records that only the store could refuse are rare, so their bytes are looked up again here
  // instead of being carried through the queue by every delivery.
  Status LogLateRefusals(const model::Delivery& delivery, std::vector<LateRefusal> late) {
    std::shared_ptr<const classify::Classifier> rules;
    {
      const std::lock_guard lock(mutex);
      rules = classifier;
    }
    SREHUB_TRY(const sources::Decoded decoded, sources::Decode(delivery, &rules->mappings()));
    Submission submission;
    submission.received = delivery.received;
    submission.counts_refusals = false;
    for (LateRefusal& refused : late) {
      const auto record = std::ranges::find(decoded.records, refused.refusal.record,
                                            &sources::DecodedRecord::index);
      if (record == decoded.records.end()) continue;
      RefusedRecord logged;
      logged.row =
          MakeRejectRow(delivery, delivery.format, record->raw, std::move(refused.refusal));
      logged.row.service_id = std::move(refused.service_id);
      submission.prepared.bytes += logged.row.payload.size();
      submission.prepared.refused.push_back(std::move(logged));
    }
    SREHUB_TRY(Pending pending, committer.Submit(std::move(submission)));
    SREHUB_TRY(const Settled settled, Await(std::move(pending)));
    return {};
  }

  void Tally(const Result<Settled>& settled, const store::RejectRow& row, ReplayReport* report,
             std::vector<std::string>* taken) {
    if (!settled) {
      ++report->still_refused;
      return;
    }
    const Receipt& receipt = settled->receipt;
    // What its source leaves out by now is taken care of.
    if (receipt.dropped > 0 && receipt.rejected == 0) {
      ++report->duplicate;
      taken->push_back(row.id);
      return;
    }
    if (receipt.rejected > 0 || !receipt.errors.empty()) {
      ++report->still_refused;
      return;
    }
    ++(receipt.accepted > 0 ? report->accepted : report->duplicate);
    taken->push_back(row.id);
  }

  Status ReplayPage(const std::vector<store::RejectRow>& rows, ReplayReport* report);

  store::Store* const store;
  const Clock* const clock;
  const Limits limits;
  std::mutex mutex;  // the three pointers below
  std::shared_ptr<const classify::Classifier> classifier;
  std::shared_ptr<const DistrustedClocks> distrusted = std::make_shared<DistrustedClocks>();
  std::shared_ptr<const FeedRulesByName> feed_rules = std::make_shared<FeedRulesByName>();
  SourceHealth health;
  Committer committer;
};

// A page is submitted as a whole before any of it is waited for, so that its rows share syncs.
Status Pipeline::Impl::ReplayPage(const std::vector<store::RejectRow>& rows, ReplayReport* report) {
  std::vector<std::pair<const store::RejectRow*, Pending>> pending;
  for (const store::RejectRow& row : rows) {
    ++report->tried;
    if (row.payload_cut) {
      ++report->not_replayable;
      continue;
    }
    const model::Delivery delivery{.format = row.format,
                                   .feed = row.feed,
                                   .body = row.payload,
                                   .received = row.received,
                                   .headers = row.headers};
    Result<Prepared> prepared = PrepareNow(delivery);
    if (!prepared || (prepared->records.empty() && prepared->rejected > 0)) {
      ++report->still_refused;
      continue;
    }
    SREHUB_TRY(Pending future, committer.Submit({.prepared = std::move(*prepared),
                                                 .received = row.received,
                                                 .idempotency_key = {},
                                                 .feed = row.feed,
                                                 .log_rejects = false,
                                                 .counts_refusals = false}));
    pending.emplace_back(&row, std::move(future));
  }
  std::vector<std::string> taken;
  Status status;
  for (auto& [row, future] : pending) {
    Result<Settled> settled = Await(std::move(future));
    if (!settled && status) status = tl::unexpected(settled.error());
    Tally(settled, *row, report, &taken);
  }
  if (!taken.empty()) SREHUB_CHECK_OK(store->DeleteRejects(taken));
  return status;
}

Pipeline::Pipeline(store::Store* store, std::shared_ptr<const classify::Classifier> classifier,
                   const Clock* clock, Limits limits,
                   std::function<void(const std::vector<std::string>& services)> on_change)
    : impl_(std::make_unique<Impl>(store, std::move(classifier), clock, limits,
                                   std::move(on_change))) {}

Pipeline::~Pipeline() { Stop(); }

Result<Receipt> Pipeline::Ingest(const model::Delivery& delivery) {
  SREHUB_CHECK_OK(impl_->committer.CheckRoom());
  std::optional<Committer::Coming> coming(&impl_->committer);
  SREHUB_TRY(Prepared prepared, impl_->PrepareNow(delivery));
  if (prepared.records.empty() && prepared.refused.empty()) {
    for (const DroppedRecord& dropped : prepared.dropped)
      impl_->health.Dropped({dropped.source, dropped.format, delivery.feed}, delivery.received,
                            dropped.reason);
    return Receipt{.accepted = 0,
                   .duplicate = 0,
                   .rejected = 0,
                   .dropped = prepared.dropped.size(),
                   .ignored = prepared.ignored,
                   .errors = {},
                   .notices = std::move(prepared.notices)};
  }
  SREHUB_TRY(Impl::Pending pending,
             impl_->committer.Submit({.prepared = std::move(prepared),
                                      .received = delivery.received,
                                      .idempotency_key = IdempotencyKeyOf(delivery),
                                      .feed = delivery.feed}));
  coming.reset();
  SREHUB_TRY(Settled settled, impl_->Await(std::move(pending)));
  if (!settled.late.empty())
    SREHUB_CHECK_OK(impl_->LogLateRefusals(delivery, std::move(settled.late)));
  return std::move(settled.receipt);
}

void Pipeline::SetClassifier(std::shared_ptr<const classify::Classifier> classifier) {
  const std::lock_guard lock(impl_->mutex);
  impl_->classifier = std::move(classifier);
}

void Pipeline::SetDistrustedClocks(DistrustedClocks distrusted) {
  auto shared = std::make_shared<const DistrustedClocks>(std::move(distrusted));
  const std::lock_guard lock(impl_->mutex);
  impl_->distrusted = std::move(shared);
}

void Pipeline::SetFeedRules(FeedRulesByName rules) {
  auto shared = std::make_shared<const FeedRulesByName>(std::move(rules));
  const std::lock_guard lock(impl_->mutex);
  impl_->feed_rules = std::move(shared);
}

void Pipeline::SetTap(std::function<void(std::span<const model::Event> events,
                                         std::span<const store::AppendResult> results)>
                          tap) {
  impl_->committer.SetTap(std::move(tap));
}

Result<Pipeline::ReplayReport> Pipeline::ReplayRejects(const std::vector<std::string>& ids) {
  const std::unordered_set<std::string> wanted(ids.begin(), ids.end());
  ReplayReport report;
  std::string after;
  for (;;) {
    SREHUB_TRY(std::vector<store::RejectRow> rows, impl_->store->ListRejects(after, kReplayPage));
    if (rows.empty()) return report;
    after = rows.back().id;
    const bool last = rows.size() < kReplayPage;
    if (!wanted.empty())
      std::erase_if(rows, [&](const store::RejectRow& row) { return !wanted.contains(row.id); });
    SREHUB_CHECK_OK(impl_->ReplayPage(rows, &report));
    if (last) return report;
  }
}

SourceHealth& Pipeline::health() { return impl_->health; }

void Pipeline::Stop() { impl_->committer.Stop(); }

}  // namespace srehub::ingest
