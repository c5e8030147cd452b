#include "base/json_reader.h"

#include <gtest/gtest.h>

#include "base/json_writer.h"
#include "base/limits.h"

namespace srehub {
namespace {

Error ErrorOf(std::string_view text) {
  JsonReader reader;
  const auto got = reader.Parse(text);
  EXPECT_FALSE(got) << text.substr(0, 80);
  return got ? Error{} : got.error();
}

TEST(JsonReaderTest, TakesAnyValueAndAByteOrderMark) {
  JsonReader reader;
  for (const char* text : {"{}", "[]", "null", "42", "\"x\"", " true ", "\xEF\xBB\xBF{\"a\":1}"}) {
    EXPECT_TRUE(reader.Parse(text)) << text;
  }
}

TEST(JsonReaderTest, ReadsTextThatEndsAtAPageOrIsAViewIntoMore) {
  const std::string text = "[1,2,3]garbage";
  JsonReader reader;
  EXPECT_TRUE(reader.Parse(std::string_view(text).substr(0, 7)));
  EXPECT_FALSE(reader.Parse(text));
}

TEST(JsonReaderTest, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "empty"},
      {"   ", "empty"},
      {"{", "bracket, comma"},
      {"[1,]", "bracket, comma"},
      {"{'a':1}", "bracket, comma"},
      {"{\"a\":1} x", "bracket, comma"},
      {"\"\xFF\"", "UTF-8"},
      {"\"abc", "closing quote"},
      {"\"a\nb\"", "control character"},
      {"\"\\x\"", "broken escape"},
      {"\"\\ud800\"", "broken escape"},
      {"01", "number"},
      {"1e999", "number"},
      {"18446744073709551616", "number"},
      {"nul", "true, false or null"},
      {"NaN", "bracket, comma"},
      {"tru", "true, false or null"},
  };
  for (const auto& [text, why] : cases) {
    const Error error = ErrorOf(text);
    EXPECT_EQ(error.code, ErrorCode::kMalformed) << text;
    EXPECT_NE(error.message.find(why), std::string::npos) << text << ": " << error.message;
  }
}

std::string Nested(size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonReaderTest, BoundsTheDepthEvenAfterGrowing) {
  JsonReader reader;
  EXPECT_TRUE(reader.Parse(Nested(limits::kMaxJsonDepth)));
  EXPECT_EQ(reader.Parse(Nested(limits::kMaxJsonDepth + 1)).error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(reader.Parse("\"" + std::string(100'000, 'x') + "\""));
  EXPECT_TRUE(reader.Parse(Nested(limits::kMaxJsonDepth)));
  EXPECT_EQ(reader.Parse(Nested(limits::kMaxJsonDepth + 1)).error().code, ErrorCode::kTooLarge);
  const std::string deep = std::string(limits::kMaxJsonDepth - 1, '[') + "{\"a\":1}" +
                           std::string(limits::kMaxJsonDepth - 1, ']');
  EXPECT_TRUE(reader.Parse(deep));
  EXPECT_EQ(reader.Parse("[" + deep + "]").error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(ErrorOf(Nested(100'000)).code, ErrorCode::kTooLarge);
}

TEST(JsonReaderTest, RefusesRepeatedKeysAndPointsAtThem) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"a":1,"a":1})", "/a"},
      {R"({"a":1,"\u0061":2})", "/a"},
      {R"({"x":[0,{"b":{},"c":[],"b":null}]})", "/x/1/b"},
      {R"({"a/b":{"~":1,"~":2}})", "/a~1b/~0"},
      {R"([[],[{"":1,"":2}]])", "/1/0/"},
  };
  for (const auto& [text, pointer] : cases) {
    const Error error = ErrorOf(text);
    EXPECT_EQ(error.code, ErrorCode::kInvalidArgument) << text;
    EXPECT_EQ(error.where, pointer) << text;
  }
  JsonReader reader;
  EXPECT_TRUE(reader.Parse(R"({"a":{"a":{"a":1}},"b":[{"c":1},{"c":1}],"A":1})"));
}

TEST(JsonReaderTest, FindsARepeatedKeyWhereverItStandsInALargeObject) {
  for (const size_t size : {11u, 12u, 13u, 14u, 30u}) {
    for (size_t first = 0; first < size; ++first) {
      std::string text = "{";
      for (size_t i = 0; i < size; ++i) text += "\"k" + std::to_string(i) + "\":0,";
      text += "\"k" + std::to_string(first) + "\":0}";
      EXPECT_EQ(ErrorOf(text).where, "/k" + std::to_string(first));
    }
  }
}

TEST(JsonReaderTest, TakesAnObjectOfManyKeysQuickly) {
  std::string text = "{";
  for (int i = 0; i < 200'000; ++i) text += "\"key" + std::to_string(i) + "\":0,";
  JsonReader reader;
  EXPECT_TRUE(reader.Parse(text + "\"end\":0}"));
  EXPECT_EQ(reader.Parse(text + "\"key77\":0}").error().where, "/key77");
}

TEST(FindTest, GivesNothingForMissingNullAndOtherTypes) {
  JsonReader reader;
  const JsonElement root =
      reader
          .Parse(R"({"s":"x","i":42,"n":-7,"u":18446744073709551615,"d":42.0,"f":1.5,"q":"42",
                       "b":true,"o":{"k":1},"a":[1],"z":null,"big":1e30,"qx":"42x","qe":""})")
          .value();
  EXPECT_FALSE(Find(root, "none"));
  EXPECT_FALSE(Find(root, "z"));
  EXPECT_TRUE(Find(root, "o"));
  EXPECT_EQ(FindString(root, "s"), "x");
  EXPECT_FALSE(FindString(root, "i"));
  EXPECT_EQ(FindInt(root, "i"), 42);
  EXPECT_EQ(FindInt(root, "n"), -7);
  EXPECT_EQ(FindInt(root, "d"), 42);
  EXPECT_EQ(FindInt(root, "q"), 42);
  for (const char* key : {"u", "f", "s", "b", "o", "a", "z", "big", "qx", "qe", "none"}) {
    EXPECT_FALSE(FindInt(root, key)) << key;
  }
  EXPECT_EQ(FindNumber(root, "f"), 1.5);
  EXPECT_EQ(FindNumber(root, "i"), 42.0);
  EXPECT_FALSE(FindNumber(root, "q"));
  EXPECT_EQ(FindBool(root, "b"), true);
  EXPECT_FALSE(FindBool(root, "i"));
  EXPECT_TRUE(FindObject(root, "o"));
  EXPECT_FALSE(FindObject(root, "a"));
  EXPECT_TRUE(FindArray(root, "a"));
  EXPECT_FALSE(FindArray(root, "o"));
  const JsonElement number = Find(root, "i").value();
  EXPECT_FALSE(Find(number, "x"));  // not an object
}

TEST(ToJsonTest, IsCompactAndItsOwnFixedPoint) {
  const std::pair<const char*, const char*> cases[] = {
      {R"( { "b" : [ 1 , -2.50, 1e3 ] , "a" : null } )", R"({"b":[1,-2.5,1000],"a":null})"},
      {R"("\u00fc\u0000\/\ud83d\ude92")", "\"ü\\u0000/🚒\""},
      {"-0.0", "0"},
      {"1e22", "1e+22"},
      {"18446744073709551615", "18446744073709551615"},
      {"18446744073709551616.0", "1.8446744073709552e+19"},
      {"9007199254740993.0", "9.007199254740992e+15"},
      {"[{},[],\"\",true,false]", "[{},[],\"\",true,false]"},
  };
  JsonReader reader;
  for (const auto& [text, compact] : cases) {
    EXPECT_EQ(ToJson(reader.Parse(text).value()), compact) << text;
    EXPECT_EQ(ToJson(reader.Parse(compact).value()), compact) << text;
  }
}

TEST(JsonTypeNameTest, NamesTheSix) {
  const std::pair<const char*, const char*> cases[] = {
      {"{}", "object"},    {"[]", "array"},   {"\"\"", "string"},
      {"1", "number"},     {"1.5", "number"}, {"18446744073709551615", "number"},
      {"true", "boolean"}, {"null", "null"},
  };
  JsonReader reader;
  for (const auto& [text, name] : cases) EXPECT_EQ(JsonTypeName(reader.Parse(text).value()), name);
}

}  // namespace
}  // namespace srehub
