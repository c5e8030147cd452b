"""Compares a hub's answers with the reference; a list of differences, empty when all is equal."""
import collections
import re
import time
import urllib.parse

SCORE_TOLERANCE = 0.005  # shown scores are sums of rounded terms
MINED = re.compile(r"^Log[A-Z].*[0-9a-f]{6}$")
SETTLE_SECONDS_MAX = 30


def shown_type(event_type):
    return "Log*" if MINED.match(event_type) else event_type


def nanos(text):
    from expected.records import instant
    return instant(text)


def quote(part):
    return urllib.parse.quote(part, safe="")


class Checker:
    def __init__(self, hub, expected):
        self.hub = hub
        self.expected = expected
        self.differences = []

    def expect(self, what, wanted, got):
        if wanted != got:
            self.differences.append(f"{what}: expected {wanted}, got {got}")

    def run(self):
        for service, wanted in self.expected["q1"].items():
            self.timeline(service, wanted)
        self.top(self.expected["q2"])
        for service, wanted in self.expected["q3"].items():
            self.recommendations(service, wanted)
        for run, wanted in self.expected["q4"].items():
            self.correlation(run, wanted)
        self.tally(self.expected["q5"])
        return self.differences

    def timeline(self, service, wanted):
        events, cursor = [], ""
        while True:
            answer = self.hub.json(f"/api/v1/services/{quote(service)}/events?since=15m&limit=1000"
                                   f"&exact=true&expand=true{cursor}")
            events += answer["events"]
            if not answer.get("cursor"):
                break
            cursor = "&cursor=" + quote(answer["cursor"])
        got = sorted([nanos(e["timestamp"]), shown_type(e["eventType"]), e["severity"], e["phase"]]
                     for e in events)
        self.expect(f"Q1 {service}: number of events", len(wanted["events"]), len(got))
        missing = collections.Counter(map(tuple, wanted["events"]))
        missing.subtract(map(tuple, got))
        self.expect(f"Q1 {service}: events", {}, {k: n for k, n in missing.items() if n})
        self.expect(f"Q1 {service}: still open", wanted["stillOpen"], len(answer["stillOpen"]))

    def top(self, wanted):
        rows = self.hub.json("/api/v1/incidents/top")["incidents"]
        self.expect("Q2: rows", len(wanted), len(rows))
        for place, (want, row) in enumerate(zip(wanted, rows), 1):
            if abs(want["score"] - row["score"]) > SCORE_TOLERANCE:
                self.expect(f"Q2 place {place}: score", want["score"], row["score"])
        # Rows that tie with the last one may be others of the same score.
        floor = (wanted[-1]["score"] if len(wanted) == 10 else -1) + SCORE_TOLERANCE
        names = [sorted((r["serviceId"], shown_type(r["eventType"])) for r in list_
                        if r["score"] > floor) for list_ in (wanted, rows)]
        self.expect("Q2: incidents", *names)

    def recommendations(self, service, wanted):
        """Refreshed in the background: given a while to come to rest."""
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        while True:
            item = self.hub.json(f"/api/v1/services/{quote(service)}/recommendations")
            item = item["recommendations"]
            got = [shown_type(i.split("#", 1)[1]) for i in item["openIncidents"]]
            if sorted(got) == sorted(wanted["open"]) or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        self.expect(f"Q3 {service}: open incidents", sorted(wanted["open"]), sorted(got))
        self.expect(f"Q3 {service}: has actions", True, len(item["actions"]) > 0)

    def correlation(self, run, wanted):
        answer = self.hub.json(f"/api/v1/deploys/{quote(run)}/correlation?exact=true")
        deploy = answer["deploy"]
        self.expect(f"Q4 {run}: service", wanted["serviceId"], deploy["serviceId"])
        self.expect(f"Q4 {run}: status", "failure", deploy["status"])
        for key in ("startedAt", "finishedAt"):
            self.expect(f"Q4 {run}: {key}", wanted[key], nanos(deploy[key]))
        window, before = collections.Counter(), collections.Counter()
        for row in answer["types"]:
            window[shown_type(row["eventType"])] += row["windowCount"]
            before[shown_type(row["eventType"])] += row["before"]["count"]
        for what, want, got in (("in the window", wanted["windowCount"], window),
                                ("before", wanted["before"], before)):
            self.expect(f"Q4 {run}: counts {what}", {k: n for k, n in want.items() if n},
                        {k: n for k, n in got.items() if n})

    def tally(self, wanted):
        answer = self.hub.json("/api/v1/tally?tz=UTC")
        got = {"count": answer["count"], "high": answer["bySeverity"]["high"],
               "critical": answer["bySeverity"]["critical"], "carriedOver": answer["carriedOver"],
               "byService": {r["serviceId"]: r["count"] for r in answer["byService"]}}
        for key in wanted:
            self.expect(f"Q5: {key}", wanted[key], got[key])
