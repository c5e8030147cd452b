#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "classify/rule_sections.h"

namespace srehub::classify {
namespace {

constexpr size_t kMaxMappings = 100;
constexpr size_t kMaxTerms = 8;

// RFC 6901: "/a/b~1c/0".
Status CheckPointer(const YamlNode& at, std::string_view pointer) {
  if (!pointer.starts_with('/'))
    return FailAt(at, fmt::format("\"{}\" is no JSON pointer; one begins with '/'", pointer));
  for (size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] != '~') continue;
    if (i + 1 == pointer.size() || (pointer[i + 1] != '0' && pointer[i + 1] != '1'))
      return FailAt(at, fmt::format("\"{}\": '~' is written ~0, and '/' in a name ~1", pointer));
  }
  return {};
}

// "/a/b", a constant, or a list of them of which the first that is there counts.
NodeReader Field(model::MappedField* out) {
  return [out](const YamlNode& at) -> Status {
    SREHUB_TRY(const std::vector<std::string> texts, ReadTexts(at));
    if (texts.empty() || texts.size() > kMaxTerms)
      return FailAt(at, fmt::format("1 to {} pointers or constants are expected", kMaxTerms));
    for (const std::string& text : texts) {
      if (text.empty()) return FailAt(at, "an empty text is neither a pointer nor a constant");
      if (!out->terms.empty() && !out->terms.back().is_pointer)
        return FailAt(at, "nothing can follow a constant: it is always there");
      const bool is_pointer = text.starts_with('/');
      if (is_pointer) SREHUB_CHECK_OK(CheckPointer(at, text));
      out->terms.push_back({is_pointer, text});
    }
    return {};
  };
}

Status ReadMatch(const YamlNode& at, model::Mapping* out) {
  return ForEachMember(at, [&](const std::string& pointer, const YamlNode& value) -> Status {
    SREHUB_CHECK_OK(CheckPointer(value, pointer));
    // Null: any value.
    if (value.node.IsNull()) {
      out->match.emplace_back(pointer, std::vector<std::string>());
      return {};
    }
    SREHUB_TRY(std::vector<std::string> texts, ReadTexts(value));
    if (texts.empty()) return FailAt(value, "an empty list never fits");
    out->match.emplace_back(pointer, std::move(texts));
    return {};
  });
}

using Words = std::map<std::string, std::string, std::less<>>;

// `known`: whether the meaning is one of the hub's words.
NodeReader Table(Words* out, std::string_view allowed, bool (*known)(std::string_view)) {
  return [=](const YamlNode& at) {
    return ForEachMember(at, [&](const std::string& word, const YamlNode& value) -> Status {
      SREHUB_TRY(const std::string meaning, ReadText(value));
      if (!known(meaning))
        return FailAt(value, fmt::format("\"{}\" is none of {}", meaning, allowed));
      (*out)[ToLowerAscii(word)] = meaning;
      return {};
    });
  };
}

bool IsSeverity(std::string_view word) { return model::ParseSeverity(word).has_value(); }
bool IsPhase(std::string_view word) {
  const auto phase = model::ParsePhase(word);
  return phase && *phase != model::Phase::kRefresh;
}

Status ReadSource(const YamlNode& at, model::Source* out) {
  SREHUB_TRY(const std::string name, ReadText(at));
  const auto source = model::ParseSource(name);
  if (!source)
    return FailAt(
        at, fmt::format("\"{}\" is none of kubernetes, cloudwatch, cicd, logs, prometheus", name));
  *out = *source;
  return {};
}

Status CheckWhole(const YamlNode& at, const model::Mapping& mapping, const model::Mappings& known) {
  if (mapping.match.empty())
    return FailAt(at, "a mapping that fits everything is none: \"match\" is empty");
  if (std::ranges::any_of(mapping.timestamp.terms, [](const auto& t) { return !t.is_pointer; }))
    return FailAt(at, "a constant timestamp makes every event one: name a pointer");
  if (std::ranges::any_of(known, [&](const auto& m) { return m.name == mapping.name; }))
    return FailAt(at, fmt::format("two mappings are named \"{}\"", mapping.name));
  if (known.size() >= kMaxMappings)
    return FailAt(at, fmt::format("there are more than {} mappings", kMaxMappings));
  return {};
}

}  // namespace

Status ReadMapping(const YamlNode& at, model::Mappings* out) {
  model::Mapping mapping;
  mapping.place = PlaceOf(at);
  MappingReader reader(at);
  reader.Require("name").Require("match").Require("service").Require("type");
  reader.Text("name", &mapping.name)
      .Node("source", [&](const YamlNode& node) { return ReadSource(node, &mapping.source); })
      .Node("match", [&](const YamlNode& node) { return ReadMatch(node, &mapping); })
      .Node("severities",
            Table(&mapping.severities, "info, low, medium, high, critical", IsSeverity))
      .Node("phases", Table(&mapping.phases, "point, firing, resolved, unknown", IsPhase));
  const std::pair<std::string_view, model::MappedField*> fields[] = {
      {"service", &mapping.service},
      {"type", &mapping.event_type},
      {"severity", &mapping.severity},
      {"timestamp", &mapping.timestamp},
      {"title", &mapping.title},
      {"message", &mapping.message},
      {"id", &mapping.id},
      {"phase", &mapping.phase},
      {"signal", &mapping.signal},
      {"link", &mapping.link},
      {"environment", &mapping.environment},
      {"closes", &mapping.closes}};
  for (const auto& [key, field] : fields) reader.Node(key, Field(field));
  SREHUB_CHECK_OK(reader.Finish());
  SREHUB_CHECK_OK(CheckWhole(at, mapping, *out));
  out->push_back(std::move(mapping));
  return {};
}

}  // namespace srehub::classify
