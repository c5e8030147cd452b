// Scenarios: text files that an on-call engineer can read, played against a whole hub in this
// process, on a folder of its own and under a clock that only the scenario moves.
//
//   # What this shows, in a sentence.
//   clock 2025-08-26T14:00:00Z          once, first: the instant at which it begins
//   set retention 2d                    a setting of the configuration, before anything is fed
//   feed cloudwatch                     the indented lines below are the delivery's body
//     {"AlarmName": "HighCPU-PaymentsAPI", …}
//   feed again                          the delivery before, once more
//   advance 5m                          the clock moves on
//   silence payments-api#HighCPU for 1h     an incident or a service; also: maintenance,
//   acknowledge ask top include=resolved            events SERVICE, incident ID, actions SERVICE,
//   deploy RUN,
//                                       tally, services, types, sources, rejects, deploys, verify
//   expect incidents[0].state = open    judged against the last answer: see expectation.h
//
// Between two instants the hub is stopped and opened again, so every `advance` is also a restart.
// An answer of 400 or above fails the scenario unless its status is expected first. At the end the
// stored counters are compared with their recount.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace srehub::tests {

struct Failure {
  size_t line = 0;
  std::string text;     // of the line
  std::string message;  // what was found instead
};

struct Outcome {
  size_t expectations = 0;  // judged
  std::vector<Failure> failures;
};

// Plays `text` on `data`, a folder that is not there yet. Stops at the first line that cannot be
// played; goes on after an expectation that does not hold.
Outcome PlayScenario(std::string_view text, const std::string& data);

}  // namespace srehub::tests
