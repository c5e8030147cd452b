"""The real Prometheus and the real Alertmanager, both pointed at one hub.

One story is played in real time: fire, resend, resolve, flap, and a Prometheus that is killed. What
takes longer than a test may is then replayed from the captured bodies under a clock of its own.
"""
import json
import math

import pytest

import srehub
from alerting import Capture, Metrics, start_alertmanager, start_prometheus
from payloads import after, parse, rfc3339

ERRORS, BACKLOG, STUCK = ("checkout-api#HighErrorRate", "queue-api#QueueBacklog",
                          "mailer-api#MailerStuck")
RULES = [("HighErrorRate", "app_errors > 5", "critical", "checkout-api"),
         ("QueueBacklog", "app_queue > 10", "warning", "queue-api"),
         ("MailerStuck", "app_stuck > 0", "page", "mailer-api")]
DIRECT, WEBHOOK = "/api/v2/alerts", "/hook"
SOON = 30


class Story:
    """What happened, in the order in which it did, and what the hub said then."""

    def __init__(self, hub, metrics, capture):
        self.hub, self.metrics, self.capture = hub, metrics, capture
        self.seen = {}

    def state(self, incident_id):
        reply = self.hub.request("GET", "/api/v1/incidents/" + incident_id.replace("#", "%23"))
        return reply.json()["incident"] if reply.status == 200 else None

    def await_state(self, incident_id, *states, seconds=SOON):
        def there():
            row = self.state(incident_id)
            return row if row and row["state"] in states else None
        return srehub.wait_for(f"{incident_id} is {' or '.join(states)}", there, seconds)

    def await_resends(self, path, name, count):
        begin = len(self.statements(path, name))
        srehub.wait_for(f"{count} more {name} on {path}",
                        lambda: len(self.statements(path, name)) >= begin + count, SOON)

    def statements(self, path, name):
        return [a for _, a in alerts_in(self.capture.of(path))
                if a["labels"]["alertname"] == name]

    def await_resolutions(self, count):
        """Until Alertmanager has said of so many lives that they are over."""
        srehub.wait_for(f"Alertmanager's resolution {count}", lambda: len(
            {a["startsAt"] for a in self.statements(WEBHOOK, "HighErrorRate")
             if a["status"] == "resolved"}) == count, SOON)

    def play(self, prometheus):
        self.metrics.set(app_errors=9)
        self.seen["fired"] = self.await_state(ERRORS, "open")
        self.metrics.set(app_queue=50)
        self.await_state(BACKLOG, "open")
        # Both feeds say it again, and again.
        self.await_resends(DIRECT, "HighErrorRate", 2)
        self.await_resends(WEBHOOK, "HighErrorRate", 2)
        self.seen["resent"] = self.state(ERRORS)
        self.seen["timeline"] = self.hub.events("checkout-api")
        self.metrics.set(app_errors=0)
        self.seen["resolved"] = self.await_state(ERRORS, "resolved")
        self.await_resolutions(1)
        for lives in (2, 3):  # two more times on and off
            self.metrics.set(app_errors=9)
            self.await_state(ERRORS, "open")
            # Alertmanager speaks later than Prometheus: each life is heard on both feeds.
            self.await_resends(WEBHOOK, "HighErrorRate", 1)
            self.metrics.set(app_errors=0)
            self.await_state(ERRORS, "resolved")
            self.await_resolutions(lives)
        self.seen["flapped"] = self.state(ERRORS)
        self.metrics.set(app_stuck=1)
        self.await_state("mailer-api#MailerStuck", "open")
        self.await_resends(WEBHOOK, "MailerStuck", 1)
        prometheus.kill()
        self.seen["queue"] = self.state(BACKLOG)
        # Alertmanager ends it for want of news; QueueBacklog is heard of on both feeds too.
        self.seen["ended"] = self.await_state(STUCK, "resolved", "assumed_ended", seconds=60)
        self.seen["sources"] = self.hub.get("/api/v1/sources")["sources"]
        self.seen["tally"] = self.hub.tally()


def alerts_in(deliveries):
    """(receipt in seconds since 1970, alert) of Prometheus' and of Alertmanager's bodies."""
    for received, _, body in deliveries:
        value = json.loads(body)
        for alert in value["alerts"] if isinstance(value, dict) else value:
            yield received, alert


@pytest.fixture(scope="module")
def story(module_hubs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prometheus")
    hub = module_hubs()
    metrics, capture = Metrics(app_errors=0, app_queue=0, app_stuck=0), Capture()
    daemons = []
    try:
        alertmanager = start_alertmanager(
            folder, [f"http://127.0.0.1:{hub.port}/api/v1/ingest/alertmanager",
                     f"http://127.0.0.1:{capture.port}{WEBHOOK}"])
        daemons.append(alertmanager)
        prometheus = start_prometheus(folder, metrics.port,
                                      [hub.port, alertmanager.port, capture.port], RULES)
        daemons.append(prometheus)
        for daemon in daemons:
            daemon.await_ready()
        told = Story(hub, metrics, capture)
        told.play(prometheus)
        yield told
    finally:
        for daemon in daemons:
            daemon.kill()
        metrics.close()
        capture.close()


def test_an_alert_of_two_feeds_is_one_incident(story):
    assert story.seen["fired"]["severity"] == "critical"
    assert story.seen["fired"]["totalOccurrences"] == 1
    assert story.seen["resent"]["totalOccurrences"] == 1
    assert story.seen["resent"]["state"] == "open"
    formats = {s["format"] for s in story.seen["sources"] if s["source"] == "prometheus"}
    assert {"prometheus", "alertmanager"} <= formats


def test_q1_shows_both_feeds_as_one_line(story):
    lines = [e for e in story.seen["timeline"]["events"] if e["eventType"] == "HighErrorRate"]
    assert len(lines) == 1, lines
    assert set(lines[0]["carriers"]) == {"prometheus", "alertmanager"}
    assert lines[0]["occurrences"] == 1


def test_the_start_is_prometheus_own(story):
    starts = min(a["startsAt"] for a in story.statements(DIRECT, "HighErrorRate"))
    assert parse(story.seen["fired"]["openSince"]) == parse(starts)


def test_it_is_resolved_at_its_end(story):
    """Resolved in time: the hub knows the end that Prometheus said, within a few seconds."""
    begun = min(a["startsAt"] for a in story.statements(DIRECT, "HighErrorRate"))
    received, ended = next(
        (r, a["endsAt"]) for r, a in alerts_in(story.capture.of(DIRECT))
        if a["labels"]["alertname"] == "HighErrorRate" and a["startsAt"] == begun
        and parse(a["endsAt"]).timestamp() <= r)
    assert received - parse(ended).timestamp() < 5
    resolved = [e for e in story.hub.events("checkout-api", expand="true")["events"]
                if e["phase"] == "resolved"]
    assert parse(ended) in [parse(e["timestamp"]) for e in resolved]


def test_flapping_counts_each_opening_once(story):
    starts = {a["startsAt"] for a in story.statements(DIRECT, "HighErrorRate")}
    assert len(starts) == 3, "the flap was not a flap"
    assert story.seen["flapped"]["totalOccurrences"] == 3
    assert story.seen["flapped"]["state"] == "resolved"
    # All within one hold-down: one episode, so one incident recorded.
    rows = [r for r in story.seen["tally"]["incidents"]
            if r["incidentId"] == "checkout-api#HighErrorRate"]
    assert len(rows) == 1


def test_alertmanager_ends_what_prometheus_left(story):
    assert story.seen["queue"]["state"] == "open"
    assert story.seen["ended"]["totalOccurrences"] == 1


# --- replayed under a clock of its own ------------------------------------------------------------
def last_firing(story, name):
    """The last statement of Prometheus itself that the alert fires: (receipt, alert)."""
    return [(r, a) for r, a in alerts_in(story.capture.of(DIRECT))
            if a["labels"]["alertname"] == name and parse(a["endsAt"]).timestamp() > r][-1]


def five_minutes_up(time):
    return rfc3339(math.ceil(parse(time).timestamp() / 300) * 300)


def test_a_dead_prometheus_ends_its_alerts_within_five_minutes(story, hubs):
    """No Alertmanager beside it: only the expiry of the last resend is left."""
    received, alert = last_firing(story, "MailerStuck")
    ends = alert["endsAt"]
    hub = hubs(clock=rfc3339(received))
    hub.post(DIRECT, [alert])
    for clock in (rfc3339(received), ends):
        row = hub.restart(clock=clock).incident(STUCK)["incident"]
        assert row["state"] == "open", f"at {clock}, before {ends}"
    answer = hub.restart(clock=after(five_minutes_up(ends), seconds=1)).incident(STUCK)
    assert answer["incident"]["state"] != "open" and answer["openSignals"] == []
    # The hold-down over, what is left to say is that nobody said it ended.
    row = hub.restart(clock=after(five_minutes_up(ends), minutes=11)).incident(STUCK)["incident"]
    assert (row["state"], row["totalOccurrences"]) == ("assumed_ended", 1)
    assert (parse(five_minutes_up(ends)) - parse(ends)).total_seconds() <= 300
    # Asked about the moment at which it fired, the hub still says so.
    rows = hub.top(at=rfc3339(received))["incidents"]
    assert srehub.find(rows, incidentId=STUCK)["state"] == "open"


def test_firing_longer_than_retention_stays_open(story, hubs):
    """Prometheus resends it for three days; the events of its beginning are long gone."""
    received, alert = last_firing(story, "MailerStuck")
    begun = alert["startsAt"]
    hub = hubs(clock=rfc3339(received), args=["--retention", "1d"])
    hub.post(DIRECT, [alert])
    for hours in range(4, 73, 4):
        now = after(rfc3339(received), hours=hours)
        hub.restart(clock=now)
        resent = {**alert, "endsAt": after(now, seconds=240)}
        hub.post(DIRECT, [resent])
        row = hub.incident(STUCK)["incident"]
        assert (row["state"], row["totalOccurrences"]) == ("open", 1), f"after {hours} h"
        assert parse(row["openSince"]) == parse(begun)
    assert [r["incidentId"] for r in hub.top()["incidents"]] == [STUCK]


def test_an_alert_that_only_alertmanager_repeats_stays_open(story, hubs):
    """Its webhook gives no end while firing, and repeats every four hours."""
    received, body = next((r, json.loads(b)) for r, _, b in story.capture.of(WEBHOOK)
                          if "MailerStuck" in b.decode() and json.loads(b)["status"] == "firing")
    assert {a["endsAt"] for a in body["alerts"]} == {"0001-01-01T00:00:00Z"}
    hub = hubs(clock=rfc3339(received), args=["--retention", "1d"])
    for hours in range(0, 73, 4):
        hub.restart(clock=after(rfc3339(received), hours=hours))
        hub.ingest("alertmanager", body)
        row = hub.incident(STUCK)["incident"]
        assert (row["state"], row["totalOccurrences"]) == ("open", 1), f"after {hours} h"
    # And is assumed ended a day after the last word of it.
    hub.restart(clock=after(rfc3339(received), hours=72 + 25))
    assert hub.incident(STUCK)["incident"]["state"] == "assumed_ended"


def test_replaying_everything_twice_changes_nothing(story, hubs):
    """The whole story again from the captured bodies, shuffled, in one go and doubled."""
    deliveries = story.capture.of(DIRECT) + story.capture.of(WEBHOOK)
    end = max(r for r, _, _ in deliveries)
    hub = hubs(clock=rfc3339(end + 1))

    def feed(bodies):
        for _, path, body in bodies:
            hub.post(DIRECT if path == DIRECT else "/api/v1/ingest/alertmanager", body)
        return {i: hub.incident(i)["incident"]["totalOccurrences"] for i in (ERRORS, BACKLOG, STUCK)}

    once = feed(deliveries)
    assert feed(reversed(deliveries)) == once
    # What was an expiry ahead when it was received lies behind now, so lives that were told apart
    # by seconds may touch; each is still counted once at most.
    assert 1 <= once[ERRORS] <= 3
    assert (once[BACKLOG], once[STUCK]) == (1, 1)
