// Golden text of the tables: what a person reads at three in the morning.
#include <gtest/gtest.h>

#include "cli/commands.h"
#include "cli/fields.h"

namespace srehub::cli {
namespace {

std::string Rendered(std::string_view json, Renderer renderer, size_t width = 0) {
  JsonReader reader;
  const auto answer = reader.Parse(json);
  if (!answer) return answer.error().message;
  Style style;
  style.width = width;
  style.now = *ParseRfc3339("2025-08-26T14:10:00Z");
  return renderer(*answer, style);
}

// clang-format off
constexpr std::string_view kTop = R"json({
  "generatedAt": "2025-08-26T14:10:00Z", "zone": "UTC",
  "sources": [{"source": "logs", "latenessSeconds": 240.0, "line": "logs (logs): events run 4 min late"}],
  "read": {"items": 12, "bytes": 2048}, "truncated": false, "notes": ["one \u001b[2J note"],
  "incidents": [
    {"rank": 1, "incidentId": "payments-api#HighCPU", "serviceId": "payments-api",
     "eventType": "HighCPU", "score": 400.612, "severity": "high", "state": "open",
     "count5m": 0, "count1h": 1, "since": "2025-08-26T14:03:00Z",
     "sparkline": [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1],
     "suspectedDeploy": {"deploy": {"run": "4821", "status": "failure"}, "note": "began 2 min after"},
     "firstAction": {"title": "Look at the busiest process"}},
    {"rank": 2, "incidentId": "auth-service#DatabaseConnectionTimeout", "serviceId": "auth-service",
     "eventType": "DatabaseConnectionTimeout", "score": 50.8, "severity": "critical",
     "state": "active", "acknowledged": true, "count5m": 12345, "count1h": 99999,
     "since": "2025-08-25T23:59:00Z", "sparkline": []}],
  "notRanked": {"activeSilences": 2, "activeMaintenance": 0, "silencedIncidents": 3, "atLeast": true}})json";
// clang-format on

TEST(RenderTop, WideTerminalShowsEverything) {
  EXPECT_EQ(
      Rendered(kTop, RenderTop),
      "as of 14:10:00 UTC\n"
      "#  SCORE  SEVERITY  STATE          SERVICE       TYPE                        5M    1H  "
      "SINCE  "
      "              LAST 60 MIN           DEPLOY        FIRST ACTION\n"
      "1  400.6  high      open           payments-api  HighCPU                      0     1  "
      "14:03:00                                █  4821 failure  Look at the busiest process\n"
      "2   50.8  critical  active, acked  auth-service  DatabaseConnectionTimeout  12k  100k  "
      "2025-08-25 23:59:00\n"
      "not ranked: at least 3 incidents under 2 silences and 0 maintenances (--include silenced)\n"
      "note: one \\x1b[2J note\n"
      "feed logs (logs): events run 4 min late\n"
      "read 12 items, 2.0k bytes\n");
}

TEST(RenderTop, EveryLineFitsTheTerminal) {
  for (const size_t width : {100, 120, 160, 200}) {
    std::string_view rest;
    const std::string text = Rendered(kTop, RenderTop, width);
    rest = text;
    while (!rest.empty()) {
      const size_t end = rest.find('\n');
      const std::string_view line = rest.substr(0, end);
      const bool of_table = line.starts_with('#') || line.starts_with('1') || line.starts_with('2');
      EXPECT_TRUE(!of_table || DisplayWidth(line) <= width) << line;
      rest.remove_prefix(end + 1);
    }
    EXPECT_NE(text.find("critical"), std::string::npos) << "severity is a word at every width";
  }
}

// clang-format off
constexpr std::string_view kEvents = R"json({
  "serviceId": "checkout-api", "exact": false, "generatedAt": "2025-08-26T14:10:00Z",
  "window": {"from": "2025-08-26T13:55:00Z", "to": "2025-08-26T14:10:00Z"}, "zone": "UTC",
  "siblings": [{"serviceId": "checkout-service", "inferred": true, "alias": "checkout-service: checkout-api"}],
  "histogram": {"stepSeconds": 60, "buckets": [{"start": "2025-08-26T14:01:00Z", "high": 4}, {"start": "2025-08-26T14:06:00Z", "high": 1}]},
  "stillOpen": [{"serviceId": "checkout-api", "eventType": "HighErrorRate", "incidentId": "checkout-api#HighErrorRate",
                 "severity": "critical", "since": "2025-08-26T13:40:00Z", "title": "5 % of orders fail", "inferred": false}],
  "events": [
    {"serviceId": "checkout-service", "timestamp": "2025-08-26T14:06:00Z", "eventType": "DeployFailed",
     "severity": "high", "phase": "point", "kind": "event", "title": "Deploy Checkout Service: failure",
     "occurrences": 1, "inferred": true},
    {"serviceId": "checkout-api", "timestamp": "2025-08-26T14:01:23Z", "eventType": "CrashLoopBackOff",
     "severity": "high", "phase": "point", "kind": "series", "title": "Back-off\u202e restarting",
     "occurrences": 4, "occurrencesAtLeast": true, "lifetimeCount": 41, "object": "Pod/checkout-api-57ff7",
     "inferred": false}]})json";
// clang-format on

TEST(RenderEvents, ListOpenPartAndSiblings) {
  EXPECT_EQ(
      Rendered(kEvents, RenderEvents),
      "checkout-api  as of 14:10:00 UTC, window 13:55:00 … 14:10:00\n"
      "[      █    ▃    ]  5 occurrences\n"
      "TIME      SEVERITY  TYPE                 COUNT  TITLE                             SIBLING  "
      "         OBJECT\n"
      "14:06:00  high      DeployFailed             1  Deploy Checkout Service: failure  "
      "checkout-service\n"
      "14:01:23  high      CrashLoopBackOff  ≥4 of 41  Back-off\\u202e restarting        "
      "                   Pod/checkout-api-57ff7\n"
      "\n"
      "SINCE     SEVERITY  STILL OPEN                  TITLE\n"
      "13:40:00  critical  checkout-api#HighErrorRate  5 % of orders fail\n"
      "included checkout-service by its name; to make them one service, put under `aliases:`  "
      "checkout-service: checkout-api\n");
}

TEST(RenderEvents, NothingInTheWindowSaysWhenTheLastWas) {
  EXPECT_EQ(Rendered("{\"serviceId\":\"auth\",\"generatedAt\":\"2025-08-26T14:10:00Z\","
                     "\"lastEvent\":\"2025-08-26T12:10:00Z\",\"events\":[]}",
                     RenderEvents),
            "auth  as of 14:10:00 UTC\n"
            "Nothing happened in this window; the last event was at 12:10:00, 2 h ago.\n");
}

TEST(RenderTally, TheNumberItsSplitAndTheDaysBefore) {
  // clang-format off
  constexpr std::string_view kTally = R"json({
    "generatedAt": "2025-08-26T14:10:00Z", "zone": "UTC", "day": "2025-08-26", "count": 4,
    "definition": "An incident recorded is an episode.", "bySeverity": {"critical": 0, "high": 4},
    "byService": [{"serviceId": "payments-api", "count": 1}, {"serviceId": "auth-service", "count": 3}],
    "carriedOver": 0, "lastDays": [{"day": "2025-08-25", "byThisTime": 2, "thisHour": 0, "wholeDay": 3}],
    "incidents": [{"incidentId": "payments-api#HighCPU", "severity": "high", "firstHigh": "2025-08-26T14:03:00Z", "open": true}]})json";
  // clang-format on
  EXPECT_EQ(Rendered(kTally, RenderTally),
            "4 high-severity incidents recorded on 2025-08-26 UTC: 0 critical, 4 high; carried "
            "over 0.\n"
            "An incident recorded is an episode.\n"
            "By service: payments-api 1, auth-service 3.\n"
            "\n"
            "SINCE     SEVERITY  INCIDENT              STATE\n"
            "14:03:00  high      payments-api#HighCPU  still open\n"
            "\n"
            "DAY         BY THIS TIME  THIS HOUR  WHOLE DAY\n"
            "2025-08-25             2          0          3\n");
}

TEST(RenderActions, StepsWithRiskEvidenceAndNoControlCharacters) {
  // clang-format off
  constexpr std::string_view kActions = R"json({
    "serviceId": "auth-service", "recommendations": {"summary": "1 incident is open.", "actions": [
      {"id": "db/check", "title": "Check the pool", "why": "auth-service#DatabaseConnectionTimeout",
       "risk": "read-only", "helped": 7, "tried": 9, "link": "https://runbooks.example/db",
       "evidence": [{"text": "Login DB\rtimeout", "time": "2025-08-26T14:05:00Z"}],
       "steps": [{"text": "Count connections", "command": "psql -c 'select 1'", "risk": "read-only", "expected": "below 100"},
                 {"text": "Restart", "command": "kubectl rollout restart", "risk": "disruptive", "undo": "none"}]}]}})json";
  // clang-format on
  EXPECT_EQ(Rendered(kActions, RenderActions),
            "auth-service  1 incident is open.\n"
            "\n"
            "1. Check the pool  read-only  db/check\n"
            "     auth-service#DatabaseConnectionTimeout\n"
            "     because Login DB\\rtimeout (14:05:00)\n"
            "     - Count connections\n"
            "         $ psql -c 'select 1'\n"
            "       expect below 100\n"
            "     - Restart [disruptive]\n"
            "         $ kubectl rollout restart\n"
            "       undo   none\n"
            "     helped 7 of 9 times\n"
            "     see https://runbooks.example/db\n"
            "\n"
            "Done one? srehub actions done auth-service ACTION\n");
}

TEST(RenderDoctor, ASilentFeedComesWithTheCommandThatShowsWhy) {
  EXPECT_EQ(
      Rendered("{\"sources\":[{\"source\":\"logs\",\"line\":\"logs: fine\"},"
               "{\"source\":\"kubernetes\",\"silent\":true,\"expected\":true,\"line\":"
               "\"kubernetes: quiet\",\"acceptedLastHour\":12,\"accepted\":40,\"unresolved\":10,"
               "\"clockSkewSeconds\":63,\"silentAfterSeconds\":900,"
               "\"dropped\":4,\"drops\":{\"drop_rule\":4},"
               "\"rejected\":2,\"refusals\":{\"future_dated\":2}}]}",
               RenderDoctor),
      "ok       logs: fine\n"
      "         0 accepted in its last hour\n"
      "SILENT   kubernetes: quiet\n"
      "         12 accepted in its last hour, 75 % with a known service, its clock 1 min 3 s "
      "ahead, silent after 15 min\n"
      "         to see why: kubectl get events -A -w -o json | srehub ingest -\n"
      "         left out by its rules: drop_rule 4\n"
      "         refused: future_dated 2 (srehub rejects)\n");
}

TEST(RenderReceipt, CountsAndTheReasonsOfRefusals) {
  EXPECT_EQ(Rendered("{\"accepted\":2,\"duplicate\":1,\"rejected\":1,\"ignored\":0,\"errors\":[{"
                     "\"file\":\"a.json\",\"record\":3,\"reason\":\"bad_time\",\"field\":\"/ts\","
                     "\"message\":\"no\\ntime\"}]}",
                     RenderReceipt),
            "2 accepted, 1 known already, 1 refused.\n"
            "FILE    RECORD  REASON    FIELD  MESSAGE\n"
            "a.json       3  bad_time  /ts    no\\ntime\n");
}

// Every renderer, over an answer whose every text is hostile and over one that has nothing.
TEST(EveryRenderer, LetsNoControlCharacterThroughAndNeverFails) {
  const std::string evil = "\\u001b]0;x\\u0007\\r\\u202e";
  std::string row = "{";
  for (const char* key :
       {"serviceId",   "eventType", "incidentId",    "title",       "severity", "state",
        "kind",        "phase",     "object",        "traceId",     "status",   "run",
        "workflow",    "actor",     "environment",   "version",     "verdict",  "reason",
        "firstOffset", "id",        "why",           "text",        "command",  "risk",
        "undo",        "link",      "expected",      "source",      "format",   "line",
        "message",     "field",     "payload",       "file",        "what",     "stored",
        "recounted",   "day",       "worstSeverity", "maxSeverity", "by",       "alias",
        "name",        "value",     "rule",          "summary",     "note",     "cursor"})
    row += "\"" + std::string(key) + "\":\"" + evil + "\",";
  row += "\"silent\":true,\"rejected\":1,\"inferred\":true";
  std::string answer = row;
  for (const char* key :
       {"events",   "stillOpen", "siblings",     "incidents", "episodes",  "samples",
        "actions",  "evidence",  "steps",        "types",     "elsewhere", "otherDeploys",
        "services", "deploys",   "sources",      "rejects",   "silences",  "differences",
        "errors",   "records",   "observations", "fields",    "refusals",  "byService",
        "lastDays", "terms"})
    answer += ",\"" + std::string(key) + "\":[" + row + "}]";
  for (const char* key : {"deploy", "previousGood", "incident", "whyNot", "suspectedDeploy"})
    answer += ",\"" + std::string(key) + "\":" + row + "}";
  answer += ",\"recommendations\":" + row + ",\"actions\":[" + row + ",\"evidence\":[" + row +
            "}],\"steps\":[" + row + "}]}]}";
  answer += ",\"notes\":[\"" + evil + "\"],\"notices\":[\"" + evil + "\"],\"truncated\":true}";
  for (const Renderer renderer :
       {RenderEvents, RenderTop, RenderIncident, RenderActions, RenderCorrelation, RenderTally,
        RenderServices, RenderDeploys, RenderTypes, RenderSources, RenderDoctor, RenderReceipt,
        RenderRejects, RenderSilences, RenderVerify, RenderExplanation, RenderPlain,
        RenderStreamRow}) {
    const std::string text = Rendered(answer, renderer);
    EXPECT_FALSE(text.empty());
    for (const char c : text) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
    for (const std::string_view nothing :
         {"{}", "{\"events\":5,\"incidents\":{},\"sources\":null}"})
      Rendered(nothing, renderer);
  }
}

}  // namespace
}  // namespace srehub::cli
