#include "cli/formats.h"

#include <gtest/gtest.h>

namespace srehub::cli {
namespace {

constexpr std::string_view kAnswer =
    "{\"generatedAt\":\"2025-08-26T14:10:00Z\",\"empty\":[],\"rows\":["
    "{\"id\":\"a#B\",\"count\":3,\"deploy\":{\"run\":\"4821\",\"ok\":false},"
    "\"title\":\"say \\\"hi\\\", now\"},"
    "{\"id\":\"=cmd()\",\"count\":-1,\"tags\":[\"x\",\"y\"],\"title\":null}]}";

class FormatsTest : public testing::Test {
 protected:
  JsonElement Parse(std::string_view json) {
    auto parsed = reader_.Parse(json);
    EXPECT_TRUE(parsed) << parsed.error().message;
    return *parsed;
  }
  JsonReader reader_;
};

TEST_F(FormatsTest, Csv) {
  EXPECT_EQ(ToCsv(Parse(kAnswer), "rows"),
            "id,count,deploy.run,deploy.ok,title,tags\r\n"
            "a#B,3,4821,false,\"say \"\"hi\"\", now\",\r\n"
            "'=cmd(),-1,,,,\"[\"\"x\"\",\"\"y\"\"]\"\r\n");
}

TEST_F(FormatsTest, JsonLines) {
  EXPECT_EQ(ToJsonLines(Parse(R"({"rows":[{"a":1},{"a":2}]})"), "rows"), "{\"a\":1}\n{\"a\":2}\n");
  EXPECT_EQ(ToJsonLines(Parse(R"({"a":1})"), "rows"), "{\"a\":1}\n");
}

TEST_F(FormatsTest, Yaml) {
  EXPECT_EQ(ToYaml(Parse(kAnswer)),
            "generatedAt: \"2025-08-26T14:10:00Z\"\n"
            "empty: []\n"
            "rows:\n"
            "  -\n"
            "    id: \"a#B\"\n"
            "    count: 3\n"
            "    deploy:\n"
            "      run: \"4821\"\n"
            "      ok: false\n"
            "    title: \"say \\\"hi\\\", now\"\n"
            "  -\n"
            "    id: \"=cmd()\"\n"
            "    count: -1\n"
            "    tags:\n"
            "      - x\n"
            "      - \"y\"\n"
            "    title: null\n");
  EXPECT_EQ(ToYaml(Parse(R"({"word":"no","other":"yes please"})")),
            "word: \"no\"\nother: \"yes please\"\n");
}

TEST_F(FormatsTest, PrettyJsonEscapesWhatCouldSteerATerminal) {
  EXPECT_EQ(ToPrettyJson(Parse("{\"a\":[1,{}],\"b\":\"x\\u001b[2J\\u009b\\u202e\\udb40\\udc01\"}")),
            "{\n"
            "  \"a\": [\n"
            "    1,\n"
            "    {}\n"
            "  ],\n"
            "  \"b\": \"x\\u001b[2J\\u009b\\u202e\\udb40\\udc01\"\n"
            "}\n");
}

}  // namespace
}  // namespace srehub::cli
