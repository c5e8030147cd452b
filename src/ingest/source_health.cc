#include "ingest/source_health.h"

#include <algorithm>

namespace srehub::ingest {

void SourceHealth::Load(std::vector<store::SourceHealthRow> rows) {
  const std::lock_guard lock(mutex_);
  feeds_.clear();
  for (store::SourceHealthRow& row : rows) {
    Feed feed;
    // The hour's maximum goes on from where the last process left it.
    if (row.last_received != Instant{}) {
      const Minute minute = MinuteOf(row.last_received);
      feed.lateness[static_cast<size_t>(minute) % kLatenessMinutes] = {minute, row.max_lateness_1h};
    }
    feed.newest_accepted = row.last_received;
    feed.row = std::move(row);
    feeds_.push_back(std::move(feed));
  }
}

SourceHealth::Feed& SourceHealth::FeedOf(model::Source source, model::Format format) {
  const std::string_view name = model::FormatName(format);
  for (Feed& feed : feeds_)
    if (feed.row.source == source && feed.row.format == name) return feed;
  Feed& feed = feeds_.emplace_back();
  feed.row.source = source;
  feed.row.format = std::string(name);
  return feed;
}

void SourceHealth::Accepted(model::Source source, model::Format format, Instant received,
                            Instant timestamp, bool duplicate) {
  const Duration lateness = std::max(received - timestamp, Duration::zero());
  const std::lock_guard lock(mutex_);
  Feed& feed = FeedOf(source, format);
  store::SourceHealthRow& row = feed.row;
  // The newest delivery's newest event is the one with the least lateness in it.
  if (received > feed.newest_accepted) {
    feed.newest_accepted = received;
    row.lateness = lateness;
  } else if (received == feed.newest_accepted) {
    row.lateness = std::min(row.lateness, lateness);
  }
  row.last_received = std::max(row.last_received, received);
  row.last_event = std::max(row.last_event, timestamp);
  ++(duplicate ? row.duplicate : row.accepted);
  if (duplicate) return;  // a redelivery says nothing about how late the feed runs
  const Minute minute = MinuteOf(received);
  Feed::Slot& slot = feed.lateness[static_cast<size_t>(minute) % kLatenessMinutes];
  if (slot.minute < minute) slot = {minute, Duration::zero()};
  if (slot.minute == minute) slot.lateness = std::max(slot.lateness, lateness);
}

void SourceHealth::Refused(model::Source source, model::Format format, Instant received,
                           const model::Refusal& refusal, Duration ahead) {
  const std::string_view reason = model::RefusalReasonName(refusal.reason);
  const std::lock_guard lock(mutex_);
  store::SourceHealthRow& row = FeedOf(source, format).row;
  row.last_received = std::max(row.last_received, received);
  ++row.rejected;
  row.max_ahead = std::max(row.max_ahead, ahead);
  const auto it =
      std::ranges::find_if(row.refusals, [&](const auto& entry) { return entry.first == reason; });
  if (it == row.refusals.end()) row.refusals.emplace_back(std::string(reason), 1);
  else ++it->second;
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
        if (slot.minute > newest - static_cast<Minute>(kLatenessMinutes))
          row.max_lateness_1h = std::max(row.max_lateness_1h, slot.lateness);
      std::ranges::sort(row.refusals);
    }
  }
  std::ranges::sort(rows, {}, [](const store::SourceHealthRow& row) {
    return std::pair(row.source, row.format);
  });
  return rows;
}

}  // namespace srehub::ingest
