// The five answers against the story: the smoke test of the whole program.
#include <algorithm>
#include <set>

#include "app/demo.h"
#include "app/demo_story.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "base/zone.h"

namespace srehub::app {
namespace {

class Checker {
 public:
  Checker(const Hub* hub, const DemoState& state) : hub_(hub), state_(state) {}

  void Timeline() {
    if (!Ask("Q1", "/api/v1/services/payments-api/events",
             {{"from", FormatTime(state_.start - std::chrono::minutes(15))},
              {"to", FormatTime(state_.start)}}))
      return;
    std::set<std::string> types;
    for (const auto& row : List("events"))
      types.insert(std::string(FindString(row, "eventType").value_or("")));
    Expect(types.contains("HighCPU"), "Q1: the CPU alarm of payments-api is not in its timeline");
    Expect(types.contains("Http5xx"), "Q1: the 500s of payments-api are not in its timeline");
  }

  void Top() {
    if (!Ask("Q2", "/api/v1/incidents/top", {{"limit", "20"}})) return;
    std::set<std::string> open;
    const auto rows = List("incidents");
    for (const auto& row : rows)
      if (FindString(row, "state").value_or("") == "open")
        open.insert(std::string(FindString(row, "incidentId").value_or("")));
    Expect(open == std::set<std::string>{"auth-service#HighLatency", "payments-api#HighCPU"},
           "Q2: not exactly payments-api#HighCPU and auth-service#HighLatency are open");
    Expect(!rows.empty() &&
               FindString(rows[0], "incidentId").value_or("") == "auth-service#HighLatency",
           "Q2: the open critical alert is not first");
    double last = 1e300;
    for (const auto& row : rows) {
      const double score = FindNumber(row, "score").value_or(-1);
      Expect(score >= 0 && score <= last, "Q2: the rows are not in the order of their scores");
      last = score;
    }
  }

  void Actions() {
    if (!Ask("Q3", "/api/v1/services/auth-service/recommendations", {})) return;
    const auto item = Find(answer_, "recommendations");
    std::vector<JsonElement> actions;
    if (const auto array = item ? FindArray(*item, "actions") : std::nullopt)
      for (const JsonElement action : *array) actions.push_back(action);
    Expect(!actions.empty(), "Q3: nothing is recommended for auth-service");
    bool evident = false;
    for (const auto& action : actions) {
      const auto evidence = FindArray(action, "evidence");
      evident |= evidence && evidence->size() > 0;
    }
    Expect(evident, "Q3: no recommendation carries evidence");
  }

  void Correlation() {
    if (!Ask("Q4", "/api/v1/deploys/" + std::string(kStoryRun) + "/correlation", {})) return;
    std::set<std::string> types;
    for (const auto& row : List("types"))
      types.insert(std::string(FindString(row, "incidentId").value_or("")));
    Expect(
        types.contains("checkout-api#CrashLoopBackOff") && types.contains("checkout-api#OOMKilled"),
        "Q4: the crashes of checkout-api are not listed for deploy 4821");
    Expect(FindString(answer_, "verdict").value_or("") == "likely_caused",
           "Q4: deploy 4821 is not held likely to be at fault");
  }

  // The day is cut where it is noon at the story's start, so that the story never falls on two.
  void Tally() {
    const int64_t hour = (Nanos(state_.start) / 3'600'000'000'000) % 24;
    const int64_t offset = 12 - hour;
    // The zone's sign is POSIX': Etc/GMT-3 is three hours ahead of Greenwich.
    const std::string zone = offset == 0 ? "UTC"
                                         : "Etc/GMT" + std::string(offset > 0 ? "-" : "+") +
                                               std::to_string(offset > 0 ? offset : -offset);
    if (!Ask("Q5", "/api/v1/tally", {{"tz", zone}, {"at", FormatTime(state_.start)}})) return;
    const auto loaded = Zone::Load(zone);
    Expect(loaded.has_value(), "Q5: no time zone " + zone);
    if (!loaded) return;
    const uint64_t expected = HighIncidentsSince(state_.start, loaded->StartOfDay(state_.start));
    const auto count = FindInt(answer_, "count").value_or(-1);
    Expect(count == static_cast<int64_t>(expected), "Q5: " + std::to_string(count) +
                                                        " high-severity incidents instead of " +
                                                        std::to_string(expected));
  }

  std::vector<std::string> Take() { return std::move(wrong_); }

 private:
  bool Ask(std::string_view question, std::string path,
           std::vector<std::pair<std::string, std::string>> query) {
    http::Request request;
    request.method = "GET";
    request.path = std::move(path);
    request.query = std::move(query);
    const http::Response response = hub_->Handle(std::move(request));
    if (response.status != 200) {
      wrong_.push_back(std::string(question) + ": answered with " +
                       std::to_string(response.status) + ": " + response.body.substr(0, 300));
      return false;
    }
    const auto parsed = reader_.Parse(response.body);
    if (!parsed) {
      wrong_.push_back(std::string(question) + ": " + parsed.error().message);
      return false;
    }
    answer_ = *parsed;
    return true;
  }

  std::vector<JsonElement> List(std::string_view member) const {
    std::vector<JsonElement> rows;
    if (const auto array = FindArray(answer_, member))
      for (const JsonElement row : *array) rows.push_back(row);
    return rows;
  }

  void Expect(bool holds, std::string otherwise) {
    if (!holds && std::ranges::find(wrong_, otherwise) == wrong_.end())
      wrong_.push_back(std::move(otherwise));
  }

  const Hub* hub_;
  const DemoState state_;
  JsonReader reader_;
  JsonElement answer_;
  std::vector<std::string> wrong_;
};

}  // namespace

std::vector<std::string> Demo::CheckAnswers() const {
  Checker checker(hub_, state_);
  checker.Timeline();
  checker.Top();
  checker.Actions();
  checker.Correlation();
  checker.Tally();
  return checker.Take();
}

}  // namespace srehub::app
