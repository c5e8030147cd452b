#include "collect/kube_feed.h"

#include <utility>

#include "base/text.h"

namespace srehub::collect {
namespace {

constexpr Duration kFirstWait = 500ms;
constexpr Duration kMostWait = 30s;
// The server ends a watch after a random time, so that its clients do not all come at once.
constexpr long kWatchSecondsLeast = 240, kWatchSecondsMost = 480;
// A watch that lived so long was a good one even if nothing happened in it.
constexpr Duration kGoodWatch = 30s;
constexpr size_t kLinesPerStep = 1000;
constexpr int kRefusalsBeforeList = 3;

}  // namespace

KubeFeed::KubeFeed(Target target, Handler handler, KubeClient* client, uint64_t seed)
    : target_(std::move(target)),
      handler_(std::move(handler)),
      client_(client),
      backoff_(kFirstWait, kMostWait, seed),
      random_(seed) {}

std::string KubeFeed::PathOf(const std::string& query) const {
  std::string path = target_.groups[group_];
  if (!target_.namespace_.empty()) path += "/namespaces/" + PercentEncode(target_.namespace_);
  return path + "/" + target_.resource + query;
}

KubeFeed::Steady::time_point KubeFeed::due() const {
  return stream_ ? Steady::time_point::max() : due_;
}

bool KubeFeed::Step(Steady::time_point now) {
  if (stream_) {
    if (Drain()) return true;
    if (stream_ && stream_->over()) Ended();
    return false;
  }
  if (now < due_) return false;
  if (resource_version_.empty()) List();
  if (!resource_version_.empty() && due_ <= now) Open();
  return false;
}

void KubeFeed::Failed(const std::string& trouble, bool refused, Duration at_least) {
  const Duration wait = std::max(backoff_.Next(), at_least);
  due_ = Steady::now() + wait;
  // A version that a cluster does not know (it was restored from a backup) is no 410 everywhere.
  if (refused && ++refusals_ >= kRefusalsBeforeList) {
    refusals_ = 0;
    Relist();
  }
  if (trouble == trouble_) return;
  trouble_ = trouble;
  handler_.on_trouble(trouble);
}

void KubeFeed::List() {
  std::string continue_token;
  handler_.on_list_begins();
  do {
    std::string query = in_pages_ ? "?limit=" + std::to_string(target_.page) : "";
    if (!continue_token.empty()) query += "&continue=" + PercentEncode(continue_token);
    const auto reply = client_->Get(PathOf(query));
    if (!reply) return Failed(reply.error().message, false);
    handler_.on_contact();
    if (reply->status == 410 && !continue_token.empty()) {
      // The list is older than the server remembers: once more, all at once.
      in_pages_ = false;
      due_ = Steady::now();
      return;
    }
    if (!TakePage(*reply, &continue_token)) return;
  } while (!continue_token.empty());
  in_pages_ = true;
  trouble_.clear();
  backoff_.Reset();
  refusals_ = 0;
  handler_.on_list_ends();
}

bool KubeFeed::TakePage(const KubeReply& reply, std::string* continue_token) {
  if (reply.status != 200) {
    // A server without this group, or rights for the other one only.
    if (reply.status == 404 || reply.status == 403) group_ = (group_ + 1) % target_.groups.size();
    Failed("listing " + target_.resource + " was refused with " + std::to_string(reply.status) +
               ": " + StatusText(reply.body),
           true, reply.retry_after);
    return false;
  }
  auto page = ReadListPage(&reader_, reply.body);
  if (!page) {
    Failed("the list of " + target_.resource + " cannot be read: " + page.error().message, true);
    return false;
  }
  for (const JsonElement item : page->items) {
    if (!item.is_object()) {
      handler_.on_unreadable();
      continue;
    }
    if (!handler_.on_object({.object = item, .resource_version = {}, .message = {}},
                            target_.groups[group_]))
      return false;
  }
  handler_.on_page();
  *continue_token = page->continue_token;
  if (continue_token->empty()) resource_version_ = page->resource_version;
  return true;
}

void KubeFeed::Open() {
  std::uniform_int_distribution<long> some(kWatchSecondsLeast, kWatchSecondsMost);
  const long seconds = some(random_);
  auto stream = client_->Watch(
      PathOf("?watch=1&allowWatchBookmarks=true&resourceVersion=" +
             PercentEncode(resource_version_) + "&timeoutSeconds=" + std::to_string(seconds)),
      seconds);
  if (!stream) return Failed(stream.error().message, false);
  stream_ = std::move(*stream);
  heard_ = false;
  opened_ = Steady::now();
}

bool KubeFeed::Drain() {
  for (size_t i = 0; i < kLinesPerStep; ++i) {
    const auto line = stream_ ? stream_->NextLine() : std::nullopt;
    if (!line) return false;
    if (!heard_) {
      heard_ = true;
      refusals_ = 0;
    }
    handler_.on_contact();
    if (!TrimAscii(*line).empty()) Take(*line);
  }
  return true;
}

void KubeFeed::Take(const std::string& line) {
  const auto message = ReadWatchMessage(&reader_, line);
  if (!message) return handler_.on_unreadable();
  if (message->type == WatchMessage::Type::kError) {
    stream_.reset();
    if (message->code == 410) {
      Relist();
      due_ = Steady::now();
      return;
    }
    return Failed("the watch of " + target_.resource + " ended with " +
                      std::to_string(message->code) + ": " + message->message,
                  true);
  }
  // What is said once is said: good news ends the trouble.
  trouble_.clear();
  backoff_.Reset();
  if (message->type != WatchMessage::Type::kBookmark &&
      !handler_.on_object(*message, target_.groups[group_])) {
    stream_.reset();
    return;
  }
  if (!message->resource_version.empty()) resource_version_ = message->resource_version;
}

void KubeFeed::Ended() {
  const KubeReply reply = stream_->reply();
  const std::string problem = stream_->problem();
  stream_.reset();
  if (reply.status == 410) {
    Relist();
    due_ = Steady::now();
    return;
  }
  handler_.on_reconnect();
  if (reply.status != 200 && reply.status != 0) {
    if (reply.status == 404 || reply.status == 403) group_ = (group_ + 1) % target_.groups.size();
    return Failed("watching " + target_.resource + " was refused with " +
                      std::to_string(reply.status) + ": " + StatusText(reply.body),
                  true, reply.retry_after);
  }
  const bool good = heard_ || Steady::now() - opened_ > kGoodWatch;
  if (reply.status == 200 && good) {
    backoff_.Reset();
    due_ = Steady::now() + backoff_.Next() / 4;
    backoff_.Reset();
    return;
  }
  Failed("the watch of " + target_.resource + " broke off" +
             (problem.empty() ? std::string() : ": " + problem),
         false);
}

}  // namespace srehub::collect
