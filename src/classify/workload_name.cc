#include "classify/workload_name.h"

#include <algorithm>

#include "base/text.h"

namespace srehub::classify {
namespace {

// What random suffixes are made of: no vowels, no 0, 1, 3, and no y.
constexpr std::string_view kRandomAlphabet = "bcdfghjklmnpqrstvwxz2456789";
constexpr size_t kRandomLength = 5;
// A pod-template hash is a decimal uint32 with each digit mapped into this; shorter than 7 has a
// probability of 0.023 % and would swallow real words.
constexpr std::string_view kHashAlphabet = "456789bcdf";
constexpr size_t kHashMin = 7, kHashMax = 10;
constexpr size_t kCronMinutesMin = 8;  // unix minutes, 8 digits until the year 2160
constexpr size_t kIndexMax = 5;        // completion index of an indexed Job
constexpr size_t kOrdinalMax = 4;      // of a StatefulSet
constexpr size_t kMaxNameLength = 63;  // generateName is cut so that base and suffix fit

bool AllOf(std::string_view text, std::string_view alphabet) {
  return !text.empty() && text.find_first_not_of(alphabet) == std::string_view::npos;
}
bool IsRandomSuffix(std::string_view text) {
  return text.size() == kRandomLength && AllOf(text, kRandomAlphabet);
}
bool IsTemplateHash(std::string_view text) {
  return text.size() >= kHashMin && text.size() <= kHashMax && AllOf(text, kHashAlphabet);
}
bool IsNumber(std::string_view text, size_t min, size_t max) {
  return text.size() >= min && text.size() <= max && AllOf(text, "0123456789");
}

// "a-b-c" at its last dash; an empty head when there is none.
struct Cut {
  std::string_view head, tail;
};
Cut CutLast(std::string_view text) {
  const size_t dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return {{}, text};
  return {text.substr(0, dash), text.substr(dash + 1)};
}

// At full length the base was cut to 58 bytes, so that the dash or a part of the hash is gone.
std::string_view CutAtFullLength(std::string_view pod) {
  if (pod.size() != kMaxNameLength || !IsRandomSuffix(pod.substr(pod.size() - kRandomLength))) {
    return {};
  }
  std::string_view base = pod.substr(0, pod.size() - kRandomLength);
  if (base.ends_with('-')) base.remove_suffix(1);
  const Cut cut = CutLast(base);
  if (!cut.head.empty() && cut.tail.size() <= kHashMax && AllOf(cut.tail, kHashAlphabet)) {
    return cut.head;
  }
  return base;
}

}  // namespace

WorkloadName WorkloadOfPod(std::string_view pod, std::string_view host, const TextSet& known) {
  if (known.contains(pod)) return {pod, "known_services"};
  if (!host.empty() && pod.size() > host.size() + 1 &&
      EqualsIgnoreCase(pod.substr(pod.size() - host.size()), host) &&
      pod[pod.size() - host.size() - 1] == '-') {
    return {pod.substr(0, pod.size() - host.size() - 1), "static pod name"};
  }
  const Cut last = CutLast(pod);
  if (!last.head.empty() && IsRandomSuffix(last.tail)) {
    const Cut middle = CutLast(last.head);
    if (!middle.head.empty()) {
      if (IsTemplateHash(middle.tail)) return {middle.head, "Deployment pod name"};
      if (IsNumber(middle.tail, kCronMinutesMin, pod.size())) {
        return {middle.head, "CronJob pod name"};
      }
    }
    if (!middle.head.empty() && IsNumber(middle.tail, 1, kIndexMax)) {
      return {middle.head, "indexed Job pod name"};
    }
    return {last.head, "pod name"};
  }
  if (!last.head.empty() && IsNumber(last.tail, 1, kOrdinalMax)) {
    return {last.head, "StatefulSet pod name"};
  }
  if (const std::string_view base = CutAtFullLength(pod); !base.empty()) {
    return {base, "cut pod name"};
  }
  return {pod, "pod name as it stands"};
}

std::string_view WorkloadOfReplicaSet(std::string_view name, const TextSet& known) {
  if (known.contains(name)) return name;
  const Cut cut = CutLast(name);
  return !cut.head.empty() && IsTemplateHash(cut.tail) ? cut.head : name;
}

std::string_view WorkloadOfJob(std::string_view name, const TextSet& known) {
  if (known.contains(name)) return name;
  const Cut cut = CutLast(name);
  return !cut.head.empty() && IsNumber(cut.tail, kCronMinutesMin, name.size()) ? cut.head : name;
}

}  // namespace srehub::classify
