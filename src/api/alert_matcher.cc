#include "api/alert_matcher.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace srehub::api {
namespace {

constexpr int64_t kMaxPatternMemory = 1 << 20;

bool IsLabelName(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name.front()) && std::ranges::all_of(name, [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

tl::unexpected<Error> Bad(std::string_view text, std::string_view why) {
  return Fail(ErrorCode::kInvalidArgument,
              "bad matcher " + std::string(TruncateUtf8(text, 128)) + ": " + std::string(why));
}

// Inside double quotes: \" \\ and \n.
Result<std::string> Unquoted(std::string_view whole, std::string_view text) {
  if (!text.starts_with('"')) {
    if (text.find('"') != std::string_view::npos) return Bad(whole, "a quote inside the value");
    return std::string(text);
  }
  std::string out;
  size_t i = 1;
  for (; i < text.size() && text[i] != '"'; ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) break;
    out += text[i] == 'n' ? '\n' : text[i];
  }
  if (i + 1 != text.size()) return Bad(whole, "the quotes do not match");
  return out;
}

}  // namespace

bool AlertMatcher::Fits(const model::Labels& labels) const {
  const auto found = labels.find(name);
  const std::string_view text = found == labels.end() ? std::string_view() : found->second;
  const bool same = is_regex ? RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *pattern)
                             : text == value;
  return same == is_equal;
}

Result<AlertMatcher> MakeAlertMatcher(std::string name, std::string value, bool is_equal,
                                      bool is_regex) {
  if (!IsLabelName(name)) return Bad(name, "this is no label's name");
  AlertMatcher matcher{std::move(name), std::move(value), is_equal, is_regex, nullptr};
  if (!is_regex) return matcher;
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMaxPatternMemory);
  auto pattern = std::make_shared<const RE2>(matcher.value, options);
  if (!pattern->ok()) return Bad(matcher.value, pattern->error());
  matcher.pattern = std::move(pattern);
  return matcher;
}

Result<AlertMatcher> ParseAlertMatcher(std::string_view text) {
  std::string_view rest = TrimAscii(text);
  if (rest.starts_with('{') && rest.ends_with('}'))
    rest = TrimAscii(rest.substr(1, rest.size() - 2));
  const size_t at = rest.find_first_of("=!");
  if (at == std::string_view::npos) return Bad(text, "there is no =, !=, =~ or !~");
  static constexpr std::array<std::string_view, 4> kOperators = {"=~", "!~", "!=", "="};
  for (const std::string_view op : kOperators) {
    if (!rest.substr(at).starts_with(op)) continue;
    std::string_view name = TrimAscii(rest.substr(0, at));
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"')
      name = name.substr(1, name.size() - 2);
    SREHUB_TRY(std::string value, Unquoted(text, TrimAscii(rest.substr(at + op.size()))));
    return MakeAlertMatcher(std::string(name), std::move(value), op.front() == '=',
                            op.back() == '~');
  }
  return Bad(text, "there is no =, !=, =~ or !~");
}

bool FitsAll(const std::vector<AlertMatcher>& matchers, const model::Labels& labels) {
  return std::ranges::all_of(matchers, [&](const AlertMatcher& m) { return m.Fits(labels); });
}

}  // namespace srehub::api
