#include "collect/follow.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "collect/deliver.h"
#include "collect/followed_file.h"
#include "collect/state_file.h"

namespace srehub::collect {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr size_t kBatchBytes = 1024 * 1024;
constexpr size_t kRoundBytes = 16 * 1024 * 1024;  // of all files, before they are sent
// The kernel's times of files move in steps.
constexpr Duration kMtimeStep = 20ms;
constexpr Duration kFirstWait = 500ms, kMostWait = 30s;

using Identity = std::pair<uint64_t, uint64_t>;  // device, inode

struct Found {
  std::string path;
  bool asked_for = false;  // else only looked at as what became of a file that is
  Instant written{};
};

std::string NameOf(const std::string& path) { return fs::path(path).filename().string(); }

}  // namespace

bool IsCompressedName(std::string_view name) {
  constexpr std::array<std::string_view, 8> kEndings = {".gz",  ".zst", ".bz2", ".xz",
                                                        ".lz4", ".Z",   ".zip", ".tgz"};
  return std::ranges::any_of(kEndings, [&](std::string_view end) { return name.ends_with(end); });
}

bool MayBeRotationOf(std::string_view name, std::string_view original) {
  const std::string_view stem = original.substr(0, original.rfind('.'));
  return !stem.empty() && name.size() > original.size() && name.starts_with(stem);
}

struct Follower::Impl {
  struct File {
    std::unique_ptr<FollowedFile> file;
    Steady::time_point changed{};  // read from, or seen in its folder
    bool gone = false;
    std::string batch;
  };

  Status Load();
  Status Save();
  void Look();
  std::map<Identity, Found> Scan();
  void AddFolder(const std::string& folder, std::map<Identity, Found>* found);
  void AddNamed(const std::string& path, std::map<Identity, Found>* found);
  void AddPath(const std::string& path, bool asked_for, std::map<Identity, Found>* found) const;
  void Truncated(FollowedFile* file, const std::map<Identity, Found>& found);
  void Meet(const Identity& identity, const Found& found);
  bool IsCopyInWaiting(const FollowedFile& fresh) const;
  void Forget();
  void Fill(File& entry, bool ended);
  bool Gather();
  Status Send(const std::stop_token& stop);
  Status SendBatch(File& entry, const std::stop_token& stop);
  std::string NewKey() { return "follow-" + Hex64(random()) + Hex64(random()); }
  void Report(const std::string& what) {
    if (told.size() < kMaxFiles && told.insert(what).second) report(what);
  }

  FollowOptions options;
  Sink* sink = nullptr;
  std::function<void(const std::string&)> report;
  FollowStats stats;
  std::map<Identity, File> files;
  std::vector<FileMark> remembered;  // from the state, not met again yet
  // By the system's clock, as the files' own times are.
  Instant since = SystemClock().Now();
  bool looked = false;
  bool unsaved = false;
  std::set<std::string> told;
  std::mt19937_64 random;
  Backoff backoff{kFirstWait, kMostWait, 0};
};

Status Follower::Impl::Load() {
  SREHUB_CHECK_OK(MakeStateFolder(fs::absolute(options.state).parent_path().string()));
  SREHUB_TRY(const std::optional<std::string> text, ReadStateFile(options.state));
  if (!text) return {};
  auto state = ParseFollowState(*text);
  // Beginning anew by itself would send everything again: a person must say so.
  if (!state)
    return Fail(ErrorCode::kDataLoss, state.error().message + "; remove it to begin anew",
                options.state);
  since = state->since;
  remembered = std::move(state->files);
  return {};
}

Status Follower::Impl::Save() {
  FollowState state{since, remembered};
  for (const auto& [identity, entry] : files) state.files.push_back(entry.file->mark);
  unsaved = false;
  return WriteStateFile(options.state, FollowStateToJson(state));
}

void Follower::Impl::AddPath(const std::string& path, bool asked_for,
                             std::map<Identity, Found>* found) const {
  struct stat about{};
  if (stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) return;
  Found& entry = (*found)[{about.st_dev, about.st_ino}];
  // A file of two names goes by the one that was asked for.
  if (entry.path.empty() || (asked_for && !entry.asked_for))
    entry = {path, asked_for,
             Instant(std::chrono::seconds(about.st_mtim.tv_sec) +
                     std::chrono::nanoseconds(about.st_mtim.tv_nsec))};
}

void Follower::Impl::AddFolder(const std::string& folder, std::map<Identity, Found>* found) {
  std::error_code error;
  for (fs::recursive_directory_iterator
           it(folder, fs::directory_options::skip_permission_denied, error),
       end;
       !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with('.') || IsCompressedName(name)) continue;
    const std::string path = it->path().string();
    if (path != options.state && path != options.state + ".new") AddPath(path, true, found);
  }
  if (error) Report("cannot look into " + folder + ": " + error.message());
}

// A named file, and its neighbours that may be what became of it.
void Follower::Impl::AddNamed(const std::string& path, std::map<Identity, Found>* found) {
  AddPath(path, true, found);
  const std::string name = NameOf(path);
  fs::path folder = fs::path(path).parent_path();
  if (folder.empty()) folder = ".";
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string other = it->path().filename().string();
    if (MayBeRotationOf(other, name) && !IsCompressedName(other))
      AddPath(it->path().string(), false, found);
  }
}

std::map<Identity, Found> Follower::Impl::Scan() {
  std::map<Identity, Found> found;
  std::error_code error;
  for (const std::string& target : options.targets) {
    if (fs::is_directory(target, error)) AddFolder(target, &found);
    else AddNamed(target, &found);
  }
  return found;
}

// What was not read yet of a file that was copied and truncated stands in the copy.
void Follower::Impl::Truncated(FollowedFile* file, const std::map<Identity, Found>& found) {
  bool finished = file->mark.offset == 0;
  for (const auto& [identity, candidate] : found) {
    if (finished || files.contains(identity) ||
        !MayBeRotationOf(NameOf(candidate.path), NameOf(file->mark.path)))
      continue;
    auto copy = FollowedFile::Open(candidate.path);
    if (!copy || !(*copy)->Holds(file->mark)) continue;
    (*copy)->GoOnFrom(file->mark);
    files[identity] = {.file = std::move(*copy), .changed = Steady::now(), .batch = {}};
    finished = true;
  }
  if (!finished)
    Report(file->mark.path + " was truncated; what was written after byte " +
           std::to_string(file->mark.offset) + " and before could not be read");
  file->JumpTo(0);
  file->skipping = false;
  unsaved = true;
}

// While the file it was copied from has not been truncated yet, both hold the same lines.
bool Follower::Impl::IsCopyInWaiting(const FollowedFile& fresh) const {
  return std::ranges::any_of(files, [&](const auto& entry) {
    const FileMark& mark = entry.second.file->mark;
    return mark.offset > 0 && MayBeRotationOf(NameOf(fresh.mark.path), NameOf(mark.path)) &&
           fresh.Holds(mark) && entry.second.file->Holds(mark);
  });
}

// An inode that is not followed yet: one that is remembered, a copy of one, a new file, or one that
// came and was rotated away between two looks.
void Follower::Impl::Meet(const Identity& identity, const Found& found) {
  auto opened = FollowedFile::Open(found.path);
  if (!opened) return Report(opened.error().message);
  FollowedFile& file = **opened;
  const auto take_over = [&](std::vector<FileMark>::iterator mark) {
    file.GoOnFrom(*mark);
    remembered.erase(mark);
  };
  const auto same = std::ranges::find_if(remembered, [&](const FileMark& mark) {
    return Identity(mark.device, mark.inode) == identity && file.Holds(mark);
  });
  const auto copied = std::ranges::find_if(remembered, [&](const FileMark& mark) {
    return (mark.offset > 0 || mark.pending) &&
           MayBeRotationOf(NameOf(found.path), NameOf(mark.path)) && file.Holds(mark);
  });
  if (same != remembered.end()) {
    take_over(same);
  } else if (copied != remembered.end() || IsCopyInWaiting(file)) {
    // The file itself may still be met; only when all were looked at it is known to be gone.
    if (copied == remembered.end() || !looked) return;
    take_over(copied);
  } else if (!found.asked_for && found.written < since - kMtimeStep) {
    return;  // a rotation from before there was a follower
  }
  if (files.size() >= kMaxFiles)
    return Report(found.path + " is not followed: there are more than " +
                  std::to_string(kMaxFiles) + " files");
  unsaved = true;
  files[identity] = {.file = std::move(*opened), .changed = Steady::now(), .batch = {}};
}

// What is remembered and nowhere to be found any more: gone, or truncated while nobody looked and
// without a copy.
void Follower::Impl::Forget() {
  for (const FileMark& mark : remembered)
    Report(mark.path + " is gone; if anything was written to it after byte " +
           std::to_string(mark.offset) + ", it could not be read");
  unsaved |= !remembered.empty();
  remembered.clear();
}

void Follower::Impl::Look() {
  const std::map<Identity, Found> found = Scan();
  for (auto& [identity, entry] : files) {
    const auto it = found.find(identity);
    entry.gone = it == found.end();
    if (!entry.gone) {
      entry.changed = Steady::now();
      entry.file->mark.path = it->second.path;
    }
    // Before new files are met: one of them may be this one's copy.
    if (!entry.file->Holds(entry.file->mark)) Truncated(entry.file.get(), found);
  }
  const auto meet_all = [&] {
    for (const auto& [identity, candidate] : found)
      if (!files.contains(identity)) Meet(identity, candidate);
  };
  meet_all();
  if (std::exchange(looked, true)) return;
  // Now copies of what was not met.
  meet_all();
  Forget();
}

// What the hub is to have next of a file; its end is written into the mark.
void Follower::Impl::Fill(File& entry, bool ended) {
  FollowedFile& file = *entry.file;
  if (file.mark.pending) {
    entry.batch = file.Read(file.mark.offset, file.mark.pending->end);
    if (entry.batch.size() == file.mark.pending->end - file.mark.offset) return;
    file.mark.pending.reset();
  }
  if (file.skipping) file.SkipLine();
  entry.batch = file.ReadLines(kBatchBytes, ended);
  if (entry.batch.empty() && file.size() >= file.mark.offset + FollowedFile::kMaxLine) {
    const uint64_t before = file.mark.offset;
    Report(file.mark.path + ": a line of more than 4 MiB at byte " + std::to_string(before) +
           " was passed over");
    file.SkipLine();
    stats.skipped_bytes += file.mark.offset - before;
    unsaved = true;
  }
  // It may have been truncated, and grown again, since it was looked at.
  if (!file.Holds(file.mark)) entry.batch.clear();
  if (!entry.batch.empty())
    file.mark.pending =
        PendingBatch{file.mark.offset + entry.batch.size(), NewKey(), Hash64(entry.batch)};
}

// Fills every file's batch. True when there is something to send.
bool Follower::Impl::Gather() {
  size_t bytes = 0;
  for (auto it = files.begin(); it != files.end() && bytes < kRoundBytes;) {
    File& entry = it->second;
    const bool ended = entry.gone && Steady::now() - entry.changed >= options.gone_grace;
    Fill(entry, ended);
    bytes += entry.batch.size();
    if (!entry.batch.empty() && entry.gone) entry.changed = Steady::now();
    if (entry.batch.empty() && ended) {
      it = files.erase(it);
      unsaved = true;
    } else {
      ++it;
    }
  }
  return bytes > 0;
}

Status Follower::Impl::SendBatch(File& entry, const std::stop_token& stop) {
  FollowedFile& file = *entry.file;
  const std::string& path = file.mark.path;
  const Batch batch{.format = options.format,
                    .body = std::exchange(entry.batch, {}),
                    .idempotency_key = file.mark.pending->key};
  std::string told_wait;
  const auto receipt =
      TrimAscii(batch.body).empty()
          ? Result<ingest::Receipt>(ingest::Receipt{})
          : DeliverPatiently(sink, batch, &backoff, stop, [&](const Error& error, Duration wait) {
              if (std::exchange(told_wait, error.message) != error.message)
                report("the hub is not taking lines; trying again in " + FormatDuration(wait) +
                       ": " + error.message);
            });
  if (receipt) {
    stats.accepted += receipt->accepted;
    stats.duplicate += receipt->duplicate;
    stats.rejected += receipt->rejected;
    stats.ignored += receipt->ignored;
    if (!receipt->errors.empty()) Report(path + ": " + receipt->errors.front().message);
  } else if (receipt.error().code == ErrorCode::kMalformed ||
             receipt.error().code == ErrorCode::kTooLarge) {
    // Sending it again would change nothing.
    ++stats.rejected;
    report(path + ": bytes " + std::to_string(file.mark.offset) + " to " +
           std::to_string(file.mark.pending->end) + " were refused: " + receipt.error().message);
  } else {
    return tl::unexpected(receipt.error());
  }
  ++stats.batches;
  stats.bytes += batch.body.size();
  file.Advance(batch.body);
  unsaved = true;
  return {};
}

Status Follower::Impl::Send(const std::stop_token& stop) {
  SREHUB_CHECK_OK(Save());
  for (auto& [identity, entry] : files)
    if (!entry.batch.empty()) SREHUB_CHECK_OK(SendBatch(entry, stop));
  return {};
}

Follower::Follower(FollowOptions options, Sink* sink,
                   std::function<void(const std::string&)> report)
    : impl_(std::make_unique<Impl>()) {
  impl_->random.seed(options.seed);
  impl_->backoff = Backoff(kFirstWait, kMostWait, options.seed);
  impl_->options = std::move(options);
  impl_->sink = sink;
  impl_->report = std::move(report);
}

Follower::~Follower() = default;

const FollowStats& Follower::stats() const { return impl_->stats; }

Status Follower::Load() { return impl_->Load(); }

Status Follower::Round(const std::stop_token& stop) {
  Impl& impl = *impl_;
  impl.Look();
  while (!stop.stop_requested() && impl.Gather()) SREHUB_CHECK_OK(impl.Send(stop));
  return impl.unsaved ? impl.Save() : Status();
}

Status Follower::Run(const std::stop_token& stop) {
  SREHUB_CHECK_OK(Load());
  while (!stop.stop_requested()) {
    if (const Status round = Round(stop); !round) {
      // What was not acknowledged is written down as pending.
      if (IsPassing(round.error().code) && stop.stop_requested()) return {};
      return round;
    }
    SleepOrStop(stop, impl_->options.look);
  }
  return {};
}

}  // namespace srehub::collect
