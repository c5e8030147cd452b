#include "model/event_codec.h"

#include <zstd.h>

#include <limits>

#include "base/inflate.h"
#include "base/varint.h"

namespace srehub::model {
namespace {

constexpr uint8_t kCompressed = 0x80;
constexpr int kCompressionLevel = 1;

// The optional parts of an event, as bits.
enum Part : uint64_t {
  kNoPart = 0,
  kSignal = 1 << 0,
  kStartsAt = 1 << 1,
  kExpiresAt = 1 << 2,
  kSeries = 1 << 3,
  kSeriesStart = 1 << 4,
  kDeploy = 1 << 5,
  kCloses = 1 << 6,
  kUntimed = 1 << 7,
  kTtl = 1 << 8,
  kSeriesCount = 1 << 9,
};
enum DeployPart : uint64_t { kNoDeployPart = 0, kStarted = 1 << 0, kFinished = 1 << 1 };

// Wraps around, so that every instant comes back as it was.
void AppendInstant(std::string* out, Instant t, Instant base) {
  AppendZigzag(out, static_cast<int64_t>(static_cast<uint64_t>(Nanos(t)) -
                                         static_cast<uint64_t>(Nanos(base))));
}

// Reads with one check at the end: after a failure everything reads as empty.
class Reader {
 public:
  Reader(std::string_view bytes, Instant base) : bytes_(bytes), base_(base) {}

  uint8_t Byte() {
    uint8_t value = 0;
    ok_ = ok_ && bytes_.ReadByte(&value);
    return value;
  }
  uint64_t Varint() {
    uint64_t value = 0;
    ok_ = ok_ && bytes_.ReadVarint(&value);
    return value;
  }
  int64_t Zigzag() {
    int64_t value = 0;
    ok_ = ok_ && bytes_.ReadZigzag(&value);
    return value;
  }
  Instant Time() {
    return FromNanos(static_cast<int64_t>(static_cast<uint64_t>(Zigzag()) +
                                          static_cast<uint64_t>(Nanos(base_))));
  }
  std::string_view View() {
    std::string_view value;
    ok_ = ok_ && bytes_.ReadView(&value);
    return value;
  }
  std::string String() { return std::string(View()); }
  // An enumeration whose values are 1..last.
  template <typename Enum>
  Enum Choice(uint8_t value, Enum last) {
    ok_ = ok_ && value >= 1 && value <= static_cast<uint8_t>(last);
    return static_cast<Enum>(value);
  }
  void Require(bool condition) { ok_ = ok_ && condition; }
  bool Complete() const { return ok_ && bytes_.AtEnd(); }

 private:
  ByteReader bytes_;
  Instant base_;
  bool ok_ = true;
};

void AppendDeploy(std::string* out, const DeployStatement& s, Instant base) {
  out->push_back(static_cast<char>(s.kind));
  out->push_back(static_cast<char>(s.status));
  AppendZigzag(out, s.attempt);
  for (const std::string* text : {&s.system, &s.repository, &s.run, &s.sha, &s.environment,
                                  &s.workflow, &s.version, &s.actor, &s.url}) {
    AppendString(out, *text);
  }
  AppendVarint(
      out, (s.started_at ? kStarted : kNoDeployPart) | (s.finished_at ? kFinished : kNoDeployPart));
  if (s.started_at) AppendInstant(out, *s.started_at, base);
  if (s.finished_at) AppendInstant(out, *s.finished_at, base);
}

DeployStatement ReadDeploy(Reader* in) {
  DeployStatement s;
  s.kind = in->Choice(in->Byte(), PipelineKind::kTest);
  s.status = in->Choice(in->Byte(), DeployStatus::kOther);
  const int64_t attempt = in->Zigzag();
  in->Require(attempt >= std::numeric_limits<int32_t>::min() &&
              attempt <= std::numeric_limits<int32_t>::max());
  s.attempt = static_cast<int32_t>(attempt);
  for (std::string* text : {&s.system, &s.repository, &s.run, &s.sha, &s.environment, &s.workflow,
                            &s.version, &s.actor, &s.url}) {
    *text = in->String();
  }
  const uint64_t parts = in->Varint();
  in->Require(parts <= (kStarted | kFinished));
  if (parts & kStarted) s.started_at = in->Time();
  if (parts & kFinished) s.finished_at = in->Time();
  return s;
}

uint64_t PartsOf(const Event& e) {
  const auto part = [](bool there, Part p) -> uint64_t { return there ? p : kNoPart; };
  return part(!e.signal.empty(), kSignal) | part(e.starts_at.has_value(), kStartsAt) |
         part(e.expires_at.has_value(), kExpiresAt) | part(!e.series.empty(), kSeries) |
         part(e.series_count != 0, kSeriesCount) | part(e.series_start.has_value(), kSeriesStart) |
         part(e.deploy.has_value(), kDeploy) | part(!e.closes.empty(), kCloses) |
         part(e.untimed, kUntimed) | part(e.ttl != Instant{}, kTtl);
}
constexpr uint64_t kAllParts = (kSeriesCount << 1) - 1;

// Empty when compression does not pay. Past kInflationRatioFrom the reader's ratio cap could
// refuse what was written here.
std::string Compress(std::string_view details) {
  if (details.size() <= kCompressDetailsAbove || details.size() > kInflationRatioFrom) return {};
  std::string out(ZSTD_compressBound(details.size()), '\0');
  const size_t size =
      ZSTD_compress(out.data(), out.size(), details.data(), details.size(), kCompressionLevel);
  if (ZSTD_isError(size) || size >= details.size()) return {};
  out.resize(size);
  return out;
}

tl::unexpected<Error> Damaged(const EventKey& key) {
  return Fail(ErrorCode::kDataLoss, "the stored event " + key.service_id + " " +
                                        SortKey(key.timestamp, key.event_id) + " is damaged");
}

// Everything between the header and the details.
void ReadParts(Reader* in, Event* e) {
  const uint8_t kinds = in->Byte();
  e->severity = in->Choice(kinds & 7, Severity::kCritical);
  e->source = in->Choice(kinds >> 3, Source::kPrometheus);
  e->phase = in->Choice(in->Byte(), Phase::kUnknown);
  const uint64_t parts = in->Varint();
  in->Require(parts <= kAllParts);
  e->event_type = in->String();
  if (parts & kSignal) e->signal = in->String();
  if (parts & kStartsAt) e->starts_at = in->Time();
  if (parts & kExpiresAt) e->expires_at = in->Time();
  if (parts & kSeries) e->series = in->String();
  if (parts & kSeriesCount) e->series_count = in->Zigzag();
  if (parts & kSeriesStart) e->series_start = in->Time();
  if (parts & kDeploy) e->deploy = ReadDeploy(in);
  if (parts & kCloses) e->closes = in->String();
  e->untimed = (parts & kUntimed) != 0;
  if (parts & kTtl) e->ttl = in->Time();
}

}  // namespace

std::string EncodeEvent(const Event& e) {
  const std::string compressed = Compress(e.details);
  std::string out;
  out.reserve(128 + (compressed.empty() ? e.details.size() : compressed.size()));
  const uint8_t flags = compressed.empty() ? 0 : kCompressed;
  out.push_back(static_cast<char>(kEventFormatVersion | flags));
  out.push_back(
      static_cast<char>(static_cast<unsigned>(e.severity) | static_cast<unsigned>(e.source) << 3));
  out.push_back(static_cast<char>(e.phase));
  AppendVarint(&out, PartsOf(e));
  AppendString(&out, e.event_type);
  if (!e.signal.empty()) AppendString(&out, e.signal);
  if (e.starts_at) AppendInstant(&out, *e.starts_at, e.timestamp);
  if (e.expires_at) AppendInstant(&out, *e.expires_at, e.timestamp);
  if (!e.series.empty()) AppendString(&out, e.series);
  if (e.series_count != 0) AppendZigzag(&out, e.series_count);
  if (e.series_start) AppendInstant(&out, *e.series_start, e.timestamp);
  if (e.deploy) AppendDeploy(&out, *e.deploy, e.timestamp);
  if (!e.closes.empty()) AppendString(&out, e.closes);
  if (e.ttl != Instant{}) AppendInstant(&out, e.ttl, e.timestamp);
  if (!compressed.empty()) AppendVarint(&out, e.details.size());
  AppendString(&out, compressed.empty() ? e.details : compressed);
  return out;
}

Result<Event> DecodeEvent(const EventKey& key, std::string_view bytes) {
  Reader in(bytes, key.timestamp);
  const uint8_t header = in.Byte();
  const uint8_t version = header & 0x7F;
  if (version > kEventFormatVersion) {
    return Fail(ErrorCode::kDataLoss, "the stored event has format " + std::to_string(version) +
                                          "; this version reads up to " +
                                          std::to_string(kEventFormatVersion) +
                                          ": use the newer srehub that wrote it");
  }
  if (version == 0) return Damaged(key);
  Event e;
  e.service_id = key.service_id;
  e.timestamp = key.timestamp;
  e.event_id = key.event_id;
  ReadParts(&in, &e);
  const bool compressed = (header & kCompressed) != 0;
  const uint64_t plain_size = compressed ? in.Varint() : 0;
  const std::string_view details = in.View();
  if (!in.Complete()) return Damaged(key);
  if (!compressed) {
    e.details = details;
    return e;
  }
  if (plain_size > kInflationRatioFrom) return Damaged(key);
  auto plain = Inflate(ContentEncoding::kZstd, details, plain_size);
  if (!plain || plain->size() != plain_size) return Damaged(key);
  e.details = *std::move(plain);
  return e;
}

}  // namespace srehub::model
