// bench_workload DIRECTORY [EVENTS [SEED]]: writes a workload; see workload.h.
#include <cstdlib>
#include <iostream>

#include "workload.h"

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::cerr << "usage: bench_workload DIRECTORY [EVENTS [SEED]]\n";
    return 2;
  }
  srehub::bench::WorkloadOptions options;
  options.directory = argv[1];
  if (argc > 2) options.events = std::strtoull(argv[2], nullptr, 10);
  if (argc > 3) options.seed = std::strtoull(argv[3], nullptr, 10);
  srehub::bench::WorkloadCounts counts;
  if (!srehub::bench::WriteWorkload(options, &counts)) return 1;
  uint64_t records = 0, bytes = 0;
  for (size_t i = 0; i < srehub::bench::kFeeds; ++i) {
    records += counts.records[i];
    bytes += counts.bytes[i];
  }
  std::cout << records << " records of " << counts.shortest << " to " << counts.longest
            << " bytes, mean " << (records == 0 ? 0 : bytes / records) << '\n';
  return 0;
}
