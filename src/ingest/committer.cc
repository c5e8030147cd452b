#include "ingest/committer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "base/limits.h"

namespace srehub::ingest {
namespace {

// How long a batch waits for deliveries that are being prepared.
constexpr auto kGather = std::chrono::milliseconds(20);

// An error that is about the store, not about what was handed to it: trying the events one by one
// would only fail as often.
bool ConcernsStore(ErrorCode code) {
  return code != ErrorCode::kInvalidArgument && code != ErrorCode::kInternal &&
         code != ErrorCode::kTooLarge && code != ErrorCode::kMalformed;
}

Error AsUnavailable(Error error) {
  if (error.code != ErrorCode::kOverloaded) error.code = ErrorCode::kUnavailable;
  return error;
}

model::Refusal RefusalOf(size_t record, model::RefusalReason reason, const std::string& service) {
  model::Refusal refusal{.reason = reason, .record = record, .field = {}, .message = {}};
  if (reason == model::RefusalReason::kServiceCap) {
    refusal.field = "/serviceId";
    refusal.message = "service " + service + " is new, and the hub keeps at most " +
                      std::to_string(limits::kMaxServices) + " services";
  } else {
    refusal.message = "the store refused this record, alone and in a batch";
  }
  return refusal;
}

Receipt KnownKeyReceipt(const Prepared& prepared) {
  return {.accepted = 0,
          .duplicate = prepared.records.size() + prepared.rejected,
          .rejected = 0,
          .dropped = prepared.dropped.size(),
          .ignored = prepared.ignored,
          .errors = {},
          .notices = {"a delivery with this Idempotency-Key and body was taken before"}};
}

}  // namespace

Committer::Committer(store::Store* store, const Clock* clock, Limits limits, SourceHealth* health,
                     OnChange on_change)
    : store_(store),
      clock_(clock),
      limits_(limits),
      health_(health),
      on_change_(std::move(on_change)),
      thread_([this] { Run(); }) {}

Committer::~Committer() { Stop(); }

void Committer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_all();
  const std::lock_guard lock(stop_mutex_);
  if (thread_.joinable()) thread_.join();
}

Committer::Coming::Coming(Committer* committer) : committer_(committer) {
  const std::lock_guard lock(committer_->mutex_);
  ++committer_->coming_;
}

Committer::Coming::~Coming() {
  const std::lock_guard lock(committer_->mutex_);
  if (--committer_->coming_ == 0) committer_->ready_.notify_one();
}

bool Committer::Gathered() const {
  return stopping_ || coming_ == 0 || queued_events_ >= limits_.max_batch_events;
}

Status Committer::RoomFor(size_t events, size_t bytes) const {
  if (stopping_) return Fail(ErrorCode::kUnavailable, "the hub is stopping");
  if (held_events_ == 0 && held_bytes_ == 0) return {};
  if (held_events_ + events > limits_.max_queued_events)
    return Fail(ErrorCode::kOverloaded,
                std::to_string(held_events_) + " events wait to be written; the limit is " +
                    std::to_string(limits_.max_queued_events) +
                    " (limits.max_queued_events). Send the delivery again later");
  if (held_bytes_ + bytes > limits_.max_queued_bytes)
    return Fail(ErrorCode::kOverloaded,
                std::to_string(held_bytes_) + " bytes wait to be written; the limit is " +
                    std::to_string(limits_.max_queued_bytes) +
                    " (limits.max_queued_bytes). Send the delivery again later");
  return {};
}

Status Committer::CheckRoom() const {
  const std::lock_guard lock(mutex_);
  return RoomFor(1, 1);
}

Result<std::future<Result<Settled>>> Committer::Submit(Submission submission) {
  Queued queued{.submission = std::move(submission), .done = {}};
  std::future<Result<Settled>> future = queued.done.get_future();
  const size_t events = queued.submission.prepared.events.size();
  const size_t bytes = queued.submission.prepared.bytes;
  {
    const std::lock_guard lock(mutex_);
    SREHUB_CHECK_OK(RoomFor(events, bytes));
    held_events_ += events;
    held_bytes_ += bytes;
    queued_events_ += events;
    queue_.push_back(std::move(queued));
  }
  ready_.notify_one();
  return future;
}

void Committer::Run() {
  for (;;) {
    Batch batch = TakeBatch();
    if (batch.empty()) return;
    size_t events = 0;
    size_t bytes = 0;
    for (const Queued& queued : batch) {
      events += queued.submission.prepared.events.size();
      bytes += queued.submission.prepared.bytes;
    }
    Commit(batch);
    const std::lock_guard lock(mutex_);
    held_events_ -= events;
    held_bytes_ -= bytes;
  }
}

// Deliveries stay whole. A second delivery under a key that is already in the batch waits for the
// next one: by then the first has made the key known.
Committer::Batch Committer::TakeBatch() {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  ready_.wait_for(lock, kGather, [this] { return Gathered(); });
  Batch batch;
  std::unordered_set<std::string> keys;
  size_t events = 0;
  while (!queue_.empty()) {
    const Submission& next = queue_.front().submission;
    const size_t count = next.prepared.events.size();
    if (!batch.empty() && events + count > limits_.max_batch_events) break;
    if (!next.idempotency_key.empty() && !keys.insert(next.idempotency_key).second) break;
    events += count;
    queued_events_ -= count;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

Committer::Plan Committer::MakePlan(Batch& batch) {
  Plan plan;
  plan.first_event.resize(batch.size(), 0);
  plan.answered.resize(batch.size(), false);
  for (size_t i = 0; i < batch.size(); ++i) {
    Submission& submission = batch[i].submission;
    Prepared& prepared = submission.prepared;
    const std::string& key = submission.idempotency_key;
    if (!key.empty()) {
      Result<bool> known = store_->HasIdempotencyKey(key, clock_->Now());
      if (!known) {
        batch[i].done.set_value(tl::unexpected(AsUnavailable(std::move(known).error())));
        plan.answered[i] = true;
        continue;
      }
      if (*known) {
        batch[i].done.set_value(Settled{.receipt = KnownKeyReceipt(prepared), .late = {}});
        plan.answered[i] = true;
        continue;
      }
      // A delivery of which nothing was taken may be mended and sent again under its key.
      if (!prepared.records.empty()) plan.append.idempotency_keys.push_back(key);
    }
    plan.first_event[i] = plan.append.events.size();
    for (model::Event& event : prepared.events) {
      plan.services.push_back(event.service_id);
      plan.append.events.push_back(std::move(event));
    }
    if (submission.log_rejects)
      for (const RefusedRecord& refused : prepared.refused)
        plan.append.rejects.push_back(refused.row);
  }
  return plan;
}

void Committer::Commit(Batch& batch) {
  Plan plan = MakePlan(batch);
  changed_.clear();
  Result<std::vector<EventFate>> fates = Append(std::move(plan.append));
  // Before anyone is answered: who was told "accepted" finds the change already noted.
  if (on_change_ && !changed_.empty()) on_change_(changed_);
  for (size_t i = 0; i < batch.size(); ++i) {
    if (plan.answered[i]) continue;
    if (fates)
      batch[i].done.set_value(Settle(batch[i].submission, plan, plan.first_event[i], *fates));
    else batch[i].done.set_value(tl::unexpected(AsUnavailable(fates.error())));
  }
}

void Committer::TakeOutcome(std::span<const model::Event> events,
                            const store::AppendOutcome& outcome, std::span<EventFate> fates) {
  if (tap_) tap_(events, outcome.results);
  for (size_t i = 0; i < fates.size() && i < outcome.results.size(); ++i) {
    switch (outcome.results[i]) {
      case store::AppendResult::kNew: fates[i] = EventFate::kNew; break;
      case store::AppendResult::kDuplicate: fates[i] = EventFate::kDuplicate; break;
      case store::AppendResult::kServiceCap: fates[i] = EventFate::kServiceCap; break;
    }
  }
  changed_.insert(changed_.end(), outcome.changed_services.begin(), outcome.changed_services.end());
}

Result<std::vector<Committer::EventFate>> Committer::Append(store::AppendBatch batch) {
  std::vector<EventFate> fates(batch.events.size(), EventFate::kPoison);
  if (batch.events.empty() && batch.rejects.empty() && batch.idempotency_keys.empty()) return fates;
  const auto outcome = store_->Append(batch, clock_->Now());
  if (outcome) {
    TakeOutcome(batch.events, *outcome, fates);
    return fates;
  }
  if (ConcernsStore(outcome.error().code) || batch.events.empty())
    return tl::unexpected(outcome.error());
  SREHUB_CHECK_OK(AppendApart(batch.events, fates));
  batch.events.clear();
  const auto rest = store_->Append(batch, clock_->Now());
  if (!rest) return tl::unexpected(rest.error());
  return fates;
}

// Halves until the events that cannot be stored stand alone: logarithmic for one bad event.
Status Committer::AppendApart(std::span<const model::Event> events, std::span<EventFate> fates) {
  const auto outcome = store_->Append(
      {.events = {events.begin(), events.end()}, .rejects = {}, .idempotency_keys = {}},
      clock_->Now());
  if (outcome) {
    TakeOutcome(events, *outcome, fates);
    return {};
  }
  if (ConcernsStore(outcome.error().code)) return tl::unexpected(outcome.error());
  if (events.size() == 1) return {};  // stays poison
  const size_t half = events.size() / 2;
  SREHUB_CHECK_OK(AppendApart(events.first(half), fates.first(half)));
  return AppendApart(events.subspan(half), fates.subspan(half));
}

Settled Committer::Settle(Submission& submission, const Plan& plan, size_t first_event,
                          std::span<const EventFate> fates) {
  Prepared& prepared = submission.prepared;
  std::vector<LateRefusal> late;
  Receipt receipt{.accepted = 0,
                  .duplicate = 0,
                  .rejected = prepared.rejected,
                  .dropped = prepared.dropped.size(),
                  .ignored = prepared.ignored,
                  .errors = std::move(prepared.errors),
                  .notices = std::move(prepared.notices)};
  const std::string& feed = submission.feed;
  for (const RefusedRecord& refused : prepared.refused)
    if (submission.counts_refusals)
      health_->Refused({refused.source, refused.format, feed}, submission.received,
                       refused.row.refusal, refused.ahead);
  for (const DroppedRecord& dropped : prepared.dropped)
    health_->Dropped({dropped.source, dropped.format, feed}, submission.received, dropped.reason);
  for (const RecordEvents& record : prepared.records) {
    const size_t first = first_event + record.first;
    const auto of_record = fates.subspan(first, record.count);
    const bool accepted = std::ranges::count(of_record, EventFate::kNew) > 0;
    const auto bad = std::ranges::find_if(of_record, [](EventFate fate) {
      return fate == EventFate::kServiceCap || fate == EventFate::kPoison;
    });
    if (bad != of_record.end()) {
      const size_t event = first + static_cast<size_t>(bad - of_record.begin());
      const auto reason = *bad == EventFate::kServiceCap ? model::RefusalReason::kServiceCap
                                                         : model::RefusalReason::kStore;
      model::Refusal refusal = RefusalOf(record.index, reason, plan.services[event]);
      if (receipt.errors.size() < limits::kMaxReportedErrors) receipt.errors.push_back(refusal);
      health_->Refused({record.source, record.format, feed}, submission.received, refusal,
                       Duration::zero());
      late.push_back({.refusal = std::move(refusal), .service_id = plan.services[event]});
      if (!accepted) {
        ++receipt.rejected;
        continue;
      }
    }
    ++(accepted ? receipt.accepted : receipt.duplicate);
    health_->Accepted(
        {record.source, record.format, feed}, submission.received,
        {.newest = record.newest, .duplicate = !accepted, .unresolved = record.unresolved});
  }
  return {.receipt = std::move(receipt), .late = std::move(late)};
}

}  // namespace srehub::ingest
