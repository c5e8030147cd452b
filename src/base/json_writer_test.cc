#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/json_reader.h"
#include "base/text.h"

namespace srehub {
namespace {

TEST(JsonWriterTest, SeparatesAndNests) {
  JsonWriter out;
  out.BeginObject().Field("a", 1).Key("b").BeginArray().Int(-1).Uint(2).BeginObject().EndObject();
  out.BeginArray().EndArray().Null().EndArray().Field("c", true).Field("d", "x").EndObject();
  EXPECT_EQ(out.text(), R"({"a":1,"b":[-1,2,{},[],null],"c":true,"d":"x"})");
}

TEST(JsonWriterTest, WritesEveryKindOfValue) {
  JsonWriter out;
  out.BeginObject().Field("time", FromNanos(1'500'000'000)).FieldRaw("raw", "{\"k\":1}");
  out.FieldIf("empty", "").FieldIf("full", "f").Field("real", 0.1);
  out.Field("small", std::numeric_limits<int64_t>::min());
  out.Field("large", std::numeric_limits<uint64_t>::max()).EndObject();
  EXPECT_EQ(out.Take(), R"({"time":"1970-01-01T00:00:01.500Z","raw":{"k":1},"full":"f","real":0.1,)"
                        R"("small":-9223372036854775808,"large":18446744073709551615})");
}

TEST(JsonWriterTest, EscapesControlsAndMendsWhatIsNotUtf8) {
  std::string out;
  AppendJsonString(&out, std::string("q\" b\\ \n\r\t \x01\x1f\x7f\0 /", 16));
  EXPECT_EQ(out, "\"q\\\" b\\\\ \\n\\r\\t \\u0001\\u001f\\u007f\\u0000 /\"");
  out.clear();
  AppendJsonString(&out, "ü\xFFx\xE2\x82");
  EXPECT_EQ(out, "\"ü\uFFFDx\uFFFD\uFFFD\"");
}

TEST(JsonWriterTest, HasNoWordForWhatIsNoNumber) {
  JsonWriter out;
  out.BeginArray().Double(std::nan("")).Double(std::numeric_limits<double>::infinity());
  out.Double(-0.0).EndArray();
  EXPECT_EQ(out.text(), "[null,null,0]");
}

TEST(JsonWriterTest, DoublesReadBackAsTheyWere) {
  std::mt19937_64 random(9);
  JsonReader reader;
  for (int i = 0; i < 5000; ++i) {
    const double value = std::ldexp(static_cast<double>(static_cast<int64_t>(random())),
                                    static_cast<int>(random() % 600) - 300);
    JsonWriter out;
    out.BeginObject().Field("v", value).EndObject();
    const auto root = reader.Parse(out.text());
    ASSERT_TRUE(root) << out.text();
    EXPECT_EQ(FindNumber(*root, "v"), value) << out.text();
  }
}

TEST(JsonWriterTest, AnyBytesGiveReadableJson) {
  std::mt19937_64 random(10);
  JsonReader reader;
  for (int i = 0; i < 5000; ++i) {
    std::string bytes(random() % 24, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    std::string out;
    AppendJsonString(&out, bytes);
    const auto root = reader.Parse(out);
    ASSERT_TRUE(root) << PercentEncode(bytes);
    if (IsValidUtf8(bytes)) {
      EXPECT_EQ(root->get_string().value_unsafe(), bytes);
    }
  }
}

}  // namespace
}  // namespace srehub
