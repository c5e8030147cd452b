#include "store/rocksdb/meta_codec.h"

#include "base/hash.h"
#include "base/varint.h"

namespace srehub::store::embedded {

namespace {

constexpr uint8_t kFormat = 1;

// A row is a format byte and a list of fields; a reader fails as a whole or not at all.
class RowWriter {
 public:
  RowWriter() { out_.push_back(static_cast<char>(kFormat)); }
  RowWriter& Text(std::string_view s) {
    AppendString(&out_, s);
    return *this;
  }
  RowWriter& Time(Instant t) { return Signed(Nanos(t)); }
  RowWriter& Signed(int64_t v) {
    AppendZigzag(&out_, v);
    return *this;
  }
  std::string Take() { return std::move(out_); }

 private:
  std::string out_;
};

class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : in_(bytes) {
    uint8_t format = 0;
    ok_ = in_.ReadByte(&format) && format == kFormat;
  }
  std::string Text() {
    std::string s;
    ok_ = ok_ && in_.ReadString(&s);
    return s;
  }
  Instant Time() { return FromNanos(Signed()); }
  int64_t Signed() {
    int64_t v = 0;
    ok_ = ok_ && in_.ReadZigzag(&v);
    return v;
  }
  // Rows grow at their end: an older one stops here.
  bool HasMore() const { return ok_ && !in_.AtEnd(); }
  uint64_t Size() {
    const int64_t n = Signed();
    ok_ = ok_ && n >= 0 && static_cast<uint64_t>(n) <= in_.remaining();
    return ok_ ? static_cast<uint64_t>(n) : 0;
  }
  template <typename T>
  Result<T> Finish(T row) const {
    if (!ok_ || !in_.AtEnd())
      return Fail(ErrorCode::kDataLoss, "damaged item in sre_meta, or one of a newer format");
    return row;
  }

 private:
  ByteReader in_;
  bool ok_ = true;
};

}  // namespace

std::string MetaKey(std::string_view prefix, std::string_view name) {
  std::string key(prefix);
  key += name;
  return key;
}

std::string StemKey(std::string_view stem, std::string_view service_id) {
  std::string key = MetaKey(kStemPrefix, stem);
  key += '\0';
  key += service_id;
  return key;
}

std::string RejectId(Instant received, uint64_t sequence) {
  return Hex64(static_cast<uint64_t>(Nanos(received))) + Hex64(sequence);
}

bool IsRejectId(std::string_view text) {
  uint64_t part = 0;
  return text.size() == 32 && ParseHex64(text.substr(0, 16), &part) &&
         ParseHex64(text.substr(16), &part);
}

std::string IdempotencyTimeKey(Instant t, std::string_view name) {
  std::string key = MetaKey(kIdempotencyTimePrefix, Hex64(static_cast<uint64_t>(Nanos(t))));
  key += name;
  return key;
}

std::string EncodeService(const ServiceRow& row) {
  return RowWriter().Time(row.last_seen).Signed(row.event_types).Take();
}

Result<ServiceRow> DecodeService(std::string_view service_id, std::string_view bytes) {
  RowReader r(bytes);
  ServiceRow row;
  row.service_id = service_id;
  row.last_seen = r.Time();
  row.event_types = static_cast<uint32_t>(r.Signed());
  return r.Finish(std::move(row));
}

std::string EncodeReject(const RejectRow& row) {
  RowWriter w;
  w.Time(row.received).Signed(static_cast<int64_t>(row.format));
  w.Signed(static_cast<int64_t>(row.headers.size()));
  for (const auto& [name, value] : row.headers) w.Text(name).Text(value);
  w.Signed(static_cast<int64_t>(row.refusal.reason));
  w.Signed(static_cast<int64_t>(row.refusal.record));
  w.Text(row.refusal.field).Text(row.refusal.message).Text(row.service_id);
  w.Text(row.payload).Signed(row.payload_cut ? 1 : 0);
  if (!row.feed.empty()) w.Text(row.feed);
  return w.Take();
}

Result<RejectRow> DecodeReject(std::string_view id, std::string_view bytes) {
  RowReader r(bytes);
  RejectRow row;
  row.id = id;
  row.received = r.Time();
  row.format = static_cast<model::Format>(r.Signed());
  row.headers.resize(r.Size());
  for (auto& [name, value] : row.headers) {
    name = r.Text();
    value = r.Text();
  }
  row.refusal.reason = static_cast<model::RefusalReason>(r.Signed());
  row.refusal.record = static_cast<size_t>(r.Signed());
  row.refusal.field = r.Text();
  row.refusal.message = r.Text();
  row.service_id = r.Text();
  row.payload = r.Text();
  row.payload_cut = r.Signed() != 0;
  if (r.HasMore()) row.feed = r.Text();
  return r.Finish(std::move(row));
}

std::string EncodeHealth(const SourceHealthRow& row) {
  RowWriter w;
  w.Signed(static_cast<int64_t>(row.source)).Text(row.format);
  w.Time(row.last_received).Time(row.last_event);
  w.Signed(row.lateness.count()).Signed(row.max_lateness_1h.count());
  w.Signed(static_cast<int64_t>(row.accepted)).Signed(static_cast<int64_t>(row.duplicate));
  w.Signed(static_cast<int64_t>(row.rejected)).Signed(row.max_ahead.count());
  w.Signed(static_cast<int64_t>(row.refusals.size()));
  for (const auto& [reason, count] : row.refusals)
    w.Text(reason).Signed(static_cast<int64_t>(count));
  w.Text(row.feed).Signed(static_cast<int64_t>(row.unresolved));
  w.Signed(static_cast<int64_t>(row.dropped.size()));
  for (const auto& [reason, count] : row.dropped)
    w.Text(reason).Signed(static_cast<int64_t>(count));
  w.Signed(static_cast<int64_t>(row.arrivals.count)).Time(row.arrivals.first);
  w.Signed(row.arrivals.mean_gap.count());
  for (const Arrivals::LongestGap& slot : row.arrivals.longest)
    w.Signed(slot.day).Signed(slot.gap.count());
  return w.Take();
}

Result<SourceHealthRow> DecodeHealth(std::string_view bytes) {
  RowReader r(bytes);
  SourceHealthRow row;
  row.source = static_cast<model::Source>(r.Signed());
  row.format = r.Text();
  row.last_received = r.Time();
  row.last_event = r.Time();
  row.lateness = Duration(r.Signed());
  row.max_lateness_1h = Duration(r.Signed());
  row.accepted = static_cast<uint64_t>(r.Signed());
  row.duplicate = static_cast<uint64_t>(r.Signed());
  row.rejected = static_cast<uint64_t>(r.Signed());
  row.max_ahead = Duration(r.Signed());
  row.refusals.resize(r.Size());
  for (auto& [reason, count] : row.refusals) {
    reason = r.Text();
    count = static_cast<uint64_t>(r.Signed());
  }
  if (!r.HasMore()) return r.Finish(std::move(row));
  row.feed = r.Text();
  row.unresolved = static_cast<uint64_t>(r.Signed());
  row.dropped.resize(r.Size());
  for (auto& [reason, count] : row.dropped) {
    reason = r.Text();
    count = static_cast<uint64_t>(r.Signed());
  }
  row.arrivals.count = static_cast<uint64_t>(r.Signed());
  row.arrivals.first = r.Time();
  row.arrivals.mean_gap = Duration(r.Signed());
  for (Arrivals::LongestGap& slot : row.arrivals.longest) {
    slot.day = r.Signed();
    slot.gap = Duration(r.Signed());
  }
  return r.Finish(std::move(row));
}

std::string EncodeAcknowledgement(const aggregate::Acknowledgement& ack) {
  RowWriter w;
  w.Text(ack.incident_id).Time(ack.at);
  w.Signed(ack.until ? 1 : 0).Time(ack.until.value_or(Instant{}));
  w.Text(ack.by).Text(ack.why);
  return w.Take();
}

Result<aggregate::Acknowledgement> DecodeAcknowledgement(std::string_view bytes) {
  RowReader r(bytes);
  aggregate::Acknowledgement ack;
  ack.incident_id = r.Text();
  ack.at = r.Time();
  const bool has_until = r.Signed() != 0;
  const Instant until = r.Time();
  if (has_until) ack.until = until;
  ack.by = r.Text();
  ack.why = r.Text();
  return r.Finish(std::move(ack));
}

std::string EncodeSilence(const aggregate::Silence& silence) {
  RowWriter w;
  w.Text(silence.id).Signed(static_cast<int64_t>(silence.kind));
  w.Text(silence.service_id).Text(silence.event_type).Text(silence.incident_id);
  w.Time(silence.starts_at).Time(silence.ends_at).Time(silence.created_at);
  w.Text(silence.by).Text(silence.why);
  return w.Take();
}

Result<aggregate::Silence> DecodeSilence(std::string_view bytes) {
  RowReader r(bytes);
  aggregate::Silence silence;
  silence.id = r.Text();
  silence.kind = static_cast<aggregate::Silence::Kind>(r.Signed());
  silence.service_id = r.Text();
  silence.event_type = r.Text();
  silence.incident_id = r.Text();
  silence.starts_at = r.Time();
  silence.ends_at = r.Time();
  silence.created_at = r.Time();
  silence.by = r.Text();
  silence.why = r.Text();
  return r.Finish(std::move(silence));
}

std::string EncodeOutcome(const model::ActionOutcome& outcome) {
  RowWriter w;
  w.Text(outcome.service_id).Text(outcome.action_id).Text(outcome.incident_id);
  w.Text(outcome.actor).Text(outcome.note).Time(outcome.at);
  return w.Take();
}

Result<model::ActionOutcome> DecodeOutcome(std::string_view bytes) {
  RowReader r(bytes);
  model::ActionOutcome outcome;
  outcome.service_id = r.Text();
  outcome.action_id = r.Text();
  outcome.incident_id = r.Text();
  outcome.actor = r.Text();
  outcome.note = r.Text();
  outcome.at = r.Time();
  return r.Finish(std::move(outcome));
}

std::string EncodeInstant(Instant t) { return RowWriter().Time(t).Take(); }

Result<Instant> DecodeInstant(std::string_view bytes) {
  RowReader r(bytes);
  const Instant t = r.Time();
  return r.Finish(t);
}

}  // namespace srehub::store::embedded
