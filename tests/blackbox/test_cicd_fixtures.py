"""Others' own examples of what CI/CD tools send: each is taken in, or refused with a reason that the
documentation names; deploys have the status that their sender means."""
import collections
import copy
import json

import pytest

from others_examples import aws_examples, github_examples, moved

NOW = "2025-08-26T23:59:59Z"
DAY = "2025-08-26"
JSON = {"Content-Type": "application/json"}
OPTIONAL = "workflow_job,check_run,check_suite,status"

# Reasons that docs/senders names for payloads of these tools.
REASONS = {"unknown_shape", "wrong_shape", "expired", "future_dated", "missing_field", "wrong_type",
           "bad_value", "bad_time"}

TAKEN_OF_GITHUB = {"workflow_run", "deployment", "deployment_status", "release", "workflow_job",
                   "check_run", "check_suite", "status", "ping"}
# A release that is not published says nothing; so does a deployment that became inactive.
MAY_SAY_NOTHING = {"release", "deployment_status", "ping"}

# What EventBridge, SNS, CloudWatch and CloudWatch Logs send, by the name of the example.
TAKEN_OF_AWS = {
    "autoscaling-event-launch-successful.json": "events",
    "autoscaling-event-launch-unsuccessful.json": "events",
    "autoscaling-event-lifecycle-action.json": "events",
    "autoscaling-event-terminate-action.json": "events",
    "autoscaling-event-terminate-successful.json": "events",
    "autoscaling-event-terminate-unsuccessful.json": "events",
    "cloudwatch-alarm-sns-payload-multiple-metrics.json": "alarms",
    "cloudwatch-alarm-sns-payload-single-metric.json": "alarms",
    "cloudwatch-logs-event.json": "logs",
    "codebuild-phase-change.json": "runs",
    "codebuild-state-change.json": "runs",
    "codedeploy-deployment-event.json": "runs",
    "codedeploy-instance-event.json": "events",
    "codepipeline-action-execution-stage-change-event.json": "runs",
    "codepipeline-execution-stage-change-event.json": "runs",
    "codepipeline-execution-state-change-event.json": "runs",
    "ecr-image-push-event.json": "events",
    "ecr-image-scan-event.json": "events",
    "ecs-container-instance-state-change.json": "events",
}


@pytest.fixture(scope="module")
def hub(module_hubs):
    return module_hubs(clock=NOW)


@pytest.fixture(scope="module")
def long_hub(module_hubs):
    """Remembers as much as a hub may, on the day of the examples that carry packed times."""
    return module_hubs(clock="2015-08-30T00:00:00Z")


def post(hub, route, body, headers=None, query=""):
    """What became of a delivery: (outcome, receipt or None)."""
    reply = hub.request("POST", f"/api/v1/ingest/{route}{query}", body, {**JSON, **(headers or {})})
    assert reply.status in (200, 400, 422), f"{route}: {reply}\n{body[:400]}"
    if reply.status == 400:
        return "unreadable", None
    receipt = reply.json()
    for error in receipt["errors"]:
        assert error["reason"] in REASONS, error
        assert error["message"]
    if receipt["rejected"]:
        return "refused: " + receipt["errors"][0]["reason"], receipt
    if receipt["accepted"] + receipt["duplicate"]:
        return "taken", receipt
    return "says nothing", receipt


def show(capsys, title, table):
    """{row: Counter of outcomes} as a table, on the terminal even when the test passes."""
    columns = sorted({outcome for row in table.values() for outcome in row})
    with capsys.disabled():
        print(f"\n{title}")
        print(f"{'':<34}" + "".join(f"{column:>26}" for column in columns))
        for row in sorted(table):
            print(f"{row:<34}" + "".join(f"{table[row][column]:>26}" for column in columns))


@pytest.mark.parametrize("route", ["github", "auto", "auto, by shape"])
def test_every_github_example(hub, capsys, route):
    table = collections.defaultdict(collections.Counter)
    for event, number, payload in github_examples():
        body = moved(json.dumps(payload), DAY)
        headers = {} if route == "auto, by shape" else {
            "X-GitHub-Event": event, "X-GitHub-Delivery": f"{route}-{event}-{number}"}
        outcome, _ = post(hub, route.split(",")[0], body, headers, f"?include={OPTIONAL}")
        table[event if event in TAKEN_OF_GITHUB else "(other events)"][outcome] += 1
        if route == "auto, by shape":
            continue
        if event not in TAKEN_OF_GITHUB:
            assert outcome == "refused: unknown_shape", f"{event} {number}: {outcome}"
        elif event not in MAY_SAY_NOTHING:
            assert outcome == "taken", f"{event} {number}: {outcome}"
        else:
            assert outcome in ("taken", "says nothing"), f"{event} {number}: {outcome}"
    assert sum(sum(row.values()) for row in table.values()) == len(github_examples()) > 300
    assert table["workflow_run"]["taken"] == 5 and table["deployment_status"]["taken"] == 4
    assert table["release"]["taken"] == 3  # those that are published
    show(capsys, f"GitHub's examples through {route}", table)


def test_old_github_examples_are_refused_as_old(hub):
    """As they are, they tell of years that no hub keeps."""
    for event, number, payload in github_examples():
        if event in ("workflow_run", "deployment_status", "deployment"):
            outcome, _ = post(hub, "github", json.dumps(payload), {"X-GitHub-Event": event})
            assert outcome == "refused: expired", f"{event} {number}"


def test_noisy_events_must_be_asked_for(hub):
    seen = set()
    for event, _, payload in github_examples():
        if event in OPTIONAL.split(",") and event not in seen:
            seen.add(event)
            outcome, receipt = post(hub, "github", moved(json.dumps(payload), DAY),
                                    {"X-GitHub-Event": event})
            assert outcome == "refused: unknown_shape"
            assert f"?include={event}" in receipt["errors"][0]["message"]
    assert len(seen) == 4
    reply = hub.request("POST", "/api/v1/ingest/github?include=push", b"{}", JSON)
    assert reply.status == 400, reply


@pytest.mark.parametrize("route", ["aws", "auto"])
def test_every_aws_example(hub, capsys, route):
    table = collections.defaultdict(collections.Counter)
    for name, text in aws_examples().items():
        outcome, receipt = post(hub, route, moved(text, DAY))
        kind = TAKEN_OF_AWS.get(name, "(no event, log or alarm)")
        table[kind][outcome] += 1
        if kind in ("runs", "events", "alarms"):
            assert outcome == "taken", f"{name}: {outcome} {receipt and receipt['errors']}"
        elif kind == "logs":
            assert outcome == "refused: expired", f"{name}: its times are packed away: {outcome}"
    assert sum(sum(row.values()) for row in table.values()) == len(aws_examples()) > 90
    assert sum(table["runs"].values()) + sum(table["events"].values()) == 16
    show(capsys, f"aws-lambda-go's examples through {route}", table)


def test_the_packed_log_example(long_hub):
    """Its two log events are of August 2015: taken by a hub whose clock is."""
    text = aws_examples()["cloudwatch-logs-event.json"]
    outcome, receipt = post(long_hub, "aws", text)
    assert (outcome, receipt["accepted"]) == ("taken", 1)
    assert post(long_hub, "auto", text)[1]["duplicate"] == 1
    lines = long_hub.events("testloggroup", since="10d")["events"]
    assert sorted(line["details"]["message"] for line in lines) == [
        "First test message", "Second test message"]
    assert {line["severity"] for line in lines} == {"high"}


# ---- Status words, put into the examples one by one ----

CONCLUSIONS = {"success": "success", "failure": "failure", "timed_out": "failure",
               "startup_failure": "failure", "cancelled": "cancelled", "skipped": "cancelled",
               "stale": "cancelled", "neutral": "cancelled", "action_required": "other"}
STATES = {"pending": "running", "queued": "running", "waiting": "running",
          "in_progress": "running", "success": "success", "failure": "failure", "error": "failure"}
CODEPIPELINE = {"STARTED": "running", "RESUMED": "running", "SUCCEEDED": "success",
                "FAILED": "failure", "CANCELED": "cancelled", "SUPERSEDED": "cancelled"}
CODEDEPLOY = {"START": "running", "READY": "running", "SUCCESS": "success", "FAILURE": "failure",
              "STOP": "cancelled"}


def example(event, wanted):
    for name, _, payload in github_examples():
        if name == event and wanted(payload):
            return json.loads(moved(json.dumps(payload), DAY))
    raise AssertionError(f"no such {event} among the examples")


def deploy(hub, run):
    found = [d for d in hub.get("/api/v1/deploys", limit=1000)["deploys"] if d.get("run") == run]
    assert len(found) == 1, f"{len(found)} deploys of run {run}"
    return found[0]


def test_every_conclusion_of_a_workflow_run(hub):
    base = example("workflow_run", lambda p: p["workflow_run"]["conclusion"] == "success")
    for number, (word, status) in enumerate(CONCLUSIONS.items()):
        payload = copy.deepcopy(base)
        payload["workflow_run"].update(id=7_000_000 + number, status="completed", conclusion=word)
        assert post(hub, "github", json.dumps(payload), {"X-GitHub-Event": "workflow_run"})[0] == \
            "taken"
        assert deploy(hub, str(7_000_000 + number))["status"] == status, word
    for number, word in enumerate(("requested", "queued", "in_progress", "waiting", "pending")):
        payload = copy.deepcopy(base)
        payload["workflow_run"].update(id=7_100_000 + number, status=word, conclusion=None)
        post(hub, "github", json.dumps(payload), {"X-GitHub-Event": "workflow_run"})
        assert deploy(hub, str(7_100_000 + number))["status"] == "running", word


def test_every_state_of_a_deployment(hub):
    base = example("deployment_status", lambda p: not p.get("workflow_run"))
    for number, (word, status) in enumerate(STATES.items()):
        payload = copy.deepcopy(base)
        payload["deployment"]["id"] = 8_000_000 + number
        payload["deployment_status"].update(id=8_500_000 + number, state=word)
        post(hub, "github", json.dumps(payload), {"X-GitHub-Event": "deployment_status"})
        found = deploy(hub, str(8_000_000 + number))
        assert (found["status"], found["kind"]) == (status, "deploy"), word


@pytest.mark.parametrize("name, run_key, states", [
    ("codepipeline-execution-state-change-event.json", "execution-id", CODEPIPELINE),
    ("codedeploy-deployment-event.json", "deploymentId", CODEDEPLOY)])
def test_every_state_of_amazons_pipelines(hub, name, run_key, states):
    base = json.loads(moved(aws_examples()[name], DAY))
    for word, status in states.items():
        payload = copy.deepcopy(base)
        payload["id"] = f"{name}-{word}"
        payload["detail"].update({"state": word, run_key: f"{run_key}-{word}"})
        assert post(hub, "aws", json.dumps(payload))[0] == "taken"
        found = deploy(hub, f"{run_key}-{word}")
        assert (found["status"], found["kind"]) == (status, "deploy"), word


def test_one_run_by_two_webhooks_is_one_deploy_and_one_failure(module_hubs):
    """GitHub's own examples of both, made to speak of one run that failed; in both orders."""
    status = example("deployment_status", lambda p: p.get("workflow_run"))
    status["deployment_status"]["state"] = "failure"
    run = example("workflow_run", lambda p: p["workflow_run"]["conclusion"] == "success")
    run["workflow_run"].update(
        id=status["workflow_run"]["id"], name="Deploy Checkout Service", conclusion="failure",
        run_attempt=status["workflow_run"]["run_attempt"],
        head_sha=status["deployment"]["sha"])
    run["workflow"]["name"] = status["workflow_run"]["name"] = "Deploy Checkout Service"
    run["repository"] = status["repository"]
    deliveries = [("workflow_run", run), ("deployment_status", status)]
    for order in (deliveries, deliveries[::-1], deliveries * 2):
        hub = module_hubs(clock=NOW)
        for event, payload in order:
            post(hub, "github", json.dumps(payload), {"X-GitHub-Event": event})
        found = hub.get("/api/v1/deploys", service="checkout-service")["deploys"]
        assert [(d["status"], d["kind"]) for d in found] == [("failure", "deploy")]
        row = hub.incident("checkout-service#DeployFailed")["incident"]
        assert (row["totalOccurrences"], row["severity"]) == (1, "high")


# ---- CloudEvents over HTTP, as the specification's binding has them ----

def test_cloudevents_in_all_modes(module_hubs):
    hub = module_hubs(clock=NOW)
    plain = {"serviceId": "mode-api", "eventType": "DiskFull", "severity": "high"}
    event = {"specversion": "1.0", "id": "1", "source": "/host/a", "type": "com.acme.disk.full",
             "time": "2025-08-26T12:00:00Z", "data": plain}
    structured = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
    batch = {"Content-Type": "application/cloudevents-batch+json"}
    binary = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/host/a",
              "ce-type": "com.acme.disk.full", "ce-time": "2025-08-26T12:00:00Z"}
    for route in ("cloudevents", "auto"):
        post(hub, route, json.dumps(event), structured)
        post(hub, route, json.dumps([event, {**event, "id": "2"}]), batch)
        post(hub, route, json.dumps(plain), binary)
        post(hub, route, json.dumps(plain), {**binary, "ce-id": "3"})
    lines = hub.events("mode-api", since="24h")["events"]
    assert len(lines) == 3, "one per (source, id), whatever the mode and the route"
    assert {(line["timestamp"], line["eventType"]) for line in lines} == {
        ("2025-08-26T12:00:00Z", "DiskFull")}
