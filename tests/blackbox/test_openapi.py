"""The description of the API is true: schemathesis asks the running hub what the document promises.

EXAMPLES sets the number per operation (`./test long schemathesis` asks for more).
"""
import http.client
import json
import os

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (content_type_conformance,
                                               response_schema_conformance,
                                               status_code_conformance)

from conftest import FOUNDING_NOW
from payloads import FOUNDING_FILES, after, event, log

EXAMPLES = int(os.environ.get("EXAMPLES", "25"))
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance,
          response_schema_conformance)
STREAM = "/api/v1/stream"
# Known names, so that answers with content are checked too and not only refusals.
KNOWN = {"serviceId": ["checkout-api", "payments-api", "auth-service"],
         "incidentId": ["payments-api%23HighCPU", "checkout-api%23CrashLoopBackOff"],
         "deployId": ["4821"], "format": ["auto", "logs", "kubernetes", "cicd", "cloudwatch"]}


def seed(hub):
    for name, file in FOUNDING_FILES.items():
        hub.ingest(name, file.read_bytes())
    hub.ingest("logs", [log("auth-service", f"slow query {n}", after(FOUNDING_NOW, minutes=-n),
                            level="WARN") for n in range(30)])
    hub.post("/api/v1/events", [event("far-api", "Later", after(FOUNDING_NOW, hours=5))], 422)
    hub.post("/api/v1/silences", {"serviceId": "quiet-api", "for": "1h", "why": "test"}, 201)


@pytest.fixture(scope="module")
def hub(module_hubs):
    made = module_hubs(clock=FOUNDING_NOW)
    seed(made)
    yield made
    assert made.alive(), made.log()


@pytest.fixture(scope="module")
def api(hub):
    return schemathesis.openapi.from_url(
        f"http://127.0.0.1:{hub.port}/api/v1/openapi.json")


# A stream does not end; it has a test of its own below.
schema = schemathesis.pytest.from_fixture("api").exclude(path=STREAM)


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
          phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
def test_operation(case):
    case.call_and_validate(checks=CHECKS, timeout=30)


@schema.parametrize()
@settings(max_examples=max(5, EXAMPLES // 3), deadline=None, derandomize=True, database=None,
          phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_operation_of_known_names(case):
    """The same with names that there are."""
    for name, values in KNOWN.items():
        if name in (case.path_parameters or {}):
            case.path_parameters[name] = values[len(json.dumps(case.query, default=str)) % len(values)]
    case.call_and_validate(checks=CHECKS, timeout=30)


def answers(hub):
    """(method, path template, path) of an answer with content, one per reading operation."""
    yield "/api/v1/services/{serviceId}/events", "/api/v1/services/checkout-api/events"
    yield "/api/v1/incidents/top", "/api/v1/incidents/top"
    yield "/api/v1/incidents/{incidentId}", "/api/v1/incidents/payments-api%23HighCPU"
    yield ("/api/v1/services/{serviceId}/recommendations",
           "/api/v1/services/auth-service/recommendations")
    yield "/api/v1/deploys/{deployId}/correlation", "/api/v1/deploys/4821/correlation"
    yield ("/api/v1/services/{serviceId}/correlation",
           "/api/v1/services/checkout-service/correlation")
    for path in ("tally", "services", "deploys", "types", "sources", "rejects", "silences"):
        yield f"/api/v1/{path}", f"/api/v1/{path}"


def test_answers_with_content_follow_their_schemas(hub):
    """Independently of schemathesis: the founding data's answers against the document."""
    document = hub.get("/api/v1/openapi.json")
    checked = 0
    for template, path in answers(hub):
        reply = hub.request("GET", path)
        assert reply.status == 200, (path, reply)
        content = document["paths"][template]["get"]["responses"]["200"]
        if "$ref" in content:
            content = resolve(document, content["$ref"])
        (media,) = content["content"].values()
        validator = jsonschema.Draft202012Validator(
            {**media["schema"], "components": document["components"]})
        errors = [f"{path}: {e.json_path}: {e.message[:300]}"
                  for e in validator.iter_errors(reply.json())]
        assert not errors, errors
        checked += 1
    assert checked >= 12


def resolve(document, reference):
    for part in reference.removeprefix("#/").split("/"):
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


def test_stream(hub):
    """Server-sent events: a greeting, then what becomes durable, filtered."""
    document = hub.get("/api/v1/openapi.json")
    described = document["paths"][STREAM]["get"]["responses"]
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    connection.request("GET", STREAM + "?service=stream-api&severity=high")
    answer = connection.getresponse()
    assert answer.status == 200 and "200" in described
    assert answer.getheader("Content-Type").startswith("text/event-stream")
    assert "text/event-stream" in described["200"]["content"]
    frames = read_frames(answer)
    assert next(frames)["event"] == "ready"
    hub.post("/api/v1/events", [
        event("other-stream-api", "T", FOUNDING_NOW, severity="critical"),
        event("stream-api", "Quiet", FOUNDING_NOW, severity="low"),
        event("stream-api", "Loud", FOUNDING_NOW, severity="high")])
    frame = next(frames)
    assert frame["event"] == "event" and frame["id"]
    assert json.loads(frame["data"])["eventType"] == "Loud"
    connection.close()
    # Resumed behind that event, the next one comes; the one before does not come again.
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    hub.post("/api/v1/events", event("stream-api", "Louder", FOUNDING_NOW, severity="critical"))
    connection.request("GET", STREAM + "?service=stream-api&severity=high",
                       headers={"Last-Event-ID": frame["id"]})
    frames = read_frames(connection.getresponse())
    assert next(frames)["event"] == "ready"
    assert json.loads(next(frames)["data"])["eventType"] == "Louder"
    connection.close()


def read_frames(answer):
    """Frames with an event's name; heartbeats are passed over."""
    frame = {}
    while True:
        line = answer.readline().decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            frame[name] = value
        else:
            if "event" in frame:
                yield frame
            frame = {}


def test_every_operation_has_an_example_of_success(hub):
    document = hub.get("/api/v1/openapi.json")
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "delete", "put"):
                assert operation["operationId"], path
                assert any(c.startswith("2") for c in operation["responses"]), (method, path)
