"""The key figures of the five answers, from a workload's files alone."""
import collections

from .incidents import Incident
from .records import HIGH, CRITICAL, MINUTE, instant, read

WORDS = {1: "info", 2: "low", 3: "medium", 4: "high", 5: "critical"}
DAY = 24 * 60 * MINUTE
TOP = 10
OPEN_LISTED = 10  # incidents that one service's recommendations speak of
AHEAD = 10 * MINUTE


def shown_type(event_type):
    """Mined types carry a hash of their template, which is the hub's own business."""
    return "Log*" if event_type.startswith("Log*") else event_type


class Expected:
    """Call take() for every event, then answers()."""

    def __init__(self, now, ask):
        self.now = now
        self.ask = ask
        self.events = 0
        self.per_service = collections.Counter()
        self.incidents = collections.defaultdict(Incident)
        self.recent = collections.defaultdict(list)
        self.statements = collections.defaultdict(dict)  # run -> status -> time

    def take(self, fact):
        self.events += 1
        self.per_service[fact.service] += 1
        self.incidents[fact.service, fact.type].take(fact, closing=False)
        if fact.closes:
            self.incidents[fact.service, fact.closes].take(fact, closing=True)
        if fact.run in self.ask["runs"]:
            self.statements[fact.run][fact.type] = (fact.time, fact.service)
        window = self.now - 15 * MINUTE
        if fact.service in self.ask["services"] and window < fact.time <= self.now \
                and fact.kind != "refresh":
            self.recent[fact.service].append(
                [fact.time, shown_type(fact.type), WORDS[fact.severity], fact.phase])

    def answers(self):
        for incident in self.incidents.values():
            incident.finish()
        return {"events": self.events, "services": len(self.per_service),
                "q1": {s: self.timeline(s) for s in self.ask["services"]},
                "q2": self.top(), "q3": {s: self.going(s) for s in self.ask["services"]},
                "q4": {r: self.correlation(r) for r in self.ask["runs"]}, "q5": self.tally()}

    # Q1
    def timeline(self, service):
        still_open = 0
        for (of, _), incident in self.incidents.items():
            if of == service:
                still_open += sum(
                    1 for s in incident.all_intervals.values() for i in s
                    if i.start <= self.now - 15 * MINUTE and self.now < i.end)
        return {"events": sorted(self.recent[service]), "stillOpen": still_open}

    # Q2
    def ranked(self, service=None):
        rows = []
        for (of, event_type), incident in self.incidents.items():
            if service in (None, of) and incident.listed:
                state = incident.state(self.now)
                if state != "resolved":
                    rows.append((incident.score(self.now), of, shown_type(event_type), state))
        return sorted(rows, key=lambda row: (-row[0], row[1:]))

    def top(self):
        return [{"score": round(score, 6), "serviceId": service, "eventType": event_type,
                 "state": state} for score, service, event_type, state in self.ranked()[:TOP]]

    # Q3
    def going(self, service):
        names = [event_type for _, _, event_type, state in self.ranked(service)
                 if state in ("open", "active")]
        return {"open": names[:OPEN_LISTED]}

    # Q4
    def correlation(self, run):
        started, service = self.statements[run]["DeployStarted"]
        failed, _ = self.statements[run]["DeployFailed"]
        first = (started - 15 * MINUTE) // MINUTE
        last = (failed + 30 * MINUTE) // MINUTE
        pivot = started // MINUTE
        types = collections.Counter()
        before = collections.Counter()
        for (of, event_type), incident in self.incidents.items():
            if of != service or not incident.from_others:
                continue
            name = shown_type(event_type)
            types[name] += incident.active_between(first, last)
            before[name] += incident.active_between(pivot - 60, pivot - 1)
        return {"serviceId": service, "startedAt": started, "finishedAt": failed,
                "windowCount": {t: n for t, n in sorted(types.items()) if n or before[t]},
                "before": {t: before[t] for t, n in sorted(types.items()) if n or before[t]}}

    # Q5
    def tally(self):
        start = self.now // DAY * DAY
        counts = collections.Counter()
        by_service = collections.Counter()
        carried = 0
        for (service, _), incident in self.incidents.items():
            for episode in incident.episodes(self.now):
                if episode.first_high is None or episode.worst < HIGH:
                    continue
                first_high = episode.first_high * MINUTE
                if start <= first_high <= min(start + DAY - 1, self.now + AHEAD):
                    counts["critical" if episode.worst == CRITICAL else "high"] += 1
                    by_service[service] += 1
                elif first_high < start <= episode.last * MINUTE:
                    carried += 1
        return {"count": sum(counts.values()), "high": counts["high"],
                "critical": counts["critical"], "carriedOver": carried,
                "byService": dict(sorted(by_service.items()))}


def compute(directory, manifest):
    now = instant(manifest["end"])
    expected = Expected(now, manifest["ask"])
    for fact in read(directory, now):
        expected.take(fact)
    return expected.answers()
