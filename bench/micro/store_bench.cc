// The way in without HTTP: the store alone, and everything from bytes to a synced batch.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>

#include "base/clock.h"
#include "inputs.h"
#include "sources/decode.h"
#include "store/rocksdb/open.h"

namespace srehub::bench {
namespace {

class TemporaryStore {
 public:
  explicit TemporaryStore(bool synced) {
    directory_ =
        std::filesystem::temp_directory_path() / ("bench_store." + std::to_string(::getpid()));
    store::OpenOptions options;
    options.clock = &clock_;
    options.synced = synced;
    store_ = std::move(store::Open(directory_, options).value());
  }
  ~TemporaryStore() {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  store::Store* operator->() { return store_.get(); }

 private:
  ManualClock clock_{WorkloadEnd()};
  std::filesystem::path directory_;
  std::unique_ptr<store::Store> store_;
};

// Batches as one connection sends them; `grouped` of them in one commit.
void Append(benchmark::State& state) {
  const bool synced = state.range(0) != 0;
  const auto grouped = static_cast<size_t>(state.range(1));
  const std::vector<std::vector<model::Event>> batches = AllBatches();
  int64_t events = 0;
  for (auto _ : state) {
    TemporaryStore store(synced);
    for (size_t at = 0; at < batches.size(); at += grouped) {
      store::AppendBatch batch;
      for (size_t i = at; i < std::min(at + grouped, batches.size()); ++i)
        batch.events.insert(batch.events.end(), batches[i].begin(), batches[i].end());
      events += static_cast<int64_t>(batch.events.size());
      if (!store->Append(batch, WorkloadEnd())) state.SkipWithError("the store refused a batch");
    }
  }
  state.SetItemsProcessed(events);
}
BENCHMARK(Append)
    ->ArgNames({"synced", "grouped"})
    ->Args({1, 1})
    ->Args({1, 4})
    ->Args({0, 1})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->MeasureProcessCPUTime();

void BytesToDisk(benchmark::State& state) {
  int64_t events = 0;
  for (auto _ : state) {
    TemporaryStore store(true);
    for (size_t i = 0; i < kFeeds; ++i) {
      for (const std::string& body : Bodies(static_cast<Feed>(i))) {
        store::AppendBatch batch;
        batch.events = EventsOf(static_cast<Feed>(i), body);
        events += static_cast<int64_t>(batch.events.size());
        if (!store->Append(batch, WorkloadEnd())) state.SkipWithError("the store refused a batch");
      }
    }
  }
  state.SetItemsProcessed(events);
}
BENCHMARK(BytesToDisk)->Unit(benchmark::kMillisecond)->Iterations(1)->MeasureProcessCPUTime();

}  // namespace
}  // namespace srehub::bench
