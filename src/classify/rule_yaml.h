// Strict reading of the rule files' YAML: unknown and repeated keys, and values of the wrong kind,
// are errors that say file:line:column and, for a key, the nearest known one.
#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/severity.h"

namespace srehub::classify {

// A node and the name of the file it stands in; the name must outlive it.
struct YamlNode {
  std::string_view file;
  YAML::Node node;
};

// kInvalidArgument, with the node's file:line:column (from 1) in `where`.
tl::unexpected<Error> FailAt(const YamlNode& at, std::string message);
std::string PlaceOf(const YamlNode& at);  // "types.yaml:12": names a rule in an explanation

// The text as one YAML document. An empty document is a null node.
Result<YamlNode> ParseYaml(std::string_view file, const std::string& text);

Result<std::string> ReadText(const YamlNode& at);
Result<std::vector<std::string>> ReadTexts(const YamlNode& at);  // one text or a list of them
Result<model::Severity> ReadSeverity(const YamlNode& at);
// A compilable RE2 (case aside), or a list of them.
Result<std::vector<std::string>> ReadPatterns(const YamlNode& at);

using NodeReader = std::function<Status(const YamlNode&)>;
Status ForEachItem(const YamlNode& list, const NodeReader& read);  // a null node is an empty list
using MemberReader = std::function<Status(const std::string& key, const YamlNode& value)>;
Status ForEachMember(const YamlNode& mapping, const MemberReader& read);  // null: empty

// Reads the members of one mapping: name each known key with what reads it, then Finish() reports
// the first error. A key that is absent leaves its target as it is.
class MappingReader {
 public:
  explicit MappingReader(YamlNode at);
  MappingReader& Text(std::string_view key, std::string* out);
  MappingReader& Texts(std::string_view key, std::vector<std::string>* out);     // appends
  MappingReader& Patterns(std::string_view key, std::vector<std::string>* out);  // appends
  MappingReader& Severity(std::string_view key, std::optional<model::Severity>* out);
  MappingReader& Node(std::string_view key, const NodeReader& read);
  MappingReader& Require(std::string_view key);
  Status Finish();

 private:
  YamlNode at_;
  std::vector<std::string_view> known_;
  Status status_;
};

}  // namespace srehub::classify
