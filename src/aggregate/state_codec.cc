// The stored form of an IncidentState. First byte: format version. Times are zigzag nanoseconds
// relative to last_evidence, so a state costs few bytes.
#include "aggregate/incident_state.h"
#include "base/varint.h"

namespace srehub::aggregate {

namespace {

constexpr uint8_t kFormatVersion = 1;

class StateWriter {
 public:
  StateWriter(std::string* out, Instant base) : out_(out), base_(base) {}

  void Time(Instant t) { AppendZigzag(out_, Nanos(t) - Nanos(base_)); }
  void Optional(const std::optional<Instant>& t) {
    out_->push_back(t ? 1 : 0);
    if (t) Time(*t);
  }
  void Byte(uint8_t b) { out_->push_back(static_cast<char>(b)); }
  void Level(model::Severity s) { Byte(static_cast<uint8_t>(s)); }
  void Text(std::string_view s) { AppendString(out_, s); }
  void Size(size_t n) { AppendVarint(out_, n); }
  void Signed(int64_t v) { AppendZigzag(out_, v); }

 private:
  std::string* out_;
  Instant base_;
};

// Sticky failure: after the first bad read everything reads as empty and ok() is false.
class StateReader {
 public:
  explicit StateReader(ByteReader* in) : in_(in) {}
  void set_base(Instant base) { base_ = base; }
  bool ok() const { return ok_; }

  Instant Time() { return FromNanos(Nanos(base_) + Signed()); }
  std::optional<Instant> Optional() { return Byte() != 0 ? std::optional(Time()) : std::nullopt; }
  uint8_t Byte() {
    uint8_t b = 0;
    ok_ = ok_ && in_->ReadByte(&b);
    return b;
  }
  model::Severity Level() {
    const uint8_t b = Byte();
    ok_ = ok_ && b >= 1 && b <= model::kSeverityCount;
    return static_cast<model::Severity>(b);
  }
  std::string Text() {
    std::string s;
    ok_ = ok_ && in_->ReadString(&s);
    return s;
  }
  int64_t Signed() {
    int64_t v = 0;
    ok_ = ok_ && in_->ReadZigzag(&v);
    return v;
  }
  // A count of items of at least one byte each.
  size_t Size() {
    uint64_t n = 0;
    ok_ = ok_ && in_->ReadVarint(&n) && n <= in_->remaining();
    return ok_ ? n : 0;
  }
  Counts CountsOf() {
    Counts c{};
    ok_ = ok_ && ReadCounts(in_, &c);
    return c;
  }
  HourBlock Block() {
    HourBlock block;
    ok_ = ok_ && block.Read(in_);
    return block;
  }

 private:
  ByteReader* in_;
  Instant base_{};
  bool ok_ = true;
};

void WriteSignals(const std::vector<Signal>& signals, StateWriter* w) {
  w->Size(signals.size());
  for (const Signal& signal : signals) {
    w->Text(signal.id);
    w->Size(signal.lives.size());
    for (const Life& life : signal.lives) {
      w->Time(life.starts_at);
      w->Optional(life.resolved_at);
      w->Optional(life.last_refresh);
      w->Optional(life.expires_at);
      w->Level(life.severity);
    }
    w->Size(signal.statements.size());
    for (const Statement& s : signal.statements) {
      w->Time(s.time);
      w->Byte(static_cast<uint8_t>(s.phase));
      w->Level(s.severity);
      w->Time(s.expires_at);
    }
  }
}

std::vector<Signal> ReadSignals(StateReader* r) {
  std::vector<Signal> signals(r->Size());
  for (Signal& signal : signals) {
    signal.id = r->Text();
    signal.lives.resize(r->Size());
    for (Life& life : signal.lives) {
      life.starts_at = r->Time();
      life.resolved_at = r->Optional();
      life.last_refresh = r->Optional();
      life.expires_at = r->Optional();
      life.severity = r->Level();
    }
    signal.statements.resize(r->Size());
    for (Statement& s : signal.statements) {
      s.time = r->Time();
      s.phase = static_cast<model::Phase>(r->Byte());
      s.severity = r->Level();
      s.expires_at = r->Time();
    }
  }
  return signals;
}

void WriteSets(const IncidentState& state, StateWriter* w) {
  w->Size(state.point_runs.size());
  Minute previous = MinuteOf(state.last_evidence);
  for (const PointRun& run : state.point_runs) {
    w->Signed(run.first - previous);
    w->Signed(run.last - run.first);
    w->Level(run.worst);
    w->Signed(run.first_high ? *run.first_high - run.first + 1 : 0);
    previous = run.last;
  }
  w->Size(state.series.size());
  for (const Series& series : state.series) {
    w->Text(series.id);
    w->Size(series.observations.size());
    for (const SeriesObservation& o : series.observations) {
      w->Signed(o.count);
      w->Time(o.time);
      w->Time(o.start);
      w->Level(o.severity);
    }
  }
  WriteSignals(state.signals, w);
  w->Size(state.runs.size());
  for (const RunStatement& s : state.runs) {
    w->Time(s.time);
    w->Level(s.severity);
    w->Byte(s.closes ? 1 : 0);
    w->Text(s.run_key);
    w->Text(s.sha_key);
    w->Text(s.environment);
  }
}

void ReadSets(IncidentState* state, StateReader* r) {
  state->point_runs.resize(r->Size());
  Minute previous = MinuteOf(state->last_evidence);
  for (PointRun& run : state->point_runs) {
    run.first = previous + r->Signed();
    run.last = run.first + r->Signed();
    run.worst = r->Level();
    const int64_t first_high = r->Signed();
    if (first_high != 0) run.first_high = run.first + first_high - 1;
    previous = run.last;
  }
  state->series.resize(r->Size());
  for (Series& series : state->series) {
    series.id = r->Text();
    series.observations.resize(r->Size());
    for (SeriesObservation& o : series.observations) {
      o.count = r->Signed();
      o.time = r->Time();
      o.start = r->Time();
      o.severity = r->Level();
    }
  }
  state->signals = ReadSignals(r);
  state->runs.resize(r->Size());
  for (RunStatement& s : state->runs) {
    s.time = r->Time();
    s.severity = r->Level();
    s.closes = r->Byte() != 0;
    s.run_key = r->Text();
    s.sha_key = r->Text();
    s.environment = r->Text();
  }
}

void WriteCounters(const IncidentState& state, StateWriter* w, std::string* out) {
  AppendCounts(out, state.totals);
  w->Size(state.hourly.size());
  Hour previous = HourOf(state.last_evidence);
  for (const auto& [hour, counts] : state.hourly) {
    w->Signed(hour - previous);
    AppendCounts(out, counts);
    previous = hour;
  }
  w->Size(state.recent.size());
  for (const auto& [hour, block] : state.recent) {
    w->Signed(hour - previous);
    block.Encode(out);
    previous = hour;
  }
}

void ReadCounters(IncidentState* state, StateReader* r) {
  state->totals = r->CountsOf();
  Hour previous = HourOf(state->last_evidence);
  for (size_t n = r->Size(); n > 0; --n) {
    previous += r->Signed();
    state->hourly.emplace_hint(state->hourly.end(), previous, r->CountsOf());
  }
  for (size_t n = r->Size(); n > 0; --n) {
    previous += r->Signed();
    state->recent.emplace_hint(state->recent.end(), previous, r->Block());
  }
}

}  // namespace

std::string EncodeState(const IncidentState& state) {
  std::string out;
  out.push_back(static_cast<char>(kFormatVersion));
  AppendString(&out, state.service_id);
  AppendString(&out, state.event_type);
  AppendVarint(&out, state.version);
  AppendZigzag(&out, Nanos(state.last_evidence));
  StateWriter w(&out, state.last_evidence);
  w.Optional(state.first_point);
  w.Optional(state.last_point);
  w.Optional(state.last_close);
  w.Optional(state.frozen_first);
  w.Byte(state.sources);
  w.Byte(static_cast<uint8_t>((state.more_objects ? 1 : 0) | (state.approximate ? 2 : 0)));
  w.Signed(state.recent_floor);
  WriteCounters(state, &w, &out);
  WriteSets(state, &w);
  w.Size(state.objects.size());
  for (const auto& [hash, name] : state.objects) {
    AppendVarint(&out, hash);
    w.Text(name);
  }
  w.Byte(state.sample ? 1 : 0);
  if (state.sample) {
    w.Time(state.sample->timestamp);
    AppendVarint(&out, state.sample->event_id);
    w.Text(state.sample->title);
  }
  return out;
}

Result<IncidentState> DecodeState(std::string_view bytes) {
  const auto damaged = [] { return Fail(ErrorCode::kDataLoss, "damaged incident item"); };
  ByteReader in(bytes);
  uint8_t version = 0;
  if (!in.ReadByte(&version)) return damaged();
  if (version > kFormatVersion)
    return Fail(ErrorCode::kDataLoss, "incident item of format " + std::to_string(version) +
                                          "; this program reads up to " +
                                          std::to_string(kFormatVersion));
  StateReader r(&in);
  IncidentState state;
  state.service_id = r.Text();
  state.event_type = r.Text();
  if (!in.ReadVarint(&state.version)) return damaged();
  state.last_evidence = r.Time();
  r.set_base(state.last_evidence);
  state.first_point = r.Optional();
  state.last_point = r.Optional();
  state.last_close = r.Optional();
  state.frozen_first = r.Optional();
  state.sources = r.Byte();
  const uint8_t flags = r.Byte();
  state.more_objects = (flags & 1) != 0;
  state.approximate = (flags & 2) != 0;
  state.recent_floor = r.Signed();
  ReadCounters(&state, &r);
  ReadSets(&state, &r);
  state.objects.resize(r.Size());
  for (auto& [hash, name] : state.objects) {
    if (!in.ReadVarint(&hash)) return damaged();
    name = r.Text();
  }
  if (r.Byte() != 0) {
    Sample sample;
    sample.timestamp = r.Time();
    if (!in.ReadVarint(&sample.event_id)) return damaged();
    sample.title = r.Text();
    state.sample = std::move(sample);
  }
  if (!r.ok() || !in.AtEnd()) return damaged();
  return state;
}

}  // namespace srehub::aggregate
