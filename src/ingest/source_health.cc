#include "ingest/source_health.h"

#include <algorithm>
#include <tuple>

#include "store/arrivals.h"

namespace srehub::ingest {

void SourceHealth::Load(std::vector<store::SourceHealthRow> rows) {
  const std::lock_guard lock(mutex_);
  feeds_.clear();
  for (store::SourceHealthRow& row : rows) {
    Feed feed;
    // The hour's maximum goes on from where the last process left it.
    if (row.last_received != Instant{}) {
      const Minute minute = MinuteOf(row.last_received);
      feed.lateness[static_cast<size_t>(minute) % kLatenessMinutes] = {
          .minute = minute, .lateness = row.max_lateness_1h};
    }
    feed.newest_accepted = row.last_received;
    feed.row = std::move(row);
    feeds_.push_back(std::move(feed));
  }
}

SourceHealth::Feed& SourceHealth::FeedOf(const FeedKey& key) {
  const std::string_view name = model::FormatName(key.format);
  for (Feed& feed : feeds_)
    if (feed.row.source == key.source && feed.row.format == name && feed.row.feed == key.feed)
      return feed;
  Feed& feed = feeds_.emplace_back();
  feed.row.source = key.source;
  feed.row.format = std::string(name);
  feed.row.feed = std::string(key.feed);
  return feed;
}

// Refused and dropped records are a voice too: the feed is not silent.
void SourceHealth::Hear(Feed* feed, Instant received) {
  if (received <= feed->row.last_received) return;
  store::Heard(&feed->row.arrivals, feed->row.last_received, received);
  feed->row.last_received = received;
}

void SourceHealth::Accepted(const FeedKey& key, Instant received, const TakenRecord& record) {
  if (key.feed == kOwnFeed) return;
  const Instant timestamp = record.newest;
  const bool duplicate = record.duplicate;
  const Duration lateness = std::max(received - timestamp, Duration::zero());
  const std::lock_guard lock(mutex_);
  Feed& feed = FeedOf(key);
  store::SourceHealthRow& row = feed.row;
  Hear(&feed, received);
  // The newest delivery's newest event is the one with the least lateness in it.
  if (received > feed.newest_accepted) {
    feed.newest_accepted = received;
    row.lateness = lateness;
  } else if (received == feed.newest_accepted) {
    row.lateness = std::min(row.lateness, lateness);
  }
  row.last_event = std::max(row.last_event, timestamp);
  ++(duplicate ? row.duplicate : row.accepted);
  if (!duplicate && record.unresolved) ++row.unresolved;
  if (duplicate) return;  // a redelivery says nothing about how late the feed runs
  const Minute minute = MinuteOf(received);
  Feed::Slot& slot = feed.lateness[static_cast<size_t>(minute) % kLatenessMinutes];
  if (slot.minute < minute) slot = {.minute = minute};
  if (slot.minute != minute) return;
  slot.lateness = std::max(slot.lateness, lateness);
  const Duration apart = received - timestamp;
  slot.least_lateness = slot.least_lateness ? std::min(*slot.least_lateness, apart) : apart;
  ++slot.accepted;
}

namespace {

void Count(std::vector<std::pair<std::string, uint64_t>>* counts, std::string_view reason) {
  const auto it =
      std::ranges::find_if(*counts, [&](const auto& entry) { return entry.first == reason; });
  if (it == counts->end()) counts->emplace_back(std::string(reason), 1);
  else ++it->second;
}

}  // namespace

void SourceHealth::Refused(const FeedKey& key, Instant received, const model::Refusal& refusal,
                           Duration ahead) {
  if (key.feed == kOwnFeed) return;
  const std::string_view reason = model::RefusalReasonName(refusal.reason);
  const std::lock_guard lock(mutex_);
  Feed& feed = FeedOf(key);
  Hear(&feed, received);
  ++feed.row.rejected;
  feed.row.max_ahead = std::max(feed.row.max_ahead, ahead);
  Count(&feed.row.refusals, reason);
}

void SourceHealth::Dropped(const FeedKey& key, Instant received, std::string_view reason) {
  if (key.feed == kOwnFeed) return;
  const std::lock_guard lock(mutex_);
  Feed& feed = FeedOf(key);
  Hear(&feed, received);
  Count(&feed.row.dropped, reason);
}

std::vector<store::SourceHealthRow> SourceHealth::Snapshot() const {
  std::vector<store::SourceHealthRow> rows;
  {
    const std::lock_guard lock(mutex_);
    for (const Feed& feed : feeds_) {
      store::SourceHealthRow& row = rows.emplace_back(feed.row);
      const Minute newest = MinuteOf(row.last_received);
      row.max_lateness_1h = Duration::zero();
      for (const Feed::Slot& slot : feed.lateness)
        if (slot.minute > newest - static_cast<Minute>(kLatenessMinutes)) {
          row.max_lateness_1h = std::max(row.max_lateness_1h, slot.lateness);
          row.accepted_1h += slot.accepted;
          if (slot.least_lateness)
            row.least_lateness_1h = std::min(row.least_lateness_1h.value_or(*slot.least_lateness),
                                             *slot.least_lateness);
        }
      std::ranges::sort(row.refusals);
      std::ranges::sort(row.dropped);
    }
  }
  std::ranges::sort(rows, {}, [](const store::SourceHealthRow& row) {
    return std::tie(row.source, row.format, row.feed);
  });
  return rows;
}

}  // namespace srehub::ingest
