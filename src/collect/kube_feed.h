// One collection of a Kubernetes API (events of a namespace, all pods, …) as a list and the watch
// that goes on from it: https://kubernetes.io/docs/reference/using-api/api-concepts/. A watch that
// ends goes on from the last version heard; one whose version is compacted away (410) is listed
// anew. What fails is tried again, ever more slowly. Not thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collect/backoff.h"
#include "collect/kube_client.h"
#include "collect/kube_records.h"

namespace srehub::collect {

class KubeFeed {
 public:
  using Steady = std::chrono::steady_clock;

  struct Target {
    std::vector<std::string> groups;  // "/apis/events.k8s.io/v1"; the next where one is refused
    std::string resource;             // "events"
    std::string namespace_;           // empty: all
    size_t page = 500;                // objects asked for at once
  };
  struct Handler {
    std::function<void()> on_list_begins;
    // Of a list (kAdded) or of the watch. `group` is the one in use. False: it was not taken (the
    // watcher is stopping), so the feed is not moved on past it.
    std::function<bool(const WatchMessage& message, const std::string& group)> on_object;
    std::function<void()> on_page;  // a page's objects were handed over
    std::function<void()> on_list_ends;
    std::function<void()> on_contact;  // the server said something
    std::function<void()> on_reconnect, on_unreadable;
    std::function<void(const std::string& trouble)> on_trouble;  // once per kind of trouble
  };

  KubeFeed(Target target, Handler handler, KubeClient* client, uint64_t seed);

  // Goes on from here instead of listing first.
  void Resume(std::string resource_version) { resource_version_ = std::move(resource_version); }
  // The version up to which everything was handed over; empty: nothing was, or a list is due.
  const std::string& resource_version() const { return resource_version_; }

  // Hands over what came, opens and lists what is due. Blocks for a list, at most as long as
  // KubeClient::Get. True when there is more to hand over.
  bool Step(Steady::time_point now);
  // When Step has something to do again; a far time while a watch is open.
  Steady::time_point due() const;

 private:
  std::string PathOf(const std::string& query) const;
  void List();
  bool TakePage(const KubeReply& reply, std::string* continue_token);
  void Open();
  bool Drain();
  void Take(const std::string& line);
  void Ended();
  // Waits before the next try. `refused`: by an answer, not for want of one.
  void Failed(const std::string& trouble, bool refused, Duration at_least = {});
  void Relist() { resource_version_.clear(); }

  const Target target_;
  const Handler handler_;
  KubeClient* const client_;
  Backoff backoff_;
  std::mt19937_64 random_;
  size_t group_ = 0;
  bool in_pages_ = true;  // false: the last list ran into 410 between its pages
  int refusals_ = 0;      // answers in a row that were no watch
  std::string resource_version_;
  std::string trouble_;
  std::unique_ptr<KubeStream> stream_;
  bool heard_ = false;  // the open stream said something
  Steady::time_point opened_{}, due_{};
  JsonReader reader_;
};

}  // namespace srehub::collect
