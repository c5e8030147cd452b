#include "model/event_codec.h"

#include <gtest/gtest.h>

#include <random>

#include "model/event_json.h"

namespace srehub::model {
namespace {

using Random = std::mt19937_64;

Instant AnyTime(Random& random) {
  return FromNanos(static_cast<int64_t>(random() % 9'214'646'400'000'000'000ull));
}
std::optional<Instant> MaybeTime(Random& random) {
  return random() % 2 == 0 ? std::optional(AnyTime(random)) : std::nullopt;
}
std::string AnyText(Random& random) {
  static const char* const kWords[] = {"", "", "a", "漢字 🚒", "quote\"\\ \n", "x#y@z%", "-"};
  return kWords[random() % std::size(kWords)] + std::string(random() % 3, 'q');
}

DeployStatement AnyDeploy(Random& random) {
  DeployStatement s;
  s.kind = static_cast<PipelineKind>(1 + random() % 4);
  s.status = static_cast<DeployStatus>(1 + random() % 5);
  s.system = "flat" + AnyText(random);
  for (std::string* text :
       {&s.repository, &s.run, &s.sha, &s.environment, &s.workflow, &s.version, &s.actor, &s.url}) {
    *text = AnyText(random);
  }
  s.attempt = static_cast<int32_t>(random() % (1ull << 31));
  s.started_at = MaybeTime(random);
  s.finished_at = MaybeTime(random);
  return s;
}

// Every part set or not, every enumeration value, details of every size class.
Event AnyEvent(Random& random) {
  Event e;
  e.service_id = "s" + std::to_string(random() % 10);
  e.timestamp = AnyTime(random);
  e.event_id = random();
  e.event_type = "T" + AnyText(random);
  e.severity = static_cast<Severity>(1 + random() % 5);
  e.source = static_cast<Source>(1 + random() % 5);
  e.phase = static_cast<Phase>(1 + random() % 5);
  e.signal = AnyText(random);
  e.starts_at = MaybeTime(random);
  e.expires_at = MaybeTime(random);
  e.series = AnyText(random);
  e.series_count = static_cast<int64_t>(random() % 3 == 0 ? random() % (1ull << 31) : 0);
  e.series_start = MaybeTime(random);
  if (random() % 2 == 0) e.deploy = AnyDeploy(random);
  e.closes = AnyText(random);
  e.untimed = random() % 2 == 0;
  if (random() % 4 == 0) {
    JsonWriter details;
    details.BeginObject().Field("message", AnyText(random)).Field("n", random());
    details.Field("real", static_cast<double>(random()) * 1e-9).Key("list").BeginArray();
    for (size_t i = random() % 2 == 0 ? 0 : random() % 3000; i > 0; --i)
      details.Uint(random() % 99);
    details.EndArray().EndObject();
    e.details = details.Take();
  }
  if (random() % 4 != 0) e.ttl = e.timestamp + std::chrono::seconds(random() % 8'000'000);
  return e;
}

TEST(EventCodecTest, GivesBackAnyEvent) {
  Random random(31);
  for (int i = 0; i < 3000; ++i) {
    const Event e = AnyEvent(random);
    const auto got = DecodeEvent(KeyOf(e), EncodeEvent(e));
    ASSERT_TRUE(got) << got.error().message;
    ASSERT_EQ(*got, e) << EventToJson(e);
  }
}

TEST(EventCodecTest, HoldsExtremeInstants) {
  Event e;
  e.timestamp = Instant::max();
  e.starts_at = Instant::min();
  e.expires_at = Instant::max();
  e.ttl = Instant::min();
  EXPECT_EQ(DecodeEvent(KeyOf(e), EncodeEvent(e)).value(), e);
}

TEST(EventCodecTest, IsSmallAndCompressesLargeDetails) {
  Event e;
  e.service_id = "payments-api";
  e.timestamp = ParseRfc3339("2025-08-26T14:03:00Z").value();
  e.event_type = "HighCPU";
  e.ttl = e.timestamp + 14 * kDay;
  EXPECT_LE(EncodeEvent(e).size(), 32u);
  e.details = "{\"message\":\"" + std::string(60'000, 'x') + "\"}";
  const std::string bytes = EncodeEvent(e);
  EXPECT_LT(bytes.size(), 1000u);
  EXPECT_EQ(DecodeEvent(KeyOf(e), bytes).value(), e);
  // What does not shrink, or is past every cap, stays as it is.
  Random chance(1);
  for (const size_t size : {kCompressDetailsAbove, kCompressDetailsAbove + 1, size_t{3'000'000}}) {
    e.details.assign(size, '\0');
    for (char& c : e.details) c = static_cast<char>(chance());
    const std::string noise = EncodeEvent(e);
    EXPECT_LT(noise.size(), size + 64);
    EXPECT_EQ(DecodeEvent(KeyOf(e), noise).value(), e);
  }
}

TEST(EventCodecTest, RefusesANewerVersionAndSaysSo) {
  Event e;
  e.event_type = "X";
  std::string bytes = EncodeEvent(e);
  bytes[0] = static_cast<char>(kEventFormatVersion + 1);
  const auto newer = DecodeEvent(KeyOf(e), bytes);
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kDataLoss);
  EXPECT_NE(newer.error().message.find("newer srehub"), std::string::npos);
  bytes[0] = 0;
  EXPECT_FALSE(DecodeEvent(KeyOf(e), bytes));
}

TEST(EventCodecTest, DamagedBytesAreRefusedOrReadButNeverWorse) {
  Random random(33);
  for (int i = 0; i < 300; ++i) {
    const Event e = AnyEvent(random);
    const std::string bytes = EncodeEvent(e);
    for (int k = 0; k < 20; ++k) {
      const auto cut =
          DecodeEvent(KeyOf(e), std::string_view(bytes).substr(0, random() % bytes.size()));
      ASSERT_FALSE(cut);
      EXPECT_EQ(cut.error().code, ErrorCode::kDataLoss);
      std::string flipped = bytes;
      flipped[random() % flipped.size()] ^= static_cast<char>(1 << (random() % 8));
      const auto got = DecodeEvent(KeyOf(e), flipped);
      if (!got) {
        EXPECT_EQ(got.error().code, ErrorCode::kDataLoss);
      }
    }
    EXPECT_FALSE(DecodeEvent(KeyOf(e), bytes + "x"));
  }
}

TEST(EventJsonTest, GivesBackAnyEvent) {
  Random random(32);
  JsonReader reader;
  for (int i = 0; i < 3000; ++i) {
    const Event e = AnyEvent(random);
    const std::string text = EventToJson(e);
    const auto got = reader.Parse(text).and_then(EventFromJson);
    ASSERT_TRUE(got) << text << got.error().message;
    ASSERT_EQ(*got, e) << text;
  }
}

}  // namespace
}  // namespace srehub::model
