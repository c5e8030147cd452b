// bench_load ORIGIN DIRECTORY CONNECTIONS BATCH [RECORDS]: sends a workload over kept-alive
// connections, the feeds side by side in the order of their delivery, and prints one JSON line:
// what was acknowledged, how fast, and how long each request took. Exit 1 when anything failed.
#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "http_client.h"
#include "latency.h"

namespace srehub::bench {
namespace {

constexpr int kMaxTries = 50;  // of a batch that is told to come back later

struct Feed {
  std::string_view format, target, content_type;
  bool array = false;  // the route takes one JSON array
};
// Prometheus speaks its own protocol to its own route.
constexpr Feed kFeeds[] = {
    {"logs", "/api/v1/ingest/logs", "application/x-ndjson"},
    {"kubernetes", "/api/v1/ingest/kubernetes", "application/x-ndjson"},
    {"prometheus", "/api/v2/alerts", "application/json", true},
    {"cloudwatch", "/api/v1/ingest/cloudwatch", "application/x-ndjson"},
    {"cicd", "/api/v1/ingest/cicd", "application/x-ndjson"},
};

struct Batch {
  const Feed* feed;
  std::string_view lines;
  size_t records;
};

struct FeedText {
  const Feed* feed;
  std::string text;
  std::vector<size_t> starts;  // of each batch, and the end
  std::vector<size_t> records;
};

bool ReadFeed(const std::string& directory, size_t batch, FeedText* out) {
  std::ifstream in(fmt::format("{}/{}.ndjson", directory, out->feed->format), std::ios::binary);
  std::stringstream buffer;
  if (!(buffer << in.rdbuf())) return false;
  out->text = std::move(buffer).str();
  size_t in_batch = 0;
  out->starts.push_back(0);
  for (size_t at = 0; at < out->text.size();) {
    at = out->text.find('\n', at) + 1;
    if (at == 0) return false;  // the last line has no end
    if (++in_batch == batch || at == out->text.size()) {
      out->starts.push_back(at);
      out->records.push_back(in_batch);
      in_batch = 0;
    }
  }
  return true;
}

// Merged by how far each feed has come, so that all move through the day together.
std::vector<Batch> Interleave(const std::vector<FeedText>& feeds) {
  std::vector<Batch> batches;
  std::vector<size_t> next(feeds.size());
  for (;;) {
    size_t least = feeds.size();
    double least_share = 1;
    for (size_t i = 0; i < feeds.size(); ++i) {
      const double share =
          static_cast<double>(next[i]) / static_cast<double>(feeds[i].records.size());
      if (next[i] < feeds[i].records.size() && share < least_share) {
        least = i;
        least_share = share;
      }
    }
    if (least == feeds.size()) return batches;
    const FeedText& feed = feeds[least];
    const size_t n = next[least]++;
    batches.push_back(
        {feed.feed,
         std::string_view(feed.text).substr(feed.starts[n], feed.starts[n + 1] - feed.starts[n]),
         feed.records[n]});
  }
}

std::string ArrayOf(std::string_view lines) {
  std::string body(lines);
  body.back() = ']';
  for (char& c : body)
    if (c == '\n') c = ',';
  return '[' + body;
}

struct Outcome {
  uint64_t records = 0, accepted = 0, duplicate = 0, rejected = 0, uncounted = 0;
  uint64_t requests = 0, later = 0, failed = 0;
  std::string first_failure;
  std::vector<int64_t> latency;

  void Add(Outcome&& o) {
    records += o.records;
    accepted += o.accepted;
    duplicate += o.duplicate;
    rejected += o.rejected;
    uncounted += o.uncounted;
    requests += o.requests;
    later += o.later;
    failed += o.failed;
    if (first_failure.empty()) first_failure = std::move(o.first_failure);
    latency.insert(latency.end(), o.latency.begin(), o.latency.end());
  }
};

void SendOne(HttpClient* client, const Batch& batch, Outcome* outcome) {
  const std::string body = batch.feed->array ? ArrayOf(batch.lines) : std::string(batch.lines);
  for (int tries = 0; tries < kMaxTries; ++tries) {
    const int64_t begin = NowNanos();
    const Answer answer = client->Post(batch.feed->target, batch.feed->content_type, body);
    outcome->latency.push_back(NowNanos() - begin);
    ++outcome->requests;
    if (answer.status == 429 || answer.status == 503) {
      ++outcome->later;
      std::this_thread::sleep_for(std::chrono::seconds(std::max(answer.retry_after_s, 1)));
      continue;
    }
    if (answer.status != 200 && answer.status != 422) {
      outcome->first_failure = fmt::format("{} {}: {}", answer.status, batch.feed->target,
                                           std::string_view(answer.body).substr(0, 300));
      break;
    }
    outcome->records += batch.records;
    const int64_t accepted = IntegerField(answer.body, "accepted");
    if (accepted < 0) {  // the protocol of this route tells no counts
      outcome->uncounted += batch.records;
      return;
    }
    outcome->accepted += static_cast<uint64_t>(accepted);
    outcome->duplicate += static_cast<uint64_t>(IntegerField(answer.body, "duplicate"));
    outcome->rejected += static_cast<uint64_t>(IntegerField(answer.body, "rejected"));
    return;
  }
  ++outcome->failed;
}

Outcome SendAll(const std::string& host, uint16_t port, size_t connections,
                const std::vector<Batch>& batches) {
  std::atomic<size_t> next{0};
  std::vector<Outcome> outcomes(connections);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < connections; ++i) {
    threads.emplace_back([&, i] {
      HttpClient client(host, port);
      for (size_t n = next++; n < batches.size(); n = next++)
        SendOne(&client, batches[n], &outcomes[i]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  Outcome all;
  for (Outcome& outcome : outcomes) all.Add(std::move(outcome));
  return all;
}

}  // namespace

int Load(const std::string& origin, const std::string& directory, size_t connections, size_t batch,
         size_t records_max) {
  std::string host;
  uint16_t port = 0;
  if (!ParseOrigin(origin, &host, &port) || connections == 0 || batch == 0) return 2;
  std::vector<FeedText> feeds;
  for (const Feed& feed : kFeeds) {
    feeds.push_back({&feed, {}, {}, {}});
    if (!ReadFeed(directory, batch, &feeds.back())) {
      std::cerr << "cannot read " << feed.format << " in " << directory << '\n';
      return 2;
    }
  }
  std::vector<Batch> batches = Interleave(feeds);
  size_t records = 0, keep = 0;
  while (keep < batches.size() && records < records_max) records += batches[keep++].records;
  batches.resize(keep);
  const int64_t begin = NowNanos();
  Outcome all = SendAll(host, port, connections, batches);
  const double seconds = static_cast<double>(NowNanos() - begin) / 1e9;
  std::cout << fmt::format(
      "{{\"connections\":{},\"batch\":{},\"records\":{},\"accepted\":{},\"duplicate\":{},"
      "\"rejected\":{},\"uncounted\":{},\"requests\":{},\"toldLater\":{},\"failed\":{},"
      "\"seconds\":{:.3f},\"recordsPerSecond\":{:.0f},\"latency\":{}}}\n",
      connections, batch, all.records, all.accepted, all.duplicate, all.rejected, all.uncounted,
      all.requests, all.later, all.failed, seconds, static_cast<double>(all.records) / seconds,
      QuantilesJson(&all.latency));
  if (all.failed == 0) return 0;
  std::cerr << all.failed << " requests failed; the first: " << all.first_failure << '\n';
  return 1;
}

}  // namespace srehub::bench

int main(int argc, char** argv) {
  if (argc < 5 || argc > 6) {
    std::cerr << "usage: bench_load ORIGIN DIRECTORY CONNECTIONS BATCH [RECORDS]\n";
    return 2;
  }
  return srehub::bench::Load(argv[1], argv[2], std::strtoull(argv[3], nullptr, 10),
                             std::strtoull(argv[4], nullptr, 10),
                             argc > 5 ? std::strtoull(argv[5], nullptr, 10) : SIZE_MAX);
}
