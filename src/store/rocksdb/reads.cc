// The read path of sre_events and trending_incidents.
#include <algorithm>

#include "model/event_codec.h"
#include "store/rocksdb/keys.h"
#include "store/rocksdb/rocksdb_store.h"

namespace srehub::store::embedded {

namespace {

constexpr size_t kTtlBytes = 8;

Result<model::Event> DecodeStored(const model::EventKey& key, std::string_view value) {
  if (value.size() < kTtlBytes) return Fail(ErrorCode::kDataLoss, "damaged event item");
  return model::DecodeEvent(key, value.substr(kTtlBytes));
}

bool IsExpired(std::string_view value, Instant now) {
  return value.size() >= kTtlBytes && ReadOrdered(value) * 1'000'000'000 <= Nanos(now);
}

Result<std::string> IncidentKeyOfId(std::string_view incident_id) {
  SREHUB_TRY(const auto parts, model::ParseIncidentId(incident_id));
  return IncidentKeyOf(parts.first, parts.second);
}

}  // namespace

Result<EventPage> RocksdbStore::ReadEvents(const EventQuery& query, Instant now, ReadCost* cost) {
  const std::string from = EventKeyOf(query.service_id, query.window.after + 1ns, 0);
  std::string to = EventKeyOf(query.service_id, query.window.up_to + 1ns, 0);
  if (query.before)
    to = std::min(to, EventKeyOf(query.service_id, query.before->first, query.before->second));
  EventPage page;
  Walk walk = database_->Range(Table::kEvents, from, to, cost, /*reverse=*/true);
  for (; walk.Valid(); walk.Next()) {
    if (!options_.mutants.no_ttl_filter && IsExpired(walk.value(), now)) continue;
    model::EventKey key;
    if (!ParseEventKey(walk.key(), &key)) return Fail(ErrorCode::kDataLoss, "damaged event key");
    SREHUB_TRY(model::Event event, DecodeStored(key, walk.value()));
    if (event.phase == model::Phase::kRefresh && !query.include_refreshes) continue;
    if (query.filter && !query.filter(event)) continue;
    if (page.events.size() == query.limit) {
      page.truncated = true;
      return page;
    }
    page.events.push_back(std::move(event));
  }
  SREHUB_CHECK_OK(walk.status());
  return page;
}

Result<std::optional<model::Event>> RocksdbStore::GetEvent(const model::EventKey& key, Instant now,
                                                           ReadCost* cost) {
  SREHUB_TRY(const auto value,
             database_->Get(Table::kEvents, EventKeyOf(key.service_id, key.timestamp, key.event_id),
                            cost));
  if (!value || (!options_.mutants.no_ttl_filter && IsExpired(*value, now))) return std::nullopt;
  SREHUB_TRY(model::Event event, DecodeStored(key, *value));
  return std::optional(std::move(event));
}

Result<std::vector<model::Event>> RocksdbStore::EventsOfKeys(
    const std::vector<model::EventKey>& keys, Instant now, ReadCost* cost) {
  std::vector<model::Event> events;
  events.reserve(keys.size());
  for (const model::EventKey& key : keys) {
    SREHUB_TRY(auto event, GetEvent(key, now, cost));
    if (event) events.push_back(std::move(*event));
  }
  return events;
}

Result<std::vector<model::Event>> RocksdbStore::ReadDeployStatements(std::string_view service_id,
                                                                     Window window, Instant now,
                                                                     ReadCost* cost) {
  const auto bound = [&](Instant t) {
    std::string key = ServiceDeployPrefix(service_id);
    AppendOrdered(&key, Nanos(t));
    return key;
  };
  std::vector<model::EventKey> keys;
  Walk walk =
      database_->Range(Table::kIndex, bound(window.after + 1ns), bound(window.up_to + 1ns), cost);
  for (; walk.Valid(); walk.Next())
    if (!ParseDeployKey(walk.key(), &keys.emplace_back())) keys.pop_back();
  SREHUB_CHECK_OK(walk.status());
  return EventsOfKeys(keys, now, cost);
}

Result<std::vector<model::Event>> RocksdbStore::ReadAllDeployStatements(Window window, size_t limit,
                                                                        Instant now,
                                                                        ReadCost* cost) {
  const auto bound = [&](Instant t) {
    std::string key = TimeDeployPrefix();
    AppendOrdered(&key, Nanos(t));
    return key;
  };
  std::vector<model::EventKey> keys;
  Walk walk = database_->Range(Table::kIndex, bound(window.after + 1ns), bound(window.up_to + 1ns),
                               cost, /*reverse=*/true);
  for (; walk.Valid() && keys.size() < limit; walk.Next())
    if (!ParseDeployKey(walk.key(), &keys.emplace_back())) keys.pop_back();
  SREHUB_CHECK_OK(walk.status());
  return EventsOfKeys(keys, now, cost);
}

Result<std::vector<model::Event>> RocksdbStore::FindRun(std::string_view run, Instant now,
                                                        ReadCost* cost) {
  std::vector<model::EventKey> keys;
  Walk walk = database_->Prefix(Table::kIndex, RunPrefix(run), cost);
  for (; walk.Valid(); walk.Next())
    if (!ParseDeployKey(walk.key(), &keys.emplace_back())) keys.pop_back();
  SREHUB_CHECK_OK(walk.status());
  return EventsOfKeys(keys, now, cost);
}

Result<std::optional<aggregate::IncidentState>> RocksdbStore::GetIncident(
    std::string_view incident_id, ReadCost* cost) {
  SREHUB_TRY(const std::string key, IncidentKeyOfId(incident_id));
  SREHUB_TRY(const auto bytes, database_->Get(Table::kIncidents, key, cost));
  if (!bytes) return std::nullopt;
  SREHUB_TRY(IncidentItem item, DecodeItem(*bytes));
  return std::optional(std::move(item.state));
}

Result<std::vector<aggregate::IncidentState>> RocksdbStore::IncidentsOfService(
    std::string_view service_id, ReadCost* cost) {
  std::vector<aggregate::IncidentState> states;
  Walk walk = database_->Prefix(Table::kIncidents, ServicePrefix(service_id), cost);
  for (; walk.Valid(); walk.Next()) {
    SREHUB_TRY(IncidentItem item, DecodeItem(walk.value()));
    states.push_back(std::move(item.state));
  }
  SREHUB_CHECK_OK(walk.status());
  return states;
}

Result<aggregate::HourBlock> RocksdbStore::GetHour(const aggregate::IncidentState& state, Hour hour,
                                                   ReadCost* cost) {
  if (hour >= state.recent_floor) {
    const auto it = state.recent.find(hour);
    return it == state.recent.end() ? aggregate::HourBlock{} : it->second;
  }
  SREHUB_TRY(
      const auto bytes,
      database_->Get(Table::kHours,
                     HourKeyOf(IncidentKeyOf(state.service_id, state.event_type), hour), cost));
  if (!bytes) return aggregate::HourBlock{};
  return aggregate::HourBlock::Decode(*bytes);
}

Result<std::vector<HeatRow>> RocksdbStore::ReadHeat(aggregate::OpenClass open_class,
                                                    const std::optional<HeatRow>& after,
                                                    size_t limit, ReadCost* cost) {
  const std::string prefix = HeatPrefix(static_cast<uint8_t>(open_class));
  std::string from = prefix;
  if (after) {
    from = HeatKey(static_cast<uint8_t>(open_class), after->heat_rank, after->incident_id);
    from.push_back('\0');
  }
  std::vector<HeatRow> rows;
  Walk walk = database_->Range(Table::kIndex, from, PrefixEnd(prefix), cost);
  for (; walk.Valid() && rows.size() < limit; walk.Next()) {
    HeatRow row;
    std::string_view id;
    if (!ParseHeatKey(walk.key(), &row.heat_rank, &id))
      return Fail(ErrorCode::kDataLoss, "damaged heat row");
    row.incident_id = id;
    rows.push_back(std::move(row));
  }
  SREHUB_CHECK_OK(walk.status());
  return rows;
}

Result<std::vector<DueRow>> RocksdbStore::ReadDue(Instant up_to, size_t limit, ReadCost* cost) {
  std::vector<DueRow> rows;
  Walk walk = database_->Range(Table::kIndex, DuePrefix(DueKind::kRank),
                               DueKey(DueKind::kRank, up_to + 1ns, {}), cost);
  for (; walk.Valid() && rows.size() < limit; walk.Next()) {
    DueRow row;
    std::string_view key;
    if (!ParseDueKey(walk.key(), &row.due, &key))
      return Fail(ErrorCode::kDataLoss, "damaged due row");
    row.incident_id = IncidentIdOfKey(key);
    rows.push_back(std::move(row));
  }
  SREHUB_CHECK_OK(walk.status());
  return rows;
}

Result<std::vector<DayRow>> RocksdbStore::ReadDay(Day day, ReadCost* cost) {
  std::vector<DayRow> rows;
  const std::string prefix = DayPrefix(day);
  Walk walk = database_->Prefix(Table::kIndex, prefix, cost);
  for (; walk.Valid(); walk.Next()) {
    DayRow row;
    row.incident_id = IncidentIdOfKey(walk.key().substr(prefix.size()));
    SREHUB_TRY(row.episodes, DecodeEpisodes(walk.value()));
    rows.push_back(std::move(row));
  }
  SREHUB_CHECK_OK(walk.status());
  return rows;
}

}  // namespace srehub::store::embedded
