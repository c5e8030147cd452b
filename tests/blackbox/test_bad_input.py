"""What senders and askers get wrong: the exact answer to each, nothing lost, never a 5xx.

Ingest cases say how many records were sent and what became of them; every refused record must be in
the reject log with its reason.
"""
import gzip
import json
import random
import socket
import zlib

import pytest
import zstandard

import srehub
from payloads import after, alarm, alert, event, group, kubernetes_event, log, watch

NOW = "2025-08-26T14:10:00Z"
JSON = "application/json"


@pytest.fixture(scope="module")
def hub(module_hubs):
    made = module_hubs(clock=NOW)
    made.post("/api/v1/events", [event("known-api", "Known", NOW), event("other-api", "Known", NOW)])
    made.ingest("cicd", [
        {"workflow": "Deploy Known Api", "status": "failure", "run_id": 77, "updated_at": NOW},
        {"workflow": "Deploy Known Api", "status": "failure", "run_id": 78, "updated_at": NOW,
         "system": "one"},
        {"workflow": "Deploy Known Api", "status": "failure", "run_id": 78, "updated_at": NOW,
         "system": "two"}])
    yield made
    assert made.alive(), made.log()
    assert made.request("GET", "/-/healthy").status == 200


class Ingest:
    """One delivery and what must become of it."""

    def __init__(self, name, route, body, status, reason=None, sent=1, headers=None, **counts):
        self.name, self.route, self.status, self.reason = name, route, status, reason
        self.body, self.sent, self.headers = srehub.as_body(body), sent, headers or {}
        self.counts = {"accepted": 0, "duplicate": 0, "rejected": 0, "ignored": 0, **counts}


def refused(name, route, body, reason, **options):
    return Ingest(name, route, body, 422, reason, rejected=1, **options)


def taken(name, route, body, **options):
    return Ingest(name, route, body, 200, accepted=1, **options)


def unreadable(name, route, body, status=400, **options):
    return Ingest(name, route, body, status, sent=0, **options)


EVENTS, ALERTS = "/api/v1/events", "/api/v2/alerts"
K8S, CLOUD, CICD, GITHUB, LOGS, AM, AUTO = (
    f"/api/v1/ingest/{f}" for f in ("kubernetes", "cloudwatch", "cicd", "github", "logs",
                                    "alertmanager", "auto"))


def changed(record, **fields):
    return {**record, **fields}


GOOD = event("bad-input-api", "Odd", "2025-08-26T14:00:00Z")
K8S_GOOD = kubernetes_event("bad-api-6d4b75cb6d-hw8z9", "BackOff",
                            "Back-off restarting failed container", uid="bad-1", count=1,
                            first="2025-08-26T14:00:00Z", last="2025-08-26T14:00:00Z")
RUN = {"workflow": "Deploy Bad Api", "status": "failure", "run_id": 1,
       "updated_at": "2025-08-26T14:00:00Z"}
ALARM = alarm("HighCPU-BadApi", "ALARM", "2025-08-26T14:00:00Z")
LINE = log("bad-api", "it failed", "2025-08-26T14:00:00Z")
ALERT = alert("Bad", "bad-api", "2025-08-26T14:00:00Z", "2025-08-26T14:14:00Z")
WORKFLOW_RUN = {"action": "completed", "repository": {"full_name": "acme/bad", "name": "bad"},
                "workflow_run": {"id": 9, "name": "Deploy Bad Api", "status": "completed",
                                 "conclusion": "failure", "run_attempt": 1,
                                 "updated_at": "2025-08-26T14:00:00Z"}}
RUN_HEADERS = {"X-GitHub-Event": "workflow_run"}


def sns(**fields):
    return {"Type": "Notification", "MessageId": "m", "Message": json.dumps(ALARM),
            "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Timestamp": NOW, **fields}


def nested(depth):
    return b'{"serviceId":"deep-api","eventType":"T","timestamp":"' + NOW.encode() + \
        b'","details":{"a":' + b"[" * depth + b"]" * depth + b"}}"


def noise(size):
    """Bytes that do not pack: a large body that is no bomb."""
    return random.Random(1).randbytes(size)


BOMB = b'{"serviceId":"' + b"a" * (80 * 1024 * 1024) + b'"}'
AHEAD = after(NOW, minutes=11)

BODIES = [
    # --- the body as a whole ---
    unreadable("empty", EVENTS, b""),
    unreadable("blank", EVENTS, b" \r\n\t "),
    unreadable("no JSON", EVENTS, b"hello"),
    unreadable("cut object", EVENTS, b'{"serviceId":"a"'),
    unreadable("cut array", EVENTS, b'[{"serviceId":"a"},'),
    unreadable("single quotes", EVENTS, b"{'serviceId':'a'}"),
    unreadable("binary", EVENTS, noise(512)),
    unreadable("NaN", EVENTS, b'{"serviceId":"a-api","eventType":"T","x":NaN}'),
    unreadable("Infinity", LOGS, b'{"message":"a","x":-Infinity}'),
    unreadable("1e999", LOGS, b'{"message":"a","x":1e999}'),
    unreadable("trailing comma", LOGS, b'{"message":"a",}'),
    unreadable("comment", LOGS, b'{"message":"a" /* no */}'),
    unreadable("invalid UTF-8", LOGS, b'{"message":"\xff\xfe"}'),
    unreadable("overlong UTF-8", LOGS, b'{"message":"\xc0\xaf"}'),
    unreadable("raw control character", LOGS, b'{"message":"a\x01b"}'),
    unreadable("wrong content type", EVENTS, GOOD, 415, headers={"Content-Type": "text/xml"}),
    unreadable("form", EVENTS, b"serviceId=a", 415,
               headers={"Content-Type": "application/x-www-form-urlencoded"}),
    unreadable("alerts as text", ALERTS, [ALERT], 415, headers={"Content-Type": "text/xml"}),
    unreadable("unknown coding", EVENTS, GOOD, 415, headers={"Content-Encoding": "br"}),
    unreadable("two codings", EVENTS, gzip.compress(gzip.compress(b"{}")), 415,
               headers={"Content-Encoding": "gzip, gzip"}),
    unreadable("no gzip", EVENTS, GOOD, headers={"Content-Encoding": "gzip"}),
    unreadable("cut gzip", EVENTS, gzip.compress(noise(2000))[:-100],
               headers={"Content-Encoding": "gzip"}),
    unreadable("no zstd", EVENTS, GOOD, headers={"Content-Encoding": "zstd"}),
    unreadable("gzip bomb", EVENTS, gzip.compress(BOMB), 413, headers={"Content-Encoding": "gzip"}),
    unreadable("deflate bomb", EVENTS, zlib.compress(BOMB), 413,
               headers={"Content-Encoding": "deflate"}),
    unreadable("zstd bomb", EVENTS, zstandard.ZstdCompressor().compress(BOMB), 413,
               headers={"Content-Encoding": "zstd"}),
    unreadable("nested bomb", EVENTS, gzip.compress(gzip.compress(BOMB)), 400,
               headers={"Content-Encoding": "gzip"}),
    unreadable("too many bytes", EVENTS, noise(8 * 1024 * 1024 + 1), 413),
    unreadable("unknown format", "/api/v1/ingest/carrier-pigeon", {}, 404),
    unreadable("unknown parameter", EVENTS + "?sevice=a", GOOD, 400),

    # --- records among others ---
    Ingest("empty array", EVENTS, b"[]", 200, sent=0),
    Ingest("broken line between good ones", LOGS,
           json.dumps(log("lines-api", "one", NOW)).encode() + b"\n{broken\n" +
           json.dumps(log("lines-api", "two", NOW)).encode() + b"\n", 200, "malformed", sent=3,
           accepted=2, rejected=1),
    Ingest("invalid UTF-8 in one line", LOGS,
           json.dumps(log("lines-api", "three", NOW)).encode() + b'\n{"message":"\xff"}\n', 200,
           "malformed", sent=2, accepted=1, rejected=1),
    Ingest("good and bad records", EVENTS,
           [event("mixed-api", "T", NOW), {"serviceId": "mixed-api"}], 200, "missing_field",
           sent=2, accepted=1, rejected=1),
    Ingest("the same record in two deliveries", EVENTS,
           [event("known-api", "Known", NOW)], 200, duplicate=1),
    Ingest("a thousand refusals", EVENTS, [{"serviceId": "many-api"}] * 1000, 422, "missing_field",
           sent=1000, rejected=1000),

    # --- shapes ---
    refused("object without members", EVENTS, b"{}", "missing_field"),
    refused("a text", EVENTS, b'"text"', "wrong_shape"),
    refused("a number", EVENTS, b"42", "wrong_shape"),
    refused("null", EVENTS, b"null", "wrong_shape"),
    refused("array in an array", EVENTS, b"[[]]", "wrong_shape"),
    refused("duplicate key", EVENTS,
            b'{"serviceId":"a-api","serviceId":"b-api","eventType":"T"}', "duplicate_key"),
    refused("duplicate key deep inside", LOGS,
            b'{"message":"m","service":"dup-api","x":{"y":{"a":1,"a":2}}}', "duplicate_key"),
    refused("depth 65", EVENTS, nested(65), "too_deep"),
    refused("depth 100,000", EVENTS, nested(100_000), "too_deep"),
    refused("a record of 1 MiB", EVENTS, changed(GOOD, details={"x": "y" * 1024 * 1024}),
            "too_large"),
    taken("a million keys in little", LOGS,
          changed(log("keys-api", "many keys", NOW), **{f"k{n}": n for n in range(20_000)})),
    taken("NUL and line breaks", LOGS, log("nul-api", "a\0b\r\nc", NOW)),
    unreadable("2^64", LOGS, b'{"message":"big","service":"big-api","n":18446744073709551616}'),
    taken("bidirectional override", LOGS, log("bidi-api", "\u202egnp.exe", NOW)),

    # --- the unified schema, field by field ---
    refused("serviceId is a number", EVENTS, changed(GOOD, serviceId=1), "wrong_type"),
    refused("serviceId is empty", EVENTS, changed(GOOD, serviceId=""), "missing_field"),
    refused("serviceId is null", EVENTS, changed(GOOD, serviceId=None), "missing_field"),
    refused("eventType is an array", EVENTS, changed(GOOD, eventType=[]), "wrong_type"),
    refused("eventType is missing", EVENTS, {"serviceId": "a-api"}, "missing_field"),
    refused("eventType is long", EVENTS, changed(GOOD, eventType="T" * 200), "bad_value"),
    refused("timestamp is true", EVENTS, changed(GOOD, timestamp=True), "wrong_type"),
    refused("timestamp is a word", EVENTS, changed(GOOD, timestamp="yesterday"), "bad_time"),
    refused("timestamp is an object", EVENTS, changed(GOOD, timestamp={}), "wrong_type"),
    refused("severity is a number", EVENTS, changed(GOOD, severity=4), "wrong_type"),
    refused("source is unknown", EVENTS, changed(GOOD, source="email"), "bad_value"),
    refused("phase is unknown", EVENTS, changed(GOOD, phase="burning"), "bad_value"),
    refused("details is a text", EVENTS, changed(GOOD, details="text"), "wrong_type"),
    refused("seriesCount is 0", EVENTS, changed(GOOD, series="s", seriesCount=0), "bad_value"),
    refused("seriesCount is 2^31", EVENTS, changed(GOOD, series="s", seriesCount=2**31),
            "bad_value"),
    refused("seriesCount is a word", EVENTS, changed(GOOD, series="s", seriesCount="many"),
            "wrong_type"),
    refused("signal is an object", EVENTS, changed(GOOD, signal={}), "wrong_type"),
    refused("signal is long", EVENTS, changed(GOOD, signal="s" * 3000, phase="firing"),
            "too_large"),
    refused("deploy is a text", EVENTS, changed(GOOD, deploy="4821"), "wrong_type"),
    refused("deploy.status is unknown", EVENTS, changed(GOOD, deploy={"status": "maybe"}),
            "bad_value"),
    refused("eventId is an object", EVENTS, changed(GOOD, eventId={}), "wrong_type"),
    refused("untimed is a text", EVENTS, changed(GOOD, untimed="yes"), "wrong_type"),
    taken("severity of an unknown word", EVENTS,
          event("unknown-severity-api", "T", NOW, severity="catastrophic")),

    # --- times ---
    refused("year 0", EVENTS, changed(GOOD, timestamp="0000-01-01T00:00:00Z"), "expired"),
    refused("year 9999", EVENTS, changed(GOOD, timestamp="9999-12-31T23:59:59Z"), "future_dated"),
    refused("1969", EVENTS, changed(GOOD, timestamp="1969-12-31T23:59:59Z"), "expired"),
    refused("February 30", EVENTS, changed(GOOD, timestamp="2025-02-30T00:00:00Z"), "bad_time"),
    refused("11 min ahead", EVENTS, changed(GOOD, timestamp=AHEAD), "future_dated"),
    refused("a day ahead, in a log", LOGS, changed(LINE, timestamp=after(NOW, days=1)),
            "future_dated"),
    refused("an alarm of tomorrow", CLOUD, changed(ALARM, StateChangeTime=after(NOW, days=1)),
            "future_dated"),
    refused("a run of tomorrow", CICD, changed(RUN, updated_at=after(NOW, days=1)), "future_dated"),
    refused("15 days old", EVENTS, changed(GOOD, timestamp=after(NOW, days=-15)), "expired"),
    refused("15 days old, in a log", LOGS, changed(LINE, timestamp=after(NOW, days=-15)),
            "expired"),
    taken("10 min ahead", EVENTS, event("edge-api", "T", after(NOW, minutes=10))),
    taken("leap second", EVENTS, event("leap-api", "T", "2025-08-25T23:59:60Z")),
    taken("odd offset", EVENTS, event("offset-api", "T", "2025-08-25T14:00:00-23:59")),
    taken("no zone", LOGS, log("zone-api", "no zone", "2025-08-26 14:00:00,123")),
    taken("seconds", LOGS, log("s-api", "epoch", 1756216800) | {"timestamp": 1756216800}),
    taken("milliseconds", LOGS, log("ms-api", "epoch", 0) | {"timestamp": 1756216800000}),
    taken("nanoseconds", LOGS, log("ns-api", "epoch", 0) | {"timestamp": 1756216800000000000}),

    # --- Kubernetes ---
    refused("audit record", K8S, {"kind": "Event", "apiVersion": "audit.k8s.io/v1",
                                  "verb": "get", "auditID": "1"}, "wrong_shape"),
    Ingest("audit list", K8S, {"kind": "EventList", "apiVersion": "audit.k8s.io/v1",
                               "items": [{"verb": "get"}, {"verb": "list"}]}, 422, "wrong_shape",
           sent=2, rejected=2),
    Ingest("audit list, detected", AUTO, {"kind": "EventList", "apiVersion": "audit.k8s.io/v1",
                                          "items": [{"verb": "get"}]}, 422, "wrong_shape",
           rejected=1),
    refused("another kind", K8S, {"kind": "ConfigMap", "apiVersion": "v1"}, "wrong_shape"),
    refused("no involvedObject", K8S,
            {k: v for k, v in K8S_GOOD.items() if k != "involvedObject"}, "missing_field"),
    refused("involvedObject is a text", K8S, changed(K8S_GOOD, involvedObject="pod"),
            "wrong_type"),
    refused("no reason", K8S, changed(K8S_GOOD, reason=None), "missing_field"),
    refused("reason is a number", K8S, changed(K8S_GOOD, reason=5), "wrong_type"),
    refused("count is a text", K8S, changed(K8S_GOOD, count="many"), "wrong_type"),
    taken("count is negative, so at least 1", K8S, kubernetes_event(
        "negative-api-6d4b75cb6d-hw8z9", "BackOff", "Back-off restarting failed container",
        uid="negative", count=-3, first=NOW, last=NOW)),
    refused("lastTimestamp is a word", K8S, changed(K8S_GOOD, lastTimestamp="soon"), "bad_time"),
    refused("metadata is an array", K8S, changed(K8S_GOOD, metadata=[]), "wrong_type"),
    refused("watch of an unknown type", K8S, watch("RENAMED", K8S_GOOD), "bad_value"),
    refused("watch without an object", K8S, watch("ADDED", "pod"), "wrong_type"),
    Ingest("watch error", K8S, watch("ERROR", {"kind": "Status", "code": 410}), 200, ignored=1),
    Ingest("a bad item of a list", K8S,
           {"kind": "List", "apiVersion": "v1", "items": [
               kubernetes_event("list-api-6d4b75cb6d-hw8z9", "BackOff",
                                "Back-off restarting failed container", uid="list-1", count=1,
                                first=NOW, last=NOW), {"kind": "Event", "apiVersion": "v1"}]},
           200, "missing_field", sent=2, accepted=1, rejected=1),

    # --- CloudWatch ---
    refused("no alarm", CLOUD, {"hello": 1}, "unknown_shape"),
    refused("alarm without a name", CLOUD, changed(ALARM, AlarmName=None), "missing_field"),
    refused("unknown state", CLOUD, changed(ALARM, NewStateValue="Alarm"), "bad_value"),
    refused("state is a number", CLOUD, changed(ALARM, NewStateValue=1), "wrong_type"),
    refused("Trigger is a text", CLOUD, changed(ALARM, Trigger="cpu"), "wrong_type"),
    refused("time of a word", CLOUD, changed(ALARM, StateChangeTime="now"), "bad_time"),
    refused("SNS with no JSON inside", CLOUD, sns(Message="hello"), "unknown_shape"),
    refused("SNS around a list", CLOUD, sns(Message="[]"), "wrong_shape"),
    refused("SNS around a number", AUTO, sns(Message=7), "wrong_type"),
    Ingest("SNS confirmation", CLOUD,
           {"Type": "SubscriptionConfirmation", "MessageId": "m", "Token": "t",
            "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": "You have chosen to subscribe",
            "SubscribeURL": "http://169.254.169.254/latest/meta-data/", "Timestamp": NOW}, 200,
           ignored=1),

    # --- pipelines ---
    refused("run without a status", CICD, {"workflow": "Deploy X", "run_id": 1}, "missing_field"),
    refused("run without a name", CICD, {"status": "failure", "run_id": 1}, "missing_field"),
    refused("run_id is an object", CICD, changed(RUN, run_id={}), "wrong_type"),
    refused("attempt 0", CICD, changed(RUN, attempt=0), "bad_value"),
    refused("unknown kind", CICD, changed(RUN, kind="party"), "bad_value"),
    refused("workflow is a number", CICD, changed(RUN, workflow=3), "wrong_type"),
    refused("updated_at is a word", CICD, changed(RUN, updated_at="later"), "bad_time"),
    Ingest("GitHub ping", GITHUB, {"zen": "Keep it logically awesome.", "hook_id": 1}, 200,
           headers={"X-GitHub-Event": "ping"}, ignored=1),
    refused("GitHub run without an id", GITHUB,
            changed(WORKFLOW_RUN, workflow_run={"name": "Deploy", "status": "queued"}),
            "missing_field", headers=RUN_HEADERS),
    refused("GitHub conclusion is a number", GITHUB,
            changed(WORKFLOW_RUN, workflow_run=changed(WORKFLOW_RUN["workflow_run"],
                                                       conclusion=3)), "wrong_type",
            headers=RUN_HEADERS),
    refused("GitHub run is an array", GITHUB, changed(WORKFLOW_RUN, workflow_run=[]), "wrong_type",
            headers=RUN_HEADERS),

    # --- logs ---
    refused("log without a message", LOGS, {"level": "ERROR", "service": "a"}, "missing_field"),
    refused("log with a bad time only", LOGS, changed(LINE, timestamp="half past two"), "bad_time"),

    # --- alerts ---
    refused("alert without labels", ALERTS, [{"startsAt": NOW}], "missing_field"),
    refused("alert with empty labels", ALERTS, [changed(ALERT, labels={"a": ""})],
            "missing_field"),
    refused("label is a number", ALERTS, [changed(ALERT, labels={"alertname": 1})], "wrong_type"),
    refused("alert ends before it starts", ALERTS, [changed(ALERT, endsAt=after(NOW, hours=-3))],
            "bad_value"),
    refused("alert starts tomorrow", ALERTS, [changed(ALERT, startsAt=after(NOW, days=1),
                                                      endsAt=after(NOW, days=2))], "future_dated"),
    refused("webhook without alerts", AM, {"version": "4", "status": "firing"}, "missing_field"),
    refused("webhook alerts is a text", AM, changed(group("firing"), alerts="none"), "wrong_type"),
    refused("webhook alert is null", AM, group("firing", None), "wrong_shape"),
    refused("webhook alert is pending", AM, group("firing", changed(ALERT, status="pending")),
            "bad_value"),
    taken("webhook of Grafana", AM, group("firing", changed(ALERT, status="firing"), orgId=1)),
    Ingest("webhook with no alerts in it", AM, group("firing"), 200, ignored=1),

    # --- detection ---
    refused("unknown shape", AUTO, {"hello": "world"}, "unknown_shape"),
    refused("GitLab", AUTO, {"object_kind": "pipeline", "object_attributes": {}}, "missing_field"),
    Ingest("OTLP without a record", AUTO, {"resourceLogs": []}, 200, sent=0),
]


def reject_ids(hub):
    ids, cursor = {}, None
    while True:
        page = hub.get("/api/v1/rejects", limit=1000, cursor=cursor)
        ids.update({r["id"]: r for r in page["rejects"]})
        cursor = page.get("cursor")
        if not page["truncated"]:
            return ids


@pytest.mark.parametrize("case", BODIES, ids=[c.name for c in BODIES])
def test_delivery(hub, case):
    before = set(reject_ids(hub))
    reply = hub.request("POST", case.route, case.body, {"Content-Type": JSON, **case.headers})
    alerts = case.route == ALERTS
    # What stands in for an Alertmanager answers as one does: 400 and a text.
    assert reply.status == (400 if alerts and case.status == 422 else case.status), reply
    if case.status in (200, 422) and not alerts:
        receipt = reply.json()
        assert {k: receipt[k] for k in case.counts} == case.counts, reply
        assert sum(case.counts.values()) == case.sent, "the case itself is wrong"
        assert {e["reason"] for e in receipt["errors"]} == ({case.reason} if case.reason else set())
    elif case.status not in (200, 422) and not alerts:
        assert reply.content_type == "application/problem+json"
        assert reply.json()["status"] == case.status and reply.json()["detail"]
    new = [r for i, r in reject_ids(hub).items() if i not in before]
    assert len(new) == case.counts["rejected"]
    assert {r["reason"] for r in new} == ({case.reason} if case.reason else set())
    assert hub.alive()


def test_the_table_is_long_enough():
    assert len(BODIES) >= 60
    assert len({c.name for c in BODIES}) == len(BODIES)


# --- raw connections -----------------------------------------------------------------------------
HEAD = b"POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
RAW = {
    "chunk size is no number": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400),
    "chunk size overflows": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 17 +
                             b"\r\n{}\r\n0\r\n\r\n", 400),
    "length and chunks": (HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 400),
    "two lengths": (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    "signed length": (HEAD + b"Content-Length: +2\r\n\r\n{}", 400),
    "folded field": (HEAD + b"X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}", 400),
    "blank before the colon": (HEAD + b"Content-Length : 2\r\n\r\n{}", 400),
    "bare line feeds": (b"GET /api/v1/tally HTTP/1.1\nHost: 127.0.0.1\n\n", 400),
    "no Host": (b"GET /api/v1/tally HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET /api/v1/tally HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "another site's Host": (b"GET /api/v1/tally HTTP/1.1\r\nHost: evil.example\r\n"
                            b"Connection: close\r\n\r\n", 421),
    "HTTP/3.7": (b"GET / HTTP/3.7\r\nHost: 127.0.0.1\r\n\r\n", 505),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
    "head too large": (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: " + b"a" * 20_000 +
                       b"\r\n\r\n", 431),
    "length too large": (HEAD + b"Content-Length: 99999999999\r\n\r\n", 413),
}


@pytest.mark.parametrize("name", RAW)
def test_raw_request(hub, name):
    bytes_, status = RAW[name]
    with socket.create_connection(("127.0.0.1", hub.port), timeout=20) as sender:
        sender.sendall(bytes_)
        answer = b""
        try:
            while piece := sender.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer[:300]
    assert hub.alive()


# --- questions -----------------------------------------------------------------------------------
SERVICE = "/api/v1/services/known-api/events"
QUESTIONS = [
    (SERVICE + "?sevice=a", 400), (SERVICE + "?since=0m", 400), (SERVICE + "?since=ever", 400),
    (SERVICE + "?since=-5m", 400), (SERVICE + "?since=99999999999999d", 400),
    (SERVICE + "?from=2025-08-26T14:10:00Z&to=2025-08-26T14:00:00Z", 400),
    (SERVICE + "?since=5m&from=2025-08-26T14:00:00Z", 400),
    (SERVICE + "?at=2025-08-26T14:00:00Z&to=2025-08-26T14:00:00Z", 400),
    (SERVICE + "?at=2030-01-01T00:00:00Z", 400), (SERVICE + "?at=now", 400),
    (SERVICE + "?from=0000-01-01T00:00:00Z", 400), (SERVICE + "?to=9999-12-31T23:59:59Z", 400),
    (SERVICE + "?severity=urgent", 400), (SERVICE + "?source=email", 400),
    (SERVICE + "?limit=0", 400), (SERVICE + "?limit=1001", 400), (SERVICE + "?limit=ten", 400),
    (SERVICE + "?limit=-1", 400), (SERVICE + "?limit=1e3", 400),
    (SERVICE + "?limit=99999999999999999999", 400), (SERVICE + "?limit=5&limit=5", 400),
    (SERVICE + "?limit=", 400), (SERVICE + "?cursor=garbage", 400),
    (SERVICE + "?cursor=AAAAAAAA", 400), (SERVICE + "?exact=perhaps", 400),
    (SERVICE + "?text=" + "a" * 600, 400), (SERVICE + "?text=%ff", 400),
    (SERVICE + "?text=%00", 400), (SERVICE + "?text=%zz", 400),
    ("/api/v1/services/no-such-service/events", 404), ("/api/v1/services/%00/events", 404),
    ("/api/v1/services/%zz/events", 400), ("/api/v1/services/..%2f..%2fetc/events", 404),
    ("/api/v1/services//events", 404), ("/api/v1/services/" + "a" * 300 + "/events", 404),
    ("/api/v1/incidents/top?limit=101", 400), ("/api/v1/incidents/top?include=everything", 400),
    ("/api/v1/incidents/top?at=2030-01-01T00:00:00Z", 400),
    ("/api/v1/incidents/top?service=no-such-service", 404), ("/trending?limit=0", 400),
    ("/api/v1/incidents/known-api", 400), ("/api/v1/incidents/known-api%23Nothing", 404),
    ("/api/v1/incidents/%23", 400), ("/api/v1/services/nobody/recommendations", 404),
    ("/recommendations/nobody", 404), ("/api/v1/services/known-api/recommendations?x=1", 400),
    ("/api/v1/deploys/99999/correlation", 404), ("/api/v1/deploys/78/correlation", 409),
    ("/api/v1/services/other-api/correlation", 404), ("/api/v1/tally?tz=Mars/Base", 400),
    ("/api/v1/tally?tz=%2B99:00", 400), ("/api/v1/tally?day=2025-13-01", 400),
    ("/api/v1/tally?day=tomorrow", 400), ("/api/v1/tally?severity=low", 400),
    ("/api/v1/deploys?status=maybe", 400), ("/api/v1/types?service=nobody", 404),
    ("/api/v1/services?cursor=garbage", 400), ("/api/v1/sources?silentAfter=0s", 400),
    ("/api/v1/rejects?cursor=garbage", 400), ("/api/v1/rejects?limit=0", 400),
    ("/api/v1/nothing", 404), ("/etc/passwd", 404), ("/../../etc/passwd", 404),
]


@pytest.mark.parametrize("path,status", QUESTIONS, ids=[q[0][:80] for q in QUESTIONS])
def test_question(hub, path, status):
    reply = hub.request("GET", path)
    assert reply.status == status, reply
    assert reply.content_type == "application/problem+json"
    assert reply.json()["status"] == status and reply.json()["detail"]


METHODS = [("DELETE", "/api/v1/events", 405), ("GET", "/api/v1/ingest/auto", 405),
           ("PUT", "/api/v1/tally", 405), ("POST", "/api/v1/tally", 405),
           ("DELETE", "/api/v1/silences/none", 404)]


@pytest.mark.parametrize("method,path,status", METHODS)
def test_method(hub, method, path, status):
    reply = hub.request(method, path, b"{}" if method != "GET" else None, {"Content-Type": JSON})
    assert reply.status == status, reply


ACTS = [
    ("/api/v1/incidents/known-api%23Nothing/ack", {}, 404),
    ("/api/v1/incidents/known-api%23Known/ack", {"for": "soon"}, 400),
    ("/api/v1/incidents/known-api%23Known/ack", {"fro": "1h"}, 400),
    ("/api/v1/incidents/known-api%23Known/ack", [], 400),
    ("/api/v1/silences", {}, 400), ("/api/v1/silences", {"for": "1h"}, 400),
    ("/api/v1/silences", {"serviceId": "known-api"}, 400),
    ("/api/v1/silences", {"serviceId": 7, "for": "1h"}, 400),
    ("/api/v1/silences", {"serviceId": "known-api", "for": "-1h"}, 400),
    ("/api/v1/services/nobody/recommendations/outcomes", {"actionId": "a/b"}, 404),
    ("/api/v1/services/known-api/recommendations/outcomes", {"actionId": "a/b"}, 404),
    ("/api/v1/services/known-api/recommendations/outcomes", {}, 400),
]


@pytest.mark.parametrize("path,body,status", ACTS, ids=[f"{p} {b}" for p, b, _ in ACTS])
def test_act(hub, path, body, status):
    reply = hub.request("POST", path, json.dumps(body).encode(), {"Content-Type": JSON})
    assert reply.status == status, reply
    assert reply.content_type == "application/problem+json"


def test_the_nearest_names_are_said(hub):
    detail = hub.request("GET", "/api/v1/services/knwon-api/events").json()["detail"]
    assert "known-api" in detail
    detail = hub.request("GET", SERVICE + "?sevrity=high").json()["detail"]
    assert "severity" in detail


def test_the_command_line_reads_files_by_the_same_rules(tmp_path):
    """What a route refuses, `ingest FILE` refuses with the same reason."""
    file = tmp_path / "records.json"
    file.write_text("\n".join(json.dumps(r) for r in (
        event("cli-api", "T", NOW), {"serviceId": "cli-api"}, changed(GOOD, timestamp=AHEAD))))
    receipt = srehub.run_json("ingest", file, data=tmp_path / "data", clock=NOW)
    assert (receipt["accepted"], receipt["rejected"]) == (1, 2)
    rows = srehub.run_json("rejects", data=tmp_path / "data", clock=NOW)["rejects"]
    assert {r["reason"] for r in rows} == {"unknown_shape", "future_dated"}
    broken = tmp_path / "broken.json"
    broken.write_text("{broken")
    srehub.run("ingest", broken, data=tmp_path / "data", clock=NOW, expect=1)


def test_terminal_escapes_do_not_reach_the_terminal(tmp_path):
    file = tmp_path / "hostile.json"
    file.write_text(json.dumps(log("hostile-api", "\x1b]8;;http://x\x07link\x1b[31m\r\x9b2J\u202e", NOW)))
    srehub.run("ingest", file, data=tmp_path / "data", clock=NOW)
    shown = srehub.run("events", "hostile-api", "-o", "table", data=tmp_path / "data",
                       clock=NOW).out
    assert "link" in shown
    assert not [c for c in shown if c != "\n" and (ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0
                                                   or c in "\u202e\u202d")]
