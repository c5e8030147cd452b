#include "classify/rule_yaml.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "base/text.h"

namespace srehub::classify {
namespace {

std::string Position(std::string_view file, const YAML::Mark& mark) {
  if (mark.is_null()) return std::string(file);
  return fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1);
}

std::string_view KindOf(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Scalar: return "a text";
    case YAML::NodeType::Sequence: return "a list";
    case YAML::NodeType::Map: return "a mapping";
    case YAML::NodeType::Null: return "nothing";
    case YAML::NodeType::Undefined: break;
  }
  return "nothing";
}

std::string UnknownKey(const std::string& key, const std::vector<std::string_view>& known) {
  std::string_view nearest;
  size_t best = key.size() / 2 + 2;  // further away is no typing mistake
  for (std::string_view candidate : known) {
    const size_t distance = EditDistance(key, candidate);
    if (distance < best) {
      best = distance;
      nearest = candidate;
    }
  }
  if (!nearest.empty()) {
    return fmt::format("unknown key \"{}\"; did you mean \"{}\"?", key, nearest);
  }
  return fmt::format("unknown key \"{}\"; known here: {}", key, fmt::join(known, ", "));
}

}  // namespace

tl::unexpected<Error> FailAt(const YamlNode& at, std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message), Position(at.file, at.node.Mark()));
}

std::string PlaceOf(const YamlNode& at) {
  return fmt::format("{}:{}", at.file, at.node.Mark().line + 1);
}

Result<YamlNode> ParseYaml(std::string_view file, const std::string& text) {
  try {
    return YamlNode{file, YAML::Load(text)};
  } catch (const YAML::Exception& e) {
    return Fail(ErrorCode::kInvalidArgument, "not YAML: " + e.msg, Position(file, e.mark));
  }
}

Result<std::string> ReadText(const YamlNode& at) {
  if (!at.node.IsScalar()) {
    return FailAt(at, fmt::format("must be a text, is {}", KindOf(at.node)));
  }
  if (at.node.Scalar().empty()) return FailAt(at, "must not be empty");
  return at.node.Scalar();
}

Result<std::vector<std::string>> ReadTexts(const YamlNode& at) {
  std::vector<std::string> texts;
  if (at.node.IsSequence()) {
    SREHUB_CHECK_OK(ForEachItem(at, [&](const YamlNode& item) -> Status {
      SREHUB_TRY(std::string text, ReadText(item));
      texts.push_back(std::move(text));
      return {};
    }));
    return texts;
  }
  SREHUB_TRY(std::string text, ReadText(at));
  texts.push_back(std::move(text));
  return texts;
}

Result<model::Severity> ReadSeverity(const YamlNode& at) {
  SREHUB_TRY(const std::string word, ReadText(at));
  const auto severity = model::ParseSeverity(word);
  if (!severity) {
    return FailAt(
        at, fmt::format("\"{}\" is not a severity: critical, high, medium, low or info", word));
  }
  return *severity;
}

Result<std::vector<std::string>> ReadPatterns(const YamlNode& at) {
  if (at.node.IsSequence()) {
    std::vector<std::string> patterns;
    SREHUB_CHECK_OK(ForEachItem(at, [&](const YamlNode& item) -> Status {
      SREHUB_TRY(const std::vector<std::string> one, ReadPatterns(item));
      patterns.insert(patterns.end(), one.begin(), one.end());
      return {};
    }));
    return patterns;
  }
  SREHUB_TRY(std::string pattern, ReadText(at));
  RE2::Options options(RE2::Quiet);
  options.set_case_sensitive(false);
  const RE2 compiled(pattern, options);
  if (!compiled.ok()) {
    return FailAt(at, fmt::format("not a regular expression RE2 takes: {}", compiled.error()));
  }
  return std::vector<std::string>{std::move(pattern)};
}

Status ForEachItem(const YamlNode& list, const NodeReader& read) {
  if (list.node.IsNull()) return {};
  if (!list.node.IsSequence()) {
    return FailAt(list, fmt::format("must be a list, is {}", KindOf(list.node)));
  }
  for (const YAML::Node& item : list.node) SREHUB_CHECK_OK(read({list.file, item}));
  return {};
}

Status ForEachMember(const YamlNode& mapping, const MemberReader& read) {
  if (mapping.node.IsNull()) return {};
  if (!mapping.node.IsMap()) {
    return FailAt(mapping, fmt::format("must be a mapping, is {}", KindOf(mapping.node)));
  }
  std::set<std::string> seen;
  for (const auto& member : mapping.node) {
    const YamlNode key{mapping.file, member.first};
    SREHUB_TRY(const std::string name, ReadText(key));
    if (!seen.insert(name).second) {
      return FailAt(key, fmt::format("the key \"{}\" stands here twice", name));
    }
    SREHUB_CHECK_OK(read(name, {mapping.file, member.second}));
  }
  return {};
}

MappingReader::MappingReader(YamlNode at) : at_(std::move(at)) {
  if (!at_.node.IsMap()) {
    status_ = FailAt(at_, fmt::format("must be a mapping, is {}", KindOf(at_.node)));
  }
}

MappingReader& MappingReader::Node(std::string_view key, const NodeReader& read) {
  known_.push_back(key);
  if (!status_) return *this;
  const YAML::Node& mapping = at_.node;  // operator[] of a non-const node would add the key
  const YAML::Node value = mapping[std::string(key)];
  if (value.IsDefined()) status_ = read({at_.file, value});
  return *this;
}

MappingReader& MappingReader::Text(std::string_view key, std::string* out) {
  return Node(key, [out](const YamlNode& at) -> Status {
    SREHUB_TRY(*out, ReadText(at));
    return {};
  });
}

MappingReader& MappingReader::Texts(std::string_view key, std::vector<std::string>* out) {
  return Node(key, [out](const YamlNode& at) -> Status {
    SREHUB_TRY(const std::vector<std::string> texts, ReadTexts(at));
    out->insert(out->end(), texts.begin(), texts.end());
    return {};
  });
}

MappingReader& MappingReader::Patterns(std::string_view key, std::vector<std::string>* out) {
  return Node(key, [out](const YamlNode& at) -> Status {
    SREHUB_TRY(const std::vector<std::string> patterns, ReadPatterns(at));
    out->insert(out->end(), patterns.begin(), patterns.end());
    return {};
  });
}

MappingReader& MappingReader::Severity(std::string_view key, std::optional<model::Severity>* out) {
  return Node(key, [out](const YamlNode& at) -> Status {
    SREHUB_TRY(*out, ReadSeverity(at));
    return {};
  });
}

MappingReader& MappingReader::Require(std::string_view key) {
  if (!status_) return *this;
  const YAML::Node& mapping = at_.node;
  if (!mapping[std::string(key)].IsDefined()) {
    status_ = FailAt(at_, fmt::format("the key \"{}\" is missing", key));
  }
  return *this;
}

Status MappingReader::Finish() {
  // A misspelt key explains a missing one, so it is reported first.
  if (!at_.node.IsMap()) return status_;
  std::set<std::string> seen;
  for (const auto& member : at_.node) {
    const YamlNode key{at_.file, member.first};
    SREHUB_TRY(const std::string name, ReadText(key));
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
      return FailAt(key, UnknownKey(name, known_));
    }
    if (!seen.insert(name).second) {
      return FailAt(key, fmt::format("the key \"{}\" stands here twice", name));
    }
  }
  return status_;
}

}  // namespace srehub::classify
