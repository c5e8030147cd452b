"""Debian's amtool against the hub, as if it were an Alertmanager."""
import datetime
import json
import shutil
import subprocess

import pytest

import srehub


@pytest.fixture
def hub(hubs):
    return hubs.make().start()


def now(minutes=0):
    instant = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def alert(name, service, **labels):
    return {"labels": {"alertname": name, "service": service, "severity": "critical", **labels},
            "annotations": {"summary": f"{name} on {service}"}, "startsAt": now(-5),
            "endsAt": now(10), "generatorURL": "http://prometheus.example/graph"}


def amtool(hub, *arguments, code=0):
    program = shutil.which("amtool")
    assert program, "amtool is not installed; scripts/install_dependencies test does"
    done = subprocess.run([program, f"--alertmanager.url=http://127.0.0.1:{hub.port}", *arguments],
                          capture_output=True, timeout=30, env=srehub.environment(HOME="/nowhere"))
    assert done.returncode == code, (arguments, done)
    return (done.stdout + done.stderr).decode() if code else done.stdout.decode()


def query(hub, *arguments):
    return json.loads(amtool(hub, "alert", "query", "-o", "json", *arguments))


def names(alerts):
    return sorted(a["labels"]["alertname"] for a in alerts)


def test_alerts_are_listed_and_filtered(hub):
    hub.post("/api/v2/alerts", json.dumps([alert("HighErrorRate", "checkout-api"),
                                           alert("DiskFull", "orders-db", zone="b")]).encode())
    assert names(query(hub)) == ["DiskFull", "HighErrorRate"]
    assert names(query(hub, "alertname=DiskFull")) == ["DiskFull"]
    assert names(query(hub, "DiskFull")) == ["DiskFull"]
    assert names(query(hub, "service=~orders-.*")) == ["DiskFull"]
    assert names(query(hub, "zone!=b")) == ["HighErrorRate"]
    assert query(hub, "alertname=Nothing") == []
    assert query(hub, "--receiver=srehub") and query(hub, "--receiver=other") == []
    [found] = query(hub, "DiskFull")
    assert found["annotations"]["summary"] == "DiskFull on orders-db"
    assert found["status"]["state"] == "active"
    assert "DiskFull" in amtool(hub, "alert", "query", "-o", "extended")


def test_an_alarm_of_cloudwatch_is_listed_too(hub):
    hub.post("/api/v1/ingest/cloudwatch", {
        "AlarmName": "HighCPU-PaymentsAPI", "NewStateValue": "ALARM", "StateChangeTime": now(-3),
        "Trigger": {"MetricName": "CPUUtilization"}})
    [found] = query(hub, "service=payments-api")
    assert found["labels"]["alertname"] == "HighCPU"


def test_add(hub):
    """amtool writes the year 1 where it means: not set."""
    amtool(hub, "alert", "add", "alertname=Manual", "service=auth-service", "severity=critical",
           "--annotation=summary=by hand")
    [found] = query(hub, "Manual")
    assert found["annotations"]["summary"] == "by hand"
    assert found["startsAt"][:4] == now()[:4]
    [row] = hub.get("/api/v1/incidents/top")["incidents"]
    assert row["incidentId"] == "auth-service#Manual" and row["state"] == "open", row


def test_silences(hub):
    hub.post("/api/v2/alerts", json.dumps([alert("HighErrorRate", "checkout-api")]).encode())
    silence = amtool(hub, "silence", "add", "alertname=HighErrorRate", "service=checkout-api",
                     "--comment=deploying", "--author=ann", "--duration=2h").strip()
    assert silence
    [listed] = json.loads(amtool(hub, "silence", "query", "-o", "json"))
    assert listed["id"] == silence and listed["comment"] == "deploying"
    assert listed["createdBy"] == "ann" and listed["status"]["state"] == "active"
    assert {(m["name"], m["value"]) for m in listed["matchers"]} == {
        ("alertname", "HighErrorRate"), ("service", "checkout-api")}
    # The hub's own answers know it, and amtool shows the alert only when asked for.
    assert hub.get("/api/v1/silences")["silences"][0]["id"] == silence
    assert hub.get("/api/v1/incidents/top")["incidents"] == []
    assert query(hub) == []
    [suppressed] = query(hub, "--silenced")
    assert suppressed["status"] == {"inhibitedBy": [], "silencedBy": [silence],
                                    "state": "suppressed"} or \
        suppressed["status"]["silencedBy"] == [silence]
    assert json.loads(amtool(hub, "silence", "query", "-o", "json", "service=other")) == []
    amtool(hub, "silence", "expire", silence)
    assert json.loads(amtool(hub, "silence", "query", "-o", "json")) == []
    assert names(query(hub)) == ["HighErrorRate"]
    assert "404" in amtool(hub, "silence", "expire", silence, code=1)


def test_a_silence_that_the_hub_cannot_keep_is_refused(hub):
    for matcher in ("severity=critical", "service=~checkout-.*", "alertname!=Watchdog"):
        text = amtool(hub, "silence", "add", matcher, "--comment=x", "--author=ann", code=1)
        assert "400" in text, text
    reply = hub.request("POST", "/api/v2/silences", json.dumps({
        "matchers": [{"name": "severity", "value": "critical", "isRegex": False}],
        "startsAt": now(), "endsAt": now(60), "createdBy": "a", "comment": "c"}).encode(),
        {"Content-Type": "application/json"})
    assert reply.status == 400 and "alertname" in reply.json(), reply
    assert hub.get("/api/v1/silences")["silences"] == []


def test_the_rest_that_a_client_asks_for(hub):
    hub.post("/api/v2/alerts", json.dumps([alert("HighErrorRate", "checkout-api")]).encode())
    assert hub.get("/api/v2/receivers") == [{"name": "srehub"}]
    [group] = hub.get("/api/v2/alerts/groups")
    assert group["receiver"] == {"name": "srehub"} and names(group["alerts"]) == ["HighErrorRate"]
    assert "srehub" not in amtool(hub, "config", "show")
    assert hub.request("GET", "/api/v2/alerts?filter=%5B").status == 400
    assert hub.request("GET", "/api/v2/alerts?filter=a%3D~%28").status == 400
