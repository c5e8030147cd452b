#include "http/router.h"

#include <algorithm>
#include <cassert>

#include "base/text.h"

namespace srehub::http {
namespace {

constexpr std::string_view kScopeNames[] = {"none", "ingest", "read", "admin"};

}  // namespace

std::string_view ScopeName(Scope scope) { return kScopeNames[static_cast<size_t>(scope)]; }

bool ParseScope(std::string_view name, Scope* scope) {
  for (size_t i = 0; i < std::size(kScopeNames); ++i) {
    if (kScopeNames[i] != name) continue;
    *scope = static_cast<Scope>(i);
    return true;
  }
  return false;
}

void Router::Add(Route route) {
  assert(route.pattern.starts_with('/') && route.handler && !route.operation_id.empty());
  Entry entry;
  entry.order = entries_.size();
  for (std::string_view part : Split(std::string_view(route.pattern).substr(1), '/')) {
    Segment segment;
    if (part.starts_with('{') && part.ends_with("...}")) {
      segment.kind = Segment::Kind::kRest;
      segment.text = std::string(part.substr(1, part.size() - 5));
    } else if (part.starts_with('{') && part.ends_with('}')) {
      segment.kind = Segment::Kind::kParameter;
      segment.text = std::string(part.substr(1, part.size() - 2));
    } else {
      segment.text = std::string(part);
    }
    entry.segments.push_back(std::move(segment));
  }
  entry.route = std::move(route);
  for ([[maybe_unused]] const Entry& other : entries_)
    assert(other.route.pattern != entry.route.pattern || other.route.method != entry.route.method);

  // Literal before parameter before rest, segment by segment: the first match is the closest.
  const auto closer = [](const Entry& a, const Entry& b) {
    return std::lexicographical_compare(
        a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
        [](const Segment& x, const Segment& y) { return x.kind < y.kind; });
  };
  entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), entry, closer),
                  std::move(entry));
}

bool Router::MatchSegments(const Entry& entry, const std::vector<std::string_view>& raw,
                           Match* match) {
  const auto& segments = entry.segments;
  const bool rest = !segments.empty() && segments.back().kind == Segment::Kind::kRest;
  if (rest ? raw.size() < segments.size() : raw.size() != segments.size()) return false;
  std::vector<std::pair<std::string, std::string>> params;
  bool bad_escape = false;
  for (size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    if (segment.kind == Segment::Kind::kLiteral) {
      if (segment.text != raw[i]) return false;
      continue;
    }
    std::string_view value = raw[i];
    if (segment.kind == Segment::Kind::kRest)
      value = std::string_view(
          value.data(), static_cast<size_t>(raw.back().data() + raw.back().size() - value.data()));
    else if (value.empty()) return false;
    std::string decoded;
    if (!PercentDecode(value, &decoded)) bad_escape = true;
    params.emplace_back(segment.text, std::move(decoded));
  }
  match->params = std::move(params);
  match->bad_escape = bad_escape;
  return true;
}

Router::Match Router::Find(std::string_view method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  const std::vector<std::string_view> raw = Split(path.substr(1), '/');
  const std::string_view wanted = method == "HEAD" ? std::string_view("GET") : method;
  // Entries of one pattern lie together; the first pattern that fits decides which methods exist.
  const std::string* pattern = nullptr;
  for (const Entry& entry : entries_) {
    if (pattern != nullptr && entry.route.pattern != *pattern) continue;
    if (!MatchSegments(entry, raw, &match)) continue;
    pattern = &entry.route.pattern;
    if (entry.route.method == wanted) {
      match.route = &entry.route;
      match.allowed.clear();
      return match;
    }
    match.allowed.push_back(entry.route.method);
    if (entry.route.method == "GET") match.allowed.push_back("HEAD");
  }
  std::sort(match.allowed.begin(), match.allowed.end());
  return match;
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Entry*> entries;
  for (const Entry& entry : entries_) entries.push_back(&entry);
  std::sort(entries.begin(), entries.end(),
            [](const Entry* a, const Entry* b) { return a->order < b->order; });
  std::vector<const Route*> out;
  for (const Entry* entry : entries) out.push_back(&entry->route);
  return out;
}

}  // namespace srehub::http
