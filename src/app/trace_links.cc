#include "app/trace_links.h"

#include <algorithm>
#include <string_view>

#include "base/hash.h"

namespace srehub::app {
namespace {

// The details are the hub's own compact JSON, so the member stands there in one form. Ids with an
// escape in them are nobody's.
std::string_view TraceOf(std::string_view details) {
  constexpr std::string_view kKey = "\"traceId\":\"";
  const size_t at = details.find(kKey);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = details.substr(at + kKey.size());
  const size_t end = rest.find_first_of("\"\\");
  return end == std::string_view::npos || rest[end] == '\\' ? std::string_view()
                                                            : rest.substr(0, end);
}

}  // namespace

void TraceLinks::Saw(std::span<const model::Event> events) {
  for (const model::Event& event : events) {
    const std::string_view trace = TraceOf(event.details);
    if (trace.empty()) continue;
    const uint64_t key = Hash64(trace);
    const std::lock_guard lock(mutex_);
    const auto old = older_.find(key);
    const auto [known, is_new] =
        first_.try_emplace(key, old == older_.end() ? event.service_id : old->second);
    if (known->second != event.service_id) {
      // One more trace from that service to this one; the next event of it compares with this one.
      auto pair = std::minmax(known->second, event.service_id);
      const std::pair<std::string, std::string> names(pair.first, pair.second);
      if (pairs_.size() < kMaxPairs || pairs_.contains(names)) ++pairs_[names];
      known->second = event.service_id;
    }
    if (first_.size() >= kMaxTraces / 2) {
      older_ = std::move(first_);
      first_.clear();
    }
  }
}

std::vector<insight::LearntLink> TraceLinks::Of(const std::string& service) const {
  std::vector<insight::LearntLink> links;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [names, traces] : pairs_) {
      if (names.first == service) links.push_back({names.second, traces});
      if (names.second == service) links.push_back({names.first, traces});
    }
  }
  std::ranges::sort(links, [](const auto& a, const auto& b) {
    return std::tie(b.traces, a.service_id) < std::tie(a.traces, b.service_id);
  });
  if (links.size() > kMaxShown) links.resize(kMaxShown);
  return links;
}

}  // namespace srehub::app
