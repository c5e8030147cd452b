#include "api/event_feed.h"

#include <algorithm>
#include <charconv>

#include "base/hash.h"

namespace srehub::api {
namespace {

size_t SizeOf(const model::Event& event) {
  return sizeof(EventFeed::Item) + event.service_id.size() + event.event_type.size() +
         event.signal.size() + event.series.size() + event.details.size();
}

}  // namespace

bool EventFeed::Wanted() const {
  return listeners_ > 0 || (last_listener_left_ &&
                            Steady::now() - *last_listener_left_ < limits_.keep_without_listener);
}

void EventFeed::Publish(std::span<const model::Event> events,
                        std::span<const store::AppendResult> results) {
  {
    const std::lock_guard lock(mutex_);
    if (!Wanted()) {
      // Nobody can ask for these any more; what is still kept would only look like all there was.
      newest_ += static_cast<uint64_t>(
          std::count(results.begin(), results.end(), store::AppendResult::kNew));
      items_.clear();
      bytes_ = 0;
      return;
    }
    size_t copied = 0;
    for (size_t i = 0; i < events.size() && i < results.size(); ++i) {
      if (results[i] != store::AppendResult::kNew) continue;
      ++newest_;
      if (++copied > limits_.max_events_per_batch) continue;
      auto item = std::make_shared<Item>(Item{newest_, events[i], SizeOf(events[i])});
      bytes_ += item->bytes;
      items_.push_back(std::move(item));
    }
    while (items_.size() > limits_.max_events || bytes_ > limits_.max_bytes) {
      bytes_ -= items_.front()->bytes;
      items_.pop_front();
    }
  }
  published_.notify_all();
}

EventFeed::Listener::Listener(EventFeed* feed) : feed_(feed) {
  const std::lock_guard lock(feed_->mutex_);
  ++feed_->listeners_;
}

EventFeed::Listener::~Listener() {
  const std::lock_guard lock(feed_->mutex_);
  --feed_->listeners_;
  feed_->last_listener_left_ = Steady::now();
}

EventFeed::Batch EventFeed::Listener::Next(uint64_t after, size_t limit, Duration timeout) {
  std::unique_lock lock(feed_->mutex_);
  feed_->published_.wait_for(lock, timeout, [&] { return feed_->newest_ > after; });
  Batch batch;
  batch.position = after;
  const auto& items = feed_->items_;
  auto next = std::partition_point(items.begin(), items.end(),
                                   [&](const auto& item) { return item->sequence <= after; });
  for (; next != items.end() && batch.items.size() < limit; ++next) {
    batch.skipped += (*next)->sequence - batch.position - 1;
    batch.position = (*next)->sequence;
    batch.items.push_back(*next);
  }
  // Behind the last one that was kept, some may have come and gone.
  if (next == items.end() && feed_->newest_ > batch.position) {
    batch.skipped += feed_->newest_ - batch.position;
    batch.position = feed_->newest_;
  }
  return batch;
}

uint64_t EventFeed::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

std::string EventFeed::IdOf(uint64_t sequence) const {
  return Hex64(epoch_) + "-" + std::to_string(sequence);
}

std::optional<uint64_t> EventFeed::PositionOf(std::string_view id) const {
  uint64_t epoch = 0, sequence = 0;
  if (id.size() < 18 || id[16] != '-' || !ParseHex64(id.substr(0, 16), &epoch) || epoch != epoch_)
    return std::nullopt;
  const auto [end, error] = std::from_chars(id.data() + 17, id.data() + id.size(), sequence);
  if (error != std::errc{} || end != id.data() + id.size() || sequence > newest())
    return std::nullopt;
  return sequence;
}

}  // namespace srehub::api
