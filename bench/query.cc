// bench_query ORIGIN REPEATS < TARGETS: asks each target (one per line: a name, a blank, a
// request target; equal names belong together) REPEATS times over one kept-alive connection, in
// turn, and prints one JSON line with the latency quantiles of each name. Exit 1 when any answer
// was not 200.
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "http_client.h"
#include "latency.h"

namespace srehub::bench {
namespace {

struct Question {
  std::string name;
  std::vector<std::string> targets;
  std::vector<int64_t> latency;
  uint64_t bytes = 0;
};

std::vector<Question> ReadQuestions(std::istream& in) {
  std::vector<Question> questions;
  std::string name, target;
  while (in >> name >> target) {
    auto it = questions.begin();
    while (it != questions.end() && it->name != name) ++it;
    if (it == questions.end()) it = questions.insert(it, {name, {}, {}, 0});
    it->targets.push_back(target);
  }
  return questions;
}

}  // namespace

int Ask(const std::string& origin, size_t repeats) {
  std::string host;
  uint16_t port = 0;
  std::vector<Question> questions = ReadQuestions(std::cin);
  if (!ParseOrigin(origin, &host, &port) || questions.empty()) return 2;
  HttpClient client(host, port);
  for (size_t round = 0; round < repeats; ++round) {
    for (Question& question : questions) {
      for (const std::string& target : question.targets) {
        const int64_t begin = NowNanos();
        const Answer answer = client.Get(target);
        question.latency.push_back(NowNanos() - begin);
        question.bytes += answer.body.size();
        if (answer.status == 200) continue;
        std::cerr << answer.status << ' ' << target << ": " << answer.body.substr(0, 300) << '\n';
        return 1;
      }
    }
  }
  std::string out = "{";
  for (Question& question : questions) {
    const uint64_t mean = question.bytes / question.latency.size();
    out += fmt::format("{}\"{}\":{{\"bytes\":{},\"latency\":{}}}", out.size() > 1 ? "," : "",
                       question.name, mean, QuantilesJson(&question.latency));
  }
  std::cout << out << "}\n";
  return 0;
}

}  // namespace srehub::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_query ORIGIN REPEATS < TARGETS\n";
    return 2;
  }
  return srehub::bench::Ask(argv[1], std::strtoull(argv[2], nullptr, 10));
}
