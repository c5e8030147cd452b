"""Configured sources: what a delivery must prove, what is left out, and how they are told of."""
import hashlib
import hmac
import json
import pathlib
import subprocess
import time

import pytest

import srehub

OLD, NEW = "old-secret-0123456789", "new-secret-0123456789"
ADMIN = "admin-secret-for-the-tests-0123456789"
BOUND = "bound-secret-for-the-tests-0123456789"

CONFIG = """
tokens:
- {name: admin, scopes: [admin], token_file: admin}
- {name: bound, scopes: [ingest], sources: [plain], token_file: bound}
rules: rules
sources:
  plain: {format: logs, min_severity: high, drop: [{service: noisy-*}, {text: healthcheck}]}
  gh: {format: cicd, scheme: github, secret_files: [old, new]}
  gl: {format: cicd, scheme: gitlab, secret_files: [old, new]}
  cci: {format: cicd, scheme: circleci, secret_files: [new]}
  own: {format: logs, scheme: generic, secret_files: [old, new], silent_after: 1h}
  carrier: {format: logs, scheme: bearer, secret_files: [new]}
  pager: {format: mapped}
"""
RULES = """
mappings:
  - name: pager
    source: prometheus
    match: {/event/kind: [triggered, resolved]}
    service: /event/service
    type: PagerIncident
    severity: /event/urgency
    severities: {high: critical, low: medium}
    timestamp: /event/at
    id: /event/id
    phase: /event/kind
    phases: {triggered: firing}
    signal: /event/incident
    title: /event/title
    link: /event/url
"""


def stamp():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@pytest.fixture
def hub(hubs, tmp_path):
    for name, text in (("admin", ADMIN), ("bound", BOUND), ("old", OLD), ("new", NEW),
                       ("srehub.yaml", CONFIG), ("rules/m.yaml", RULES)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    config = CONFIG.replace("rules: rules", f"rules: {tmp_path}/rules")
    (tmp_path / "srehub.yaml").write_text(config)
    return hubs.make(args=["--config", str(tmp_path / "srehub.yaml")]).start()


def digest(secret, text):
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def run_body(n):
    return json.dumps({"workflow": "Deploy Checkout", "status": "failure", "run_id": n,
                       "updated_at": stamp()}).encode()


def log_body(service="auth-service", level="ERROR", message="broken"):
    return json.dumps({"timestamp": stamp(), "level": level, "service": service,
                       "message": message}).encode()


def post(hub, name, body, **headers):
    return hub.request("POST", f"/api/v1/ingest/{name}", body,
                       {"Content-Type": "application/json",
                        **{k.replace("_", "-"): v for k, v in headers.items()}})


def test_every_scheme_and_both_secrets(hub):
    for n, secret in enumerate((OLD, NEW)):
        body = run_body(n)
        assert post(hub, "gh", body,
                    X_Hub_Signature_256="sha256=" + digest(secret, body)).status == 200
        body = run_body(10 + n)
        assert post(hub, "gl", body, X_Gitlab_Token=secret).status == 200
    body = run_body(20)
    assert post(hub, "cci", body, circleci_signature="v1=" + digest(NEW, body)).status == 200
    assert post(hub, "cci", body, circleci_signature="v1=" + digest(OLD, body)).status == 401
    assert post(hub, "carrier", log_body(), Authorization="Bearer " + NEW).status == 200
    assert post(hub, "carrier", log_body(), Authorization="Bearer " + OLD).status == 401
    body, seconds = log_body(), str(int(time.time()))
    signature = "v1=" + digest(NEW, seconds.encode() + b"." + body)
    assert post(hub, "own", body, X_Srehub_Timestamp=seconds,
                X_Srehub_Signature=signature).status == 200
    late = str(int(time.time()) - 400)
    signature = "v1=" + digest(NEW, late.encode() + b"." + body)
    assert post(hub, "own", body, X_Srehub_Timestamp=late,
                X_Srehub_Signature=signature).status == 401


def test_unsigned_is_refused_whoever_asks(hub):
    answers = set()
    for name in ("gh", "gl", "cci", "own", "carrier"):
        for headers in ({}, {"Authorization": "Bearer " + ADMIN}):
            reply = post(hub, name, log_body(), **headers)
            assert reply.status == 401, (name, reply)
            answers.add(reply.json()["detail"])
    assert len(answers) == 1, answers
    # Without secrets a token is asked for, and one may be bound to the source.
    assert post(hub, "plain", log_body()).status == 401
    assert post(hub, "plain", log_body(), Authorization="Bearer " + BOUND).status == 200
    assert post(hub, "logs", log_body(), Authorization="Bearer " + BOUND).status == 403


def test_what_is_left_out_is_counted(hub):
    hub.token = ADMIN
    body = b"\n".join([log_body(), log_body(message="quiet", level="INFO"),
                       log_body("noisy-api", message="noise"), log_body(message="a HealthCheck"),
                       b'{"level":"error"}'])
    receipt = post(hub, "plain", body).json()
    sent = sum(receipt[k] for k in ("accepted", "duplicate", "rejected", "dropped"))
    assert (sent, receipt["accepted"], receipt["dropped"], receipt["rejected"]) == (5, 1, 3, 1)
    [row] = [s for s in hub.get("/api/v1/sources")["sources"] if s.get("feed") == "plain"]
    assert row["dropped"] == 3 and row["drops"] == {"below_min_severity": 1, "drop_rule": 2}, row
    metrics = hub.request("GET", "/metrics").body.decode()
    assert 'reason="drop_rule"} 2' in metrics and 'feed="plain"' in metrics, metrics
    assert 'result="dropped"} 3' in metrics


def test_a_mapping_of_the_users(hub, tmp_path):
    hub.token = ADMIN
    event = {"event": {"id": "e1", "kind": "triggered", "service": "checkout-api", "incident": 7,
                       "urgency": "high", "at": stamp(), "title": "Checkout is down",
                       "url": "https://pager.example/7"}}
    assert post(hub, "pager", json.dumps(event).encode()).json()["accepted"] == 1
    assert post(hub, "auto", json.dumps(event).encode()).json()["duplicate"] == 1
    [row] = hub.get("/api/v1/incidents/top")["incidents"]
    assert row["incidentId"] == "checkout-api#PagerIncident" and row["severity"] == "critical"
    event["event"].update(id="e2", kind="resolved", at=stamp())
    assert post(hub, "pager", json.dumps(event).encode()).json()["accepted"] == 1
    assert hub.get("/api/v1/incidents/top")["incidents"] == []
    (tmp_path / "event.json").write_text(json.dumps(event))
    done = subprocess.run([srehub.binary(), "explain", "--config", str(tmp_path / "srehub.yaml"),
                           str(tmp_path / "event.json")], capture_output=True,
                          env=srehub.environment())
    assert done.returncode == 0 and b"mapped" in done.stdout, done


def test_wiring_names_this_hub(hub):
    hub.token = ADMIN
    wiring = {w["name"]: w for w in hub.get("/api/v1/sources")["wiring"]}
    assert wiring["gh"]["url"] == f"http://127.0.0.1:{hub.port}/api/v1/ingest/gh"
    assert wiring["gh"]["proof"] == "signature: github"
    assert f"127.0.0.1:{hub.port}" in wiring["prometheus"]["snippet"]
    for one in wiring.values():
        assert "{" + "url}" not in one["snippet"] and ADMIN not in json.dumps(one), one


def test_secrets_stay_where_they_are(hub, tmp_path):
    hub.token = ADMIN
    post(hub, "gl", log_body(), X_Gitlab_Token=NEW)
    post(hub, "gl", b"{}", X_Gitlab_Token=NEW)
    shown = subprocess.run([srehub.binary(), "config", "print",
                            str(tmp_path / "srehub.yaml")], capture_output=True,
                           env=srehub.environment())
    assert shown.returncode == 0, shown
    everything = shown.stdout.decode() + pathlib.Path(hub.log_path).read_text()
    for path in ("/api/v1/sources", "/api/v1/rejects", "/metrics"):
        everything += hub.request("GET", path).body.decode()
    for secret in (OLD, NEW, ADMIN, BOUND):
        assert secret not in everything


def test_doctor(hub, tmp_path):
    """A configured source that never spoke fails the check; exit 1."""
    done = subprocess.run([srehub.binary(), "doctor", "-o", "table", "--server", f"http://127.0.0.1:{hub.port}"],
                          capture_output=True, env=srehub.environment(SREHUB_TOKEN=ADMIN))
    text = done.stdout.decode()
    assert done.returncode == 1 and "SILENT" in text and "own" in text, done
    assert "to see why:" in text, text


def test_a_configuration_that_is_wrong_is_refused(tmp_path):
    (tmp_path / "short").write_text("abc")
    for line in ("x: {format: logs, scheme: github}", "x: {scheme: github, secret_files: [short]}",
                 "x: {secret_files: [short]}", "x: {format: nothing}", "X Y: {format: logs}",
                 "x: {topic_arns: [arn]}", "x: {confirm: true}", "x: {secret: abc}",
                 "srehub: {format: logs}", "x: {min_severity: awful}", "x: {drop: [{}]}",
                 "logs: {format: logs}"):
        (tmp_path / "srehub.yaml").write_text(f"sources:\n  {line}\n")
        done = subprocess.run([srehub.binary(), "config", "check",
                               str(tmp_path / "srehub.yaml")], capture_output=True,
                              env=srehub.environment())
        assert done.returncode != 0, line
        assert b"srehub.yaml:2:" in done.stderr, (line, done.stderr)
