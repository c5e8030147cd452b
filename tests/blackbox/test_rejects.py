"""The reject log: nothing refused is lost, and what time mends is taken in again."""
import pytest

import srehub
from payloads import after, event, log

NOW = "2025-08-26T14:10:00Z"
AHEAD = "2025-08-26T15:13:00Z"  # 63 minutes


@pytest.fixture
def hub(hubs):
    return hubs(clock=NOW)


def feed_ahead(hub):
    receipt = hub.ingest("logs", [log("clock-api", "disk is full", AHEAD),
                                  log("clock-api", "disk is full", NOW)])
    assert (receipt["accepted"], receipt["rejected"]) == (1, 1)
    (error,) = receipt["errors"]
    assert (error["record"], error["reason"]) == (0, "future_dated")
    return receipt


def test_what_is_future_dated_is_kept_and_named(hub):
    feed_ahead(hub)
    (row,) = hub.rejects()
    assert row["reason"] == "future_dated"
    assert row["receivedAt"] == NOW
    assert "disk is full" in row["payload"]
    source = srehub.find(hub.get("/api/v1/sources")["sources"], format="logs")
    assert source["refusals"] == {"future_dated": 1}
    assert source["maxAheadSeconds"] == 63 * 60
    # Every answer's source line says it.
    lines = [s["line"] for s in hub.events("clock-api")["sources"]]
    assert any("63 min" in line or "1 h 3 min" in line for line in lines), lines
    assert len(hub.events("clock-api")["events"]) == 1


def test_replay_takes_it_in_when_its_time_has_come(hub):
    feed_ahead(hub)
    assert hub.post("/api/v1/rejects/replay")["accepted"] == 0
    assert len(hub.rejects()) == 1, "still too early"
    hub.restart(clock=after(AHEAD, minutes=1))
    report = hub.post("/api/v1/rejects/replay")
    assert (report["tried"], report["accepted"]) == (1, 1)
    assert hub.rejects() == []
    times = [e["timestamp"] for e in hub.events("clock-api", since="2h")["events"]]
    assert times == [AHEAD, NOW]
    # A second delivery of the same records finds both known.
    again = hub.ingest("logs", [log("clock-api", "disk is full", AHEAD),
                                log("clock-api", "disk is full", NOW)])
    assert (again["accepted"], again["duplicate"]) == (0, 2)


def test_replay_on_the_command_line(hub):
    feed_ahead(hub)
    hub.stop()
    later = after(AHEAD, minutes=1)
    rows = srehub.run_json("rejects", data=hub.data, clock=later)["rejects"]
    assert [r["reason"] for r in rows] == ["future_dated"]
    report = srehub.run_json("rejects", "replay", data=hub.data, clock=later)
    assert (report["tried"], report["accepted"]) == (1, 1)
    assert srehub.run_json("rejects", data=hub.data, clock=later)["rejects"] == []


def test_what_is_still_refused_keeps_its_row(hub):
    hub.ingest("auto", {"weather": "storm"}, expect=422)
    (row,) = hub.rejects()
    assert row["reason"] == "unknown_shape"
    hub.restart(clock=after(NOW, hours=3))
    report = hub.post("/api/v1/rejects/replay")
    assert (report["tried"], report["accepted"], report["stillRefused"]) == (1, 0, 1)
    (kept,) = hub.rejects()
    assert (kept["id"], kept["receivedAt"]) == (row["id"], NOW)


def test_only_the_named_rows_are_replayed(hub):
    hub.ingest("logs", [log("clock-api", f"disk {n} is full", AHEAD) for n in range(3)], expect=422)
    ids = [r["id"] for r in hub.rejects()]
    hub.restart(clock=after(AHEAD, minutes=1))
    assert hub.post("/api/v1/rejects/replay", {"ids": ids[:1]})["accepted"] == 1
    assert [r["id"] for r in hub.rejects()] == ids[1:]


def test_expired_records_are_refused_as_such(hub):
    receipt = hub.post("/api/v1/events", [event("old-api", "Old", after(NOW, days=-15)),
                                          event("old-api", "New", after(NOW, days=-13))])
    assert (receipt["accepted"], receipt["rejected"]) == (1, 1)
    assert receipt["errors"][0]["reason"] == "expired"
    assert [r["reason"] for r in hub.rejects()] == ["expired"]


def test_distrusted_clocks_use_the_arrival(hubs, tmp_path):
    config = tmp_path / "srehub.yaml"
    config.write_text("sources:\n  logs: {trust_clock: false}\n")
    hub = hubs(clock=NOW, args=["--config", str(config)])
    receipt = hub.ingest("logs", log("clock-api", "disk is full", AHEAD))
    assert (receipt["accepted"], receipt["rejected"]) == (1, 0)
    (line,) = hub.events("clock-api")["events"]
    assert line["timestamp"] == NOW and line["untimed"] is True


def test_trusting_no_longer_takes_the_refused_in_at_their_first_receipt(hubs, tmp_path):
    """A mended configuration, then replay: the event is of the first receipt, not of now."""
    hub = hubs(clock=NOW)
    feed_ahead(hub)
    config = tmp_path / "srehub.yaml"
    config.write_text("sources:\n  logs: {trust_clock: false}\n")
    hub.args = ["--config", str(config)]
    later = after(NOW, minutes=20)
    hub.restart(clock=later)
    report = hub.post("/api/v1/rejects/replay")
    assert report["accepted"] == 1
    times = [e["timestamp"] for e in hub.events("clock-api", since="1h")["events"]]
    assert times == [NOW, NOW]


def test_many_rejects_come_in_pages(hub):
    bad = [{"serviceId": "a-api", "eventType": "T", "severity": 7, "timestamp": NOW}] * 25
    receipt = hub.post("/api/v1/events", bad, expect=422)
    assert receipt["rejected"] == 25
    first = hub.get("/api/v1/rejects", limit=10)
    assert len(first["rejects"]) == 10 and first["truncated"] and first["cursor"]
    second = hub.get("/api/v1/rejects", limit=10, cursor=first["cursor"])
    third = hub.get("/api/v1/rejects", limit=10, cursor=second["cursor"])
    ids = [r["id"] for page in (first, second, third) for r in page["rejects"]]
    assert len(ids) == len(set(ids)) == 25 and not third["truncated"]
