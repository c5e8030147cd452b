#include "sources/file_name.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace srehub::sources {
namespace {

constexpr size_t kContainerIdBytes = 64;
constexpr size_t kMaxPathBytes = 4096;
constexpr size_t kLeastDateBytes = std::string_view("-20250826").size();

constexpr std::array<std::string_view, 13> kEndings = {
    ".log",    ".txt", ".out", ".err", ".json",    ".jsonl", ".ndjson",
    ".logfmt", ".gz",  ".zst", ".old", ".current", ".bak"};
constexpr std::array<std::string_view, 27> kSayNothing = {
    "app",    "application", "access", "error",  "errors", "debug",   "info",   "warn",    "main",
    "server", "service",     "stdout", "stderr", "out",    "err",     "output", "console", "log",
    "logs",   "messages",    "syslog", "daemon", "user",   "journal", "events", "text",    "test"};

bool IsHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// The last part of `path`, which loses it and the slash before it.
std::string_view TakeLast(std::string_view* path) {
  const size_t slash = path->rfind('/');
  const std::string_view last = slash == std::string_view::npos ? *path : path->substr(slash + 1);
  path->remove_suffix(last.size() + (slash == std::string_view::npos ? 0 : 1));
  return last;
}

// POD_NAMESPACE_CONTAINER-<id>
bool ReadContainers(std::string_view name, FileName* out) {
  const auto parts = Split(name, '_');
  if (parts.size() != 3) return false;
  const size_t dash = parts[2].rfind('-');
  if (dash == std::string_view::npos || dash == 0) return false;
  std::string_view id = parts[2].substr(dash + 1);
  id = id.substr(0, id.find('.'));
  if (id.size() != kContainerIdBytes || !std::ranges::all_of(id, IsHex)) return false;
  out->pod = parts[0];
  out->namespace_ = parts[1];
  out->container = parts[2].substr(0, dash);
  return true;
}

bool ReadPods(std::string_view path, FileName* out) {
  const std::string_view container = TakeLast(&path);
  const auto parts = Split(TakeLast(&path), '_');
  if (parts.size() != 3 || container.empty() || TakeLast(&path) != "pods") return false;
  out->namespace_ = parts[0];
  out->pod = parts[1];
  out->container = container;
  return true;
}

std::string_view WithoutEndings(std::string_view name) {
  for (bool cut = true; cut;) {
    cut = false;
    for (std::string_view ending : kEndings) {
      if (!name.ends_with(ending)) continue;
      name.remove_suffix(ending.size());
      cut = true;
    }
    // What rotation adds.
    const size_t last = name.find_last_not_of("0123456789-_T:");
    if (last == std::string_view::npos) break;
    const size_t tail = name.size() - last - 1;
    const bool numbered = name[last] == '.' && tail > 0;
    if (numbered || tail >= kLeastDateBytes) {
      name = name.substr(0, numbered ? last : last + 1);
      cut = true;
    }
  }
  return name;
}

}  // namespace

FileName ReadFileName(std::string_view path) {
  FileName out;
  if (path.empty() || path == "-" || path.size() > kMaxPathBytes) return out;
  std::string_view folder = path;
  const std::string_view last = TakeLast(&folder);
  if (ReadContainers(last, &out) || ReadPods(folder, &out)) return out;
  const std::string_view name = WithoutEndings(last);
  const std::string lower = ToLowerAscii(name);
  if (!name.empty() && std::ranges::find(kSayNothing, lower) == kSayNothing.end()) {
    out.service = name;
  }
  return out;
}

}  // namespace srehub::sources
