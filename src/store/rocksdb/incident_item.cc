#include "store/rocksdb/incident_item.h"

#include <algorithm>
#include <map>

#include "aggregate/episodes.h"
#include "base/hash.h"
#include "base/varint.h"
#include "store/rocksdb/keys.h"

namespace srehub::store::embedded {

namespace {

constexpr uint8_t kItemFormat = 2;
constexpr uint8_t kItemFormatWithoutDayHashes = 1;

void AppendOptional(std::string* out, const std::optional<Instant>& t) {
  out->push_back(t ? 1 : 0);
  if (t) AppendZigzag(out, Nanos(*t));
}

bool ReadOptional(ByteReader* reader, std::optional<Instant>* t) {
  uint8_t present = 0;
  int64_t ns = 0;
  if (!reader->ReadByte(&present)) return false;
  if (present == 0) return true;
  if (!reader->ReadZigzag(&ns)) return false;
  *t = FromNanos(ns);
  return true;
}

bool ReadRows(ByteReader* reader, uint8_t format, IndexRows* rows) {
  uint8_t ranked = 0, open_class = 0;
  uint64_t size = 0;
  if (!reader->ReadByte(&ranked) || !reader->ReadByte(&open_class) ||
      !reader->ReadZigzag(&rows->heat_rank) || !ReadOptional(reader, &rows->due) ||
      !ReadOptional(reader, &rows->advice_due) || !reader->ReadZigzag(&rows->expiry_day) ||
      !reader->ReadVarint(&size) || size > reader->remaining())
    return false;
  rows->ranked = ranked != 0;
  rows->open_class = static_cast<aggregate::OpenClass>(open_class);
  rows->days.resize(size);
  for (IndexRows::DayRowMark& mark : rows->days) {
    if (!reader->ReadZigzag(&mark.day)) return false;
    if (format == kItemFormatWithoutDayHashes) continue;
    if (!reader->ReadVarint(&mark.hash)) return false;
  }
  return true;
}

// The episodes of high severity by UTC day on which they were active, from `oldest` on.
std::map<Day, std::vector<aggregate::Episode>> HighEpisodesByDay(
    const std::vector<aggregate::Episode>& episodes, Day oldest) {
  std::map<Day, std::vector<aggregate::Episode>> days;
  for (const aggregate::Episode& episode : episodes) {
    if (!episode.first_high) continue;
    const Day last = DayOfMinute(episode.last);
    for (Day day = std::max(DayOfMinute(episode.first), oldest); day <= last; ++day)
      days[day].push_back(episode);
  }
  return days;
}

void WriteDays(Database* database, Batch* batch, std::string_view key, IncidentItem* item,
               const std::vector<aggregate::Episode>& episodes, Duration retention) {
  // Rows of days that the state no longer remembers are history: they stay as they are.
  const Day oldest_known = DayOf(item->state.last_evidence - retention);
  const auto days = HighEpisodesByDay(episodes, oldest_known + 1);
  std::map<Day, uint64_t> written;
  for (const IndexRows::DayRowMark& mark : item->rows.days) {
    written.emplace(mark.day, mark.hash);
    if (!days.contains(mark.day) && mark.day > oldest_known)
      database->Delete(batch, Table::kIndex, DayKey(mark.day, key));
  }
  item->rows.days.clear();
  for (const auto& [day, of_day] : days) {
    const std::string value = EncodeEpisodes(of_day);
    const uint64_t hash = Hash64(value);
    item->rows.days.push_back({day, hash});
    const auto it = written.find(day);
    if (it == written.end() || it->second != hash)
      database->Put(batch, Table::kIndex, DayKey(day, key), value);
  }
}

// Replaces an index row when its key changed.
void MoveRow(Database* database, Batch* batch, const std::string& old_key,
             const std::string& new_key) {
  if (old_key == new_key) return;
  if (!old_key.empty()) database->Delete(batch, Table::kIndex, old_key);
  if (!new_key.empty()) database->Put(batch, Table::kIndex, new_key, {});
}

std::string HeatRowKey(const IndexRows& rows, std::string_view key) {
  if (!rows.ranked) return {};
  return HeatKey(static_cast<uint8_t>(rows.open_class), rows.heat_rank, IncidentIdOfKey(key));
}

std::string ExpiryRowKey(const IndexRows& rows, std::string_view key) {
  return rows.expiry_day == 0 ? std::string() : ExpiryKey(rows.expiry_day, key);
}

std::string DueRowKey(DueKind kind, const std::optional<Instant>& due, std::string_view key) {
  return due ? DueKey(kind, *due, key) : std::string();
}

}  // namespace

std::string EncodeItem(const IncidentItem& item) {
  std::string out;
  out.push_back(static_cast<char>(kItemFormat));
  out.push_back(item.rows.ranked ? 1 : 0);
  out.push_back(static_cast<char>(item.rows.open_class));
  AppendZigzag(&out, item.rows.heat_rank);
  AppendOptional(&out, item.rows.due);
  AppendOptional(&out, item.rows.advice_due);
  AppendZigzag(&out, item.rows.expiry_day);
  AppendVarint(&out, item.rows.days.size());
  for (const IndexRows::DayRowMark& mark : item.rows.days) {
    AppendZigzag(&out, mark.day);
    AppendVarint(&out, mark.hash);
  }
  out += aggregate::EncodeState(item.state);
  return out;
}

Result<IncidentItem> DecodeItem(std::string_view bytes) {
  ByteReader reader(bytes);
  uint8_t format = 0;
  IncidentItem item;
  if (!reader.ReadByte(&format) || format == 0 || format > kItemFormat ||
      !ReadRows(&reader, format, &item.rows))
    return Fail(ErrorCode::kDataLoss, "damaged incident item, or one of a newer format");
  SREHUB_TRY(item.state, aggregate::DecodeState(bytes.substr(bytes.size() - reader.remaining())));
  return item;
}

std::string EncodeEpisodes(const std::vector<aggregate::Episode>& episodes) {
  std::string out;
  AppendVarint(&out, episodes.size());
  for (const aggregate::Episode& e : episodes) {
    AppendZigzag(&out, e.first);
    AppendZigzag(&out, e.last);
    out.push_back(static_cast<char>(e.worst));
    out.push_back(static_cast<char>((e.open ? 1 : 0) | (e.first_high ? 2 : 0)));
    if (e.first_high) AppendZigzag(&out, *e.first_high);
  }
  return out;
}

Result<std::vector<aggregate::Episode>> DecodeEpisodes(std::string_view bytes) {
  const auto damaged = [] { return Fail(ErrorCode::kDataLoss, "damaged day item"); };
  ByteReader reader(bytes);
  uint64_t size = 0;
  if (!reader.ReadVarint(&size) || size > reader.remaining()) return damaged();
  std::vector<aggregate::Episode> episodes(size);
  for (aggregate::Episode& e : episodes) {
    uint8_t worst = 0, flags = 0;
    if (!reader.ReadZigzag(&e.first) || !reader.ReadZigzag(&e.last) || !reader.ReadByte(&worst) ||
        worst < 1 || worst > model::kSeverityCount || !reader.ReadByte(&flags))
      return damaged();
    e.worst = static_cast<model::Severity>(worst);
    e.open = (flags & 1) != 0;
    if ((flags & 2) != 0) {
      Minute first_high = 0;
      if (!reader.ReadZigzag(&first_high)) return damaged();
      e.first_high = first_high;
    }
  }
  return episodes;
}

// A new event can lie up to `retention` in the past when it arrives, and belongs to the same
// generation if it is within retention + 3 days of the last evidence.
Duration IncidentLifetime(Duration retention) { return 2 * retention + 3 * kDay; }

void DeleteItem(Database* database, Batch* batch, std::string_view incident_key,
                const IncidentItem& item) {
  MoveRow(database, batch, HeatRowKey(item.rows, incident_key), {});
  MoveRow(database, batch, DueRowKey(DueKind::kRank, item.rows.due, incident_key), {});
  MoveRow(database, batch, DueRowKey(DueKind::kAdvice, item.rows.advice_due, incident_key), {});
  MoveRow(database, batch, ExpiryRowKey(item.rows, incident_key), {});
  database->Delete(batch, Table::kIncidents, incident_key);
}

void WriteItem(Database* database, Batch* batch, std::string_view incident_key, IncidentItem* item,
               const aggregate::Handling& handling, Duration retention, Instant now) {
  const IndexRows old = item->rows;
  std::vector<aggregate::Episode> episodes;
  const aggregate::View view = aggregate::ViewOf(item->state, handling, now, &episodes);
  IndexRows& rows = item->rows;
  rows.ranked = view.Ranked();
  rows.open_class = view.open_class;
  rows.heat_rank = aggregate::HeatRankOf(view.log_heat);
  rows.due = view.listed ? view.next_due : std::nullopt;
  rows.advice_due = view.listed ? view.next_advice_due : std::nullopt;
  const Instant kept_until =
      std::max(item->state.last_evidence, view.open_until.value_or(Instant{})) +
      IncidentLifetime(retention);
  rows.expiry_day = DayOf(kept_until) + 1;

  MoveRow(database, batch, HeatRowKey(old, incident_key), HeatRowKey(rows, incident_key));
  MoveRow(database, batch, DueRowKey(DueKind::kRank, old.due, incident_key),
          DueRowKey(DueKind::kRank, rows.due, incident_key));
  MoveRow(database, batch, DueRowKey(DueKind::kAdvice, old.advice_due, incident_key),
          DueRowKey(DueKind::kAdvice, rows.advice_due, incident_key));
  MoveRow(database, batch, ExpiryRowKey(old, incident_key), ExpiryRowKey(rows, incident_key));
  WriteDays(database, batch, incident_key, item, episodes, retention);
  database->Put(batch, Table::kIncidents, incident_key, EncodeItem(*item));
}

}  // namespace srehub::store::embedded
