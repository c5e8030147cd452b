"""`top` reads a number of items that does not grow with the number of incidents.

COUNTS sets the sizes (1000,10000 by default; `./test long flat-reads` goes to 100,000).
"""
import os
import random
import time

import pytest

import srehub
from payloads import after, rfc3339

COUNTS = [int(n) for n in os.environ.get("COUNTS", "1000,10000").split(",")]
NOW = "2025-08-26T14:10:00Z"
SLACK = 40  # items: two chunks of the index and the rows' own look-ups
BATCH = 5000
TYPES = 10  # per service


def feed(hub, records):
    for at in range(0, len(records), BATCH):
        receipt = hub.post("/api/v1/events", records[at:at + BATCH])
        assert receipt["rejected"] == 0, receipt["errors"][:3]


def spread(count, seed=1):
    """`count` incidents over the last three hours, of all severities, with few that are hot."""
    chance = random.Random(seed)
    records = []
    for n in range(count):
        severity = chance.choices(["critical", "high", "medium", "low"], [1, 5, 60, 34])[0]
        minutes = chance.uniform(20, 170)
        records.append({"serviceId": f"flat-{n // TYPES}-x", "eventType": f"Type{n % TYPES}",
                        "severity": severity, "timestamp": after(NOW, minutes=-minutes),
                        "eventId": f"{n:016x}"})
    for n in range(30):  # what the ten are chosen among
        for k in range(1 + n % 7):
            records.append({"serviceId": f"hot-{n}-x", "eventType": "Hot", "severity": "critical",
                            "timestamp": after(NOW, seconds=-10 * n - k), "eventId":
                            f"f{n:07x}{k:08x}"})
    return records


def signal(n, phase, time_, severity="critical"):
    return {"serviceId": f"storm-{n // TYPES}-x", "eventType": f"Storm{n % TYPES}",
            "severity": severity, "phase": phase, "signal": f"storm-{n}", "timestamp": time_,
            "source": "cloudwatch", "eventId": f"{'e' if phase == 'firing' else 'd'}{n:015x}"}


def read_items(hub, **params):
    answer = hub.top(**params)
    assert not answer["truncated"]
    return answer["read"]["items"], [r["incidentId"] for r in answer["incidents"]]


def brute_force(hub, count=10):
    """The same order from every incident, asked one by one."""
    rows, cursor = [], None
    while True:
        page = hub.get("/api/v1/services", limit=1000, cursor=cursor)
        for service in page["services"]:
            rows += hub.top(service=service["serviceId"], limit=100)["incidents"]
        cursor = page.get("cursor")
        if not page["truncated"]:
            break
    rows.sort(key=lambda r: (-r["score"], r["incidentId"]))
    return [r["incidentId"] for r in rows[:count]]


def test_reads_do_not_grow(hubs):
    seen = {}
    for count in COUNTS:
        hub = hubs(clock=NOW)
        began = time.monotonic()
        feed(hub, spread(count))
        fed = time.monotonic() - began
        began = time.monotonic()
        items, ids = read_items(hub)
        asked = time.monotonic() - began
        seen[count] = items
        print(f"{count} incidents: {items} items read; fed in {fed:.1f} s, asked in "
              f"{asked * 1000:.1f} ms")
        assert len(ids) == 10
        if count == COUNTS[0]:
            assert ids == brute_force(hub)
        hub.stop()
    assert max(seen.values()) - min(seen.values()) <= SLACK, seen
    assert max(seen.values()) <= 500, seen


def test_equal_scores_are_told_apart_without_reading_them_all(hubs):
    """Everything fails alike in one minute: ranked by id, from the head of the index."""
    seen = {}
    for count in COUNTS:
        hub = hubs(clock=NOW)
        feed(hub, [{"serviceId": f"equal-{n // TYPES:05}-x", "eventType": f"Type{n % TYPES}",
                    "severity": "high", "timestamp": after(NOW, minutes=-3),
                    "eventId": f"c{n:015x}"} for n in range(count)])
        items, ids = read_items(hub)
        assert ids == [f"equal-00000-x#Type{n}" for n in range(10)]
        seen[count] = items
        hub.stop()
    print(f"equal scores: {seen}")
    assert max(seen.values()) - min(seen.values()) <= SLACK, seen


@pytest.fixture
def stormy(hubs):
    """A hub with 1,000 incidents and a storm's worth of further ones that fire."""
    hub = hubs(clock=NOW)
    feed(hub, spread(1000))
    quiet = read_items(hub)
    storm = COUNTS[-1] if COUNTS[-1] <= 10_000 else 10_000
    feed(hub, [signal(n, "firing", after(NOW, minutes=-8)) for n in range(storm)])
    return hub, storm, quiet


def await_flat(hub, quiet, what):
    """Exact at any time; flat again once the sweeper has passed, and how long that took."""
    items, ids = read_items_or_truncated(hub)
    assert ids == quiet[1], what
    began = time.monotonic()
    flat = srehub.wait_for(f"flat after {what}", lambda: read_items_or_truncated(hub)[0]
                           <= quiet[0] + SLACK, 120, every=0.1)
    print(f"{what}: {items} items at once, flat again after {time.monotonic() - began:.1f} s")
    assert flat
    items, ids = read_items(hub)
    assert ids == quiet[1], what


def read_items_or_truncated(hub):
    answer = hub.top()
    return answer["read"]["items"], [r["incidentId"] for r in answer["incidents"]]


def test_after_a_storm_was_resolved(stormy):
    hub, storm, quiet = stormy
    assert read_items(hub)[1] != quiet[1], "the storm is not on top"
    feed(hub, [signal(n, "resolved", after(NOW, minutes=-1), "info") for n in range(storm)])
    await_flat(hub, quiet, f"{storm} resolved")


def test_after_a_storm_was_silenced(stormy):
    hub, storm, quiet = stormy
    for type_ in range(TYPES):
        hub.post("/api/v1/silences", {"eventType": f"Storm{type_}", "for": "2h", "why": "test"}, 201)
    await_flat(hub, quiet, f"{storm} silenced")


def test_after_a_storm_expired(stormy, hubs):
    """CloudWatch repeats nothing: a day after its last statement an alarm is assumed ended."""
    hub, storm, _ = stormy
    later = after(NOW, hours=24, minutes=1)
    hub.restart(clock=later)
    feed(hub, [{**r, "timestamp": shifted(r["timestamp"]), "serviceId": "new-" + r["serviceId"]}
               for r in spread(300, seed=2)])
    answer = hub.top()
    assert all(r["state"] != "open" for r in answer["incidents"])
    quiet = hubs(clock=later)
    feed(quiet, [{**r, "timestamp": shifted(r["timestamp"]), "serviceId": "new-" + r["serviceId"]}
                 for r in spread(300, seed=2)])
    await_flat(hub, read_items(quiet), f"{storm} expired")


def shifted(time_):
    return after(rfc3339(time_), hours=24)
