// Promise 2: recount the raw events and compare every stored counter inside retention.
#include <algorithm>
#include <map>

#include "aggregate/fold.h"
#include "model/event_codec.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/rocksdb_store.h"

namespace srehub::store::embedded {

namespace {

constexpr size_t kMaxListed = 100;
constexpr std::string_view kOverflowType = "LogOther";

class Comparison {
 public:
  explicit Comparison(VerifyReport* report) : report_(report) {}
  void Check(const std::string& incident, const std::string& what, const std::string& stored,
             const std::string& recounted) {
    ++report_->counters;
    if (stored == recounted) return;
    ++report_->difference_count;
    if (report_->differences.size() < kMaxListed)
      report_->differences.push_back({incident, what, stored, recounted});
  }

 private:
  VerifyReport* report_;
};

std::string TextOf(const aggregate::Counts& counts) {
  std::string text;
  for (size_t i = 0; i < counts.size(); ++i)
    text += std::string(model::SeverityName(model::SeverityAt(i))) + "=" +
            std::to_string(counts[i]) + " ";
  return text;
}

std::string TextOf(const aggregate::HourBlock& block) {
  std::string text;
  for (const auto& [minute, counts] : block.minutes())
    text += std::to_string(minute) + ":" + TextOf(counts);
  return text;
}

// What was known before the recount begins: the last count of each series, the state of each
// signal, the runs already spoken of.
aggregate::IncidentState Predecessor(const aggregate::IncidentState& stored, Instant from) {
  aggregate::IncidentState state;
  state.service_id = stored.service_id;
  state.event_type = stored.event_type;
  for (const aggregate::Series& series : stored.series) {
    aggregate::Series before{series.id, {}};
    for (const auto& o : series.observations)
      if (o.time < from) before.observations.push_back(o);
    if (!before.observations.empty()) state.series.push_back(std::move(before));
  }
  for (const aggregate::Signal& signal : stored.signals) {
    aggregate::Signal before{signal.id, {}, {}};
    for (const auto& life : signal.lives)
      if (life.starts_at < from) before.lives.push_back(life);
    for (const auto& s : signal.statements)
      if (s.time < from) before.statements.push_back(s);
    if (!before.lives.empty() || !before.statements.empty())
      state.signals.push_back(std::move(before));
  }
  for (const auto& run : stored.runs)
    if (run.time < from) state.runs.push_back(run);
  return state;
}

std::string TextOf(const aggregate::Signal& signal) {
  std::string text;
  for (const auto& i : aggregate::IntervalsOf(signal))
    text += FormatTime(i.start) + ".." + FormatTime(i.end) + (i.assumed ? "? " : " ");
  return text;
}

std::string TextOf(const aggregate::Series& series) {
  std::string text;
  for (const auto& o : series.observations)
    text += std::to_string(o.count) + "@" + FormatTime(o.time) + " ";
  return text;
}

template <typename T>
void CompareSets(const std::string& id, const std::string& kind, const std::vector<T>& stored,
                 const std::vector<T>& recounted, Comparison* comparison) {
  std::map<std::string, std::pair<std::string, std::string>> by_id;
  for (const T& item : stored) by_id[item.id].first = TextOf(item);
  for (const T& item : recounted) by_id[item.id].second = TextOf(item);
  for (const auto& [item, texts] : by_id)
    comparison->Check(id, kind + " " + item, texts.first, texts.second);
}

}  // namespace

Result<VerifyReport> RocksdbStore::Verify(Instant now) {
  const std::lock_guard lock(writer_);
  VerifyReport report;
  // Whole hours inside retention.
  report.from = StartOfHour(HourOf(now - options_.retention) + 1);
  report.to = now;
  for (const auto& [service, entry] : services_)
    SREHUB_CHECK_OK(VerifyService(service, report.from, &report));
  return report;
}

Status RocksdbStore::VerifyService(const std::string& service, Instant from, VerifyReport* report) {
  std::map<std::string, IncidentItem> stored;
  Walk items = database_->Prefix(Table::kIncidents, ServicePrefix(service), nullptr);
  for (; items.Valid(); items.Next()) {
    SREHUB_TRY(stored[std::string(items.key())], DecodeItem(items.value()));
  }
  SREHUB_CHECK_OK(items.status());

  std::map<std::string, aggregate::IncidentState> recounted;
  std::map<std::string, std::map<Hour, aggregate::HourBlock>> hours;
  for (const auto& [key, item] : stored) recounted[key] = Predecessor(item.state, from);

  // In batches, so that memory stays bounded; order is free.
  constexpr size_t kBatch = 10'000;
  std::vector<model::Event> events;
  const auto fold = [&]() -> Status {
    std::map<std::string, std::vector<const model::Event*>> targets;
    for (const model::Event& event : events) {
      for (const aggregate::Target& target : aggregate::TargetsOf(event)) {
        std::string key = IncidentKeyOf(service, target.event_type);
        if (!stored.contains(key) && stored.contains(IncidentKeyOf(service, kOverflowType)))
          key = IncidentKeyOf(service, kOverflowType);
        targets[std::move(key)].push_back(&event);
      }
    }
    for (const auto& [key, touching] : targets) {
      aggregate::IncidentState& state = recounted[key];
      if (state.service_id.empty()) ParseIncidentKey(key, &state.service_id, &state.event_type);
      auto& blocks = hours[key];
      aggregate::FoldSettings settings;
      settings.retention = options_.retention;
      SREHUB_TRY(const aggregate::FoldResult result,
                 aggregate::Fold(&state, touching, settings,
                                 [&](Hour hour) -> Result<aggregate::HourBlock> {
                                   const auto it = blocks.find(hour);
                                   return it == blocks.end() ? aggregate::HourBlock{} : it->second;
                                 }));
      for (const auto& [hour, block] : result.hours) blocks[hour] = block;
    }
    events.clear();
    return {};
  };
  Walk walk = database_->Range(Table::kEvents, EventKeyOf(service, from, 0),
                               PrefixEnd(ServicePrefix(service)), nullptr);
  for (; walk.Valid(); walk.Next()) {
    model::EventKey key;
    if (!ParseEventKey(walk.key(), &key) || walk.value().size() < 8)
      return Fail(ErrorCode::kDataLoss, "damaged event item");
    SREHUB_TRY(model::Event event, model::DecodeEvent(key, walk.value().substr(8)));
    ++report->events;
    events.push_back(std::move(event));
    if (events.size() >= kBatch) SREHUB_CHECK_OK(fold());
  }
  SREHUB_CHECK_OK(walk.status());
  SREHUB_CHECK_OK(fold());

  for (const auto& [key, state] : recounted)
    SREHUB_CHECK_OK(CompareIncident(key, stored.contains(key) ? &stored[key] : nullptr, state,
                                    hours[key], from, report));
  return {};
}

Status RocksdbStore::CompareIncident(const std::string& key, const IncidentItem* stored,
                                     const aggregate::IncidentState& recounted,
                                     std::map<Hour, aggregate::HourBlock>& blocks, Instant from,
                                     VerifyReport* report) {
  Comparison comparison(report);
  ++report->incidents;
  const std::string id = recounted.incident_id();
  if (stored == nullptr) {
    comparison.Check(id, "incident item", "missing", TextOf(recounted.totals));
    return {};
  }
  const aggregate::IncidentState& state = stored->state;
  for (const auto& [hour, block] : recounted.recent) blocks[hour] = block;
  std::map<Hour, aggregate::HourBlock> stored_blocks = state.recent;
  Walk walk = database_->Range(Table::kHours, HourKeyOf(key, HourOf(from)),
                               HourKeyOf(key, INT64_MAX), nullptr);
  for (; walk.Valid(); walk.Next()) {
    const Hour hour = ReadOrdered(walk.key().substr(walk.key().size() - 8));
    SREHUB_TRY(stored_blocks[hour], aggregate::HourBlock::Decode(walk.value()));
  }
  SREHUB_CHECK_OK(walk.status());
  std::map<Hour, std::pair<std::string, std::string>> texts;
  aggregate::Counts total{};
  for (const auto& [hour, block] : stored_blocks) texts[hour].first = TextOf(block);
  for (const auto& [hour, block] : blocks) {
    texts[hour].second = TextOf(block);
    if (hour >= HourOf(from)) aggregate::Add(&total, block.Total());
  }
  for (const auto& [hour, pair] : texts)
    if (hour >= HourOf(from))
      comparison.Check(id, "hour " + FormatTime(StartOfHour(hour)), pair.first, pair.second);
  for (const auto& [hour, counts] : state.hourly)
    if (hour >= HourOf(from))
      comparison.Check(id, "hourly total " + FormatTime(StartOfHour(hour)), TextOf(counts),
                       TextOf(blocks[hour].Total()));
  if (const auto first = aggregate::FirstSeen(state); first && *first >= from)
    comparison.Check(id, "totalOccurrences", TextOf(state.totals), TextOf(total));
  CompareSets(id, "signal", state.signals, recounted.signals, &comparison);
  CompareSets(id, "series", state.series, recounted.series, &comparison);
  comparison.Check(id, "pipeline statements", std::to_string(state.runs.size()),
                   std::to_string(recounted.runs.size()));
  const auto heat = aggregate::HeatRankOf(aggregate::LogHeat(state));
  comparison.Check(id, "heat row", std::to_string(stored->rows.heat_rank), std::to_string(heat));
  return {};
}

}  // namespace srehub::store::embedded
