// The document and the router say the same.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "api/hub_for_test.h"
#include "base/text.h"

namespace srehub::api {
namespace {

class OpenApiTest : public HubForTest {
 protected:
  OpenApiTest() {
    auto parsed = reader_.Parse(OpenApiDocument());
    EXPECT_TRUE(parsed) << parsed.error().message << parsed.error().where;
    document_ = *parsed;
  }

  JsonElement At(std::string_view pointer) const {
    JsonElement element;
    EXPECT_EQ(document_.at_pointer(pointer).get(element), simdjson::SUCCESS) << pointer;
    return element;
  }

  static std::vector<JsonElement> Items(const JsonElement& object, std::string_view key) {
    std::vector<JsonElement> items;
    if (const auto array = FindArray(object, key))
      for (const JsonElement& item : *array) items.push_back(item);
    return items;
  }

  // Follows a "$ref" into the components.
  JsonElement Resolved(JsonElement element) const {
    const auto reference = FindString(element, "$ref");
    return reference ? At(reference->substr(1)) : element;
  }

  // "GET /path" -> the operation.
  std::map<std::string, JsonElement> Operations() const {
    std::map<std::string, JsonElement> out;
    for (const auto& [path, item] : JsonObject(At("/paths").get_object().value_unsafe()))
      for (const auto& [method, operation] : JsonObject(item.get_object().value_unsafe())) {
        std::string upper(method);
        for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
        out.emplace(upper + " " + std::string(path), operation);
      }
    return out;
  }

  JsonReader reader_;
  JsonElement document_;
};

TEST_F(OpenApiTest, HasEveryRouteAndNoOther) {
  std::map<std::string, JsonElement> operations = Operations();
  for (const http::Route* route : router_.routes()) {
    const std::string name = route->method + " " + route->pattern;
    const auto found = operations.find(name);
    ASSERT_NE(found, operations.end()) << name << " is not in the document";
    EXPECT_EQ(FindString(found->second, "operationId"), route->operation_id) << name;
    EXPECT_EQ(FindString(found->second, "x-scope"), http::ScopeName(route->scope)) << name;
    operations.erase(found);
  }
  for (const auto& [name, operation] : operations) ADD_FAILURE() << name << " is not a route";
}

TEST_F(OpenApiTest, NamesTheParametersThatTheRoutesTake) {
  for (const auto& [name, operation] : Operations()) {
    const std::string path = name.substr(name.find(' ') + 1);
    std::set<std::string> in_path;
    for (const std::string_view part : Split(path, '/'))
      if (part.starts_with('{')) in_path.emplace(part.substr(1, part.size() - 2));
    std::set<std::string> in_query;
    for (const JsonElement& reference : Items(operation, "parameters")) {
      const JsonElement parameter = Resolved(reference);
      const std::string where(*FindString(parameter, "in"));
      const std::string parameter_name(*FindString(parameter, "name"));
      const bool is_new = where == "path"    ? in_path.erase(parameter_name) == 1
                          : where == "query" ? in_query.insert(parameter_name).second
                                             : true;
      EXPECT_TRUE(is_new) << name << " " << parameter_name;
    }
    EXPECT_TRUE(in_path.empty()) << name << " does not describe " << *in_path.begin();
    if (!name.starts_with("GET ") || in_query.empty()) continue;
    // The refusal of an unknown parameter lists those that there are.
    std::string asked = path;
    for (size_t open; (open = asked.find('{')) != std::string::npos;)
      asked.replace(open, asked.find('}') - open + 1, "x");
    const http::Response response = Get(asked + "?nonsense=1");
    JsonReader reader;
    const auto refusal = reader.Parse(response.body);
    ASSERT_TRUE(refusal);
    std::set<std::string> taken;
    for (const JsonElement& word : Items(*refusal, "allowed"))
      taken.emplace(word.get_string().value_unsafe());
    EXPECT_EQ(in_query, taken) << name;
  }
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhere) {
  const std::string_view text = OpenApiDocument();
  constexpr std::string_view kMark = "\"$ref\": \"#";
  size_t count = 0;
  for (size_t at = 0; (at = text.find(kMark, at)) != std::string_view::npos; ++count) {
    at += kMark.size();
    At(text.substr(at, text.find('"', at) - at));
  }
  EXPECT_GT(count, 100u);
}

TEST_F(OpenApiTest, IsServed) {
  const http::Response response = Get("/api/v1/openapi.json");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, OpenApiDocument());
  EXPECT_EQ(Member(response, "openapi"), "\"3.1.0\"");
}

}  // namespace
}  // namespace srehub::api
