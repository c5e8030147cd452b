#include "sources/json_scan.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/json_reader.h"

namespace srehub::sources {
namespace {

TEST(JsonScan, FollowsBracketsAndStrings) {
  struct Case {
    std::string text;
    bool ok;
    size_t end;
  };
  const std::vector<Case> cases = {
      {R"({})", true, 2},
      {R"({"a":[1,2,{"b":"}"}]} tail)", true, 21},
      {R"({"a":"\"}{"})", true, 12},
      {R"({"a":"\\"})", true, 10},
      {R"([[[[]]]])", true, 8},
      {R"({"a":[1,2})", false, 9},
      {R"({"a":1)", false, 6},
      {"{\"a\":\"x\ny\"}", false, 7},
      {R"({"a":"\)", false, 7},
  };
  for (const Case& c : cases) {
    const Scan scan = ScanBracketed(c.text, 0);
    EXPECT_EQ(scan.ok, c.ok) << c.text;
    EXPECT_EQ(scan.end, c.end) << c.text;
  }
}

TEST(JsonScan, ForgetsKindsOfVeryDeepBracketsButCountsThem) {
  const std::string deep = std::string(500, '[') + std::string(500, ']');
  EXPECT_TRUE(ScanBracketed(deep, 0).ok);
  EXPECT_FALSE(ScanBracketed(deep.substr(0, 999), 0).ok);
  EXPECT_FALSE(ScanBracketed(deep.substr(0, 999) + "}", 0).ok);
}

TEST(JsonScan, CutsArraysIntoElements) {
  const std::string text = R"([ {"a":[1]} , "x,y" , 3,[4] ])";
  ElementScanner scanner(text, 0);
  std::vector<std::string> elements;
  while (const auto element = scanner.Next()) {
    EXPECT_FALSE(element->broken);
    EXPECT_EQ(text.substr(element->offset, element->text.size()), element->text);
    elements.emplace_back(element->text);
  }
  EXPECT_EQ(elements, (std::vector<std::string>{R"({"a":[1]})", R"("x,y")", "3", "[4]"}));
  EXPECT_EQ(scanner.pos(), text.size());
}

TEST(JsonScan, BrokenArraysEndInABrokenElement) {
  for (const std::string text : {"[1,]", "[,1]", "[1,2", "[1,{]", "[", "[1}", "[\"a]"}) {
    ElementScanner scanner(text, 0);
    bool broken = false;
    for (int i = 0; i < 10; ++i) {
      const auto element = scanner.Next();
      if (!element) break;
      EXPECT_FALSE(broken) << "something follows the broken element of " << text;
      broken = element->broken;
    }
    EXPECT_TRUE(broken) << text;
  }
}

TEST(JsonScan, FindsMembersAtTheTopOnly) {
  const std::string text = R"( {"a": {"items": 1}, "kind" : "List", "items": [1, 2], "n": null})";
  EXPECT_EQ(ScanMember(text, "kind"), R"("List")");
  EXPECT_EQ(ScanMember(text, "items"), "[1, 2]");
  EXPECT_EQ(ScanMember(text, "n"), "null");
  EXPECT_EQ(ScanMember(text, "b"), std::nullopt);
  EXPECT_EQ(ScanMember("[1]", "a"), std::nullopt);
  EXPECT_EQ(ScanMember(R"({"a" 1, "b": 2})", "b"), std::nullopt);
}

TEST(JsonSyntax, PointsAtTheBreak) {
  struct Case {
    std::string text;
    size_t position;
  };
  const std::vector<Case> cases = {
      {R"({"a":})", 5},
      {R"({"a" 1})", 5},
      {R"({"a":1,})", 7},
      {R"([1,2)", 4},
      {R"([1 2])", 3},
      {R"({"a":tru})", 8},
      {R"({"a":01})", 6},
      {R"({"a":1.})", 7},
      {R"({"a":"\q"})", 6},
      {R"({"a":NaN})", 5},
      {"{\"a\":\"\x01\"}", 6},
      {"{\"a\":\"\xff\"}", 6},
      {R"({"a":"\u12"})", 6},
      {R"({'a':1})", 1},
      {R"({"a":1} x)", 8},
      {"hello", 0},
      {R"({"a":"never ends)", 16},
      {"", 0},
      {R"({"a":-})", 5},
      {R"({"a":1e})", 7},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(FindSyntaxError(c.text), c.position) << c.text;
    EXPECT_FALSE(JsonReader().Parse(c.text).has_value()) << "the parser takes " << c.text;
  }
}

TEST(JsonSyntax, WalksToTheEndOfWhatIsJson) {
  for (const std::string text :
       {R"({})", R"([])", R"({"a":[1,-2.5e+10,{"b":null,"c":[true,false]}],"é":"\u00e9\n"})",
        R"("x")", "0", " [ 1 , 2 ] "}) {
    EXPECT_EQ(FindSyntaxError(text), text.size()) << text;
  }
}

}  // namespace
}  // namespace srehub::sources
