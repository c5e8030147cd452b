"""Logs from the senders that people run: OpenTelemetry's SDKs, Loki clients, curl and files.

Each sends N records; N are stored, with the right service, type, severity and trace id; and the same
batch again, as a retry sends it, adds nothing.
"""
import gzip
import json
import logging
import os
import pathlib
import pty
import socket
import subprocess

import cramjam
import logging_loki
import pytest
import zstandard
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.rpc import status_pb2
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import (InMemoryLogRecordExporter, LogRecordExportResult,
                                            SimpleLogRecordProcessor)
from opentelemetry.sdk.resources import Resource

import srehub
from conftest import FOUNDING_NOW
from payloads import after, parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROTOBUF = {"Content-Type": "application/x-protobuf"}
COUNT = 50
TRACE = "0af7651916cd43dd8448eb211c80319c"


def nanos(text):
    return int(parse(text).timestamp()) * 10**9


BASE = nanos(after(FOUNDING_NOW, minutes=-5))


@pytest.fixture
def hub(hubs):
    return hubs(clock=FOUNDING_NOW)


def stored(hub, service, expect, **params):
    rows = hub.events(service, since="1h", limit=1000, **params)["events"]
    assert len(rows) == expect, rows[:3]
    return rows


def check(rows, severity, type_, trace=TRACE, source="logs"):
    for row in rows:
        assert row["severity"] == severity, row
        assert row["eventType"] == type_, row
        assert row["source"] == source
        if trace:
            assert row["details"]["traceId"] == trace, row


# --- OpenTelemetry -----------------------------------------------------------------------------
def python_records(service, count=COUNT):
    """What the SDK's own exporter is handed."""
    memory = InMemoryLogRecordExporter()
    provider = LoggerProvider(Resource({"service.name": service, "service.version": "1.2"}))
    provider.add_log_record_processor(SimpleLogRecordProcessor(memory))
    logger = provider.get_logger("checkout.db")
    for i in range(count):
        logger.emit(LogRecord(
            timestamp=BASE + i * 10**6, observed_timestamp=BASE + i * 10**6,
            trace_id=int(TRACE, 16), span_id=0xB7AD6B7169203331,
            severity_text="ERROR", severity_number=SeverityNumber.ERROR,
            body=f"pool exhausted for order {i}",
            attributes={"exception.type": "PoolExhaustedError", "order.id": i,
                        "tags": ["a", "b"]}))
    return memory.get_finished_logs()


@pytest.mark.parametrize("compression", [Compression.Gzip, Compression.Deflate,
                                         Compression.NoCompression])
def test_opentelemetry_python(hub, compression):
    exporter = OTLPLogExporter(endpoint=f"http://127.0.0.1:{hub.port}/v1/logs",
                               compression=compression)
    records = python_records("checkout-otel")
    for _ in range(2):  # the second time is the retry
        assert exporter.export(records) == LogRecordExportResult.SUCCESS
        rows = stored(hub, "checkout-otel", COUNT)
    check(rows, "high", "PoolExhaustedError")
    row = srehub.find(rows, timestamp=after(FOUNDING_NOW, minutes=-5))
    assert row["details"]["message"] == "pool exhausted for order 0"
    assert row["details"]["version"] == "1.2"
    assert row["details"]["extra"]["attributes"] == {"order.id": 0, "tags": ["a", "b"]}
    exporter.shutdown()


def test_opentelemetry_javascript(hub):
    line = ["node", str(pathlib.Path(__file__).parent / "node" / "send_logs.mjs"),
            f"http://127.0.0.1:{hub.port}/v1/logs", str(COUNT), str(BASE // 10**6)]
    environment = {**os.environ, "NODE_PACKAGES": str(ROOT / "build" / "node")}
    for _ in range(2):
        done = subprocess.run(line, env=environment, capture_output=True, timeout=60, text=True)
        assert done.returncode == 0, done.stderr
        rows = stored(hub, "payments-js", COUNT)
    check(rows, "high", "CardDeclinedError")


def test_otlp_in_every_encoding_is_one(hub):
    """Protobuf and JSON of the same batch are the same events."""
    from google.protobuf import json_format
    from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
    request = encode_logs(python_records("checkout-otel"))
    body = request.SerializeToString()
    reply = hub.request("POST", "/v1/logs", body, PROTOBUF)
    assert (reply.status, reply.content_type, reply.body) == (200, "application/x-protobuf", b"")
    value = json_format.MessageToDict(request)
    for resource in value["resourceLogs"]:  # OTLP's JSON has its ids in hex
        for scope in resource["scopeLogs"]:
            for record in scope["logRecords"]:
                record["traceId"] = TRACE.upper()
                record["spanId"] = "b7ad6b7169203331"
                record["severityNumber"] = 17
    reply = hub.request("POST", "/v1/logs", json.dumps(value),
                        {"Content-Type": "application/json"})
    assert (reply.status, reply.content_type, reply.body) == (200, "application/json", b"{}")
    stored(hub, "checkout-otel", COUNT)
    receipt = hub.ingest("otlp", body, headers=PROTOBUF)
    assert receipt["duplicate"] == COUNT and receipt["rejected"] == 0


def test_otlp_says_what_it_refused(hub):
    request = logs_service_pb2.ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    scope.log_records.add(time_unix_nano=BASE).body.string_value = "taken"
    scope.log_records.add(time_unix_nano=BASE + 3600 * 10**9).body.string_value = "from the future"
    scope.log_records.add(time_unix_nano=2**64 - 1).body.string_value = "later than time goes"
    reply = hub.request("POST", "/v1/logs", request.SerializeToString(), PROTOBUF)
    assert reply.status == 200
    answer = logs_service_pb2.ExportLogsServiceResponse.FromString(reply.body)
    assert answer.partial_success.rejected_log_records == 2
    assert "ahead" in answer.partial_success.error_message or \
        "future" in answer.partial_success.error_message
    rejects = hub.rejects()
    assert {r["reason"] for r in rejects} == {"future_dated"}
    assert all(r["format"] == "otlp" and json.loads(r["payload"])["body"] for r in rejects)

    reply = hub.request("POST", "/v1/logs", request.SerializeToString()[:-1], PROTOBUF)
    assert (reply.status, reply.content_type) == (400, "application/x-protobuf")
    assert "byte" in status_pb2.Status.FromString(reply.body).message
    reply = hub.request("POST", "/v1/logs", b"{", {"Content-Type": "application/json"})
    assert reply.status == 400 and reply.json()["code"] == 3
    assert hub.request("POST", "/v1/logs", b"x", {"Content-Type": "text/plain"}).status == 415
    huge = cramjam.gzip.compress(b"\0" * (80 * 1024 * 1024))
    assert hub.request("POST", "/v1/logs", bytes(huge),
                       {**PROTOBUF, "Content-Encoding": "gzip"}).status == 413


def test_otlps_own_port(hubs):
    port = srehub.free_port()
    hub = hubs(clock=FOUNDING_NOW, env={"SREHUB_OTLP_LISTEN": f"127.0.0.1:{port}"})
    exporter = OTLPLogExporter(endpoint=f"http://127.0.0.1:{port}/v1/logs")
    assert exporter.export(python_records("checkout-otel")) == LogRecordExportResult.SUCCESS
    stored(hub, "checkout-otel", COUNT)
    exporter.shutdown()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        second = hubs(clock=FOUNDING_NOW, env={"SREHUB_OTLP_LISTEN": f"127.0.0.1:{taken}"})
        assert "OTLP's own port is left to another program" in second.log()
        assert second.alive()


# --- Loki --------------------------------------------------------------------------------------
def test_python_logging_loki(hubs):
    hub = hubs()  # the client stamps its lines with the present
    handler = logging_loki.LokiHandler(url=f"http://127.0.0.1:{hub.port}/loki/api/v1/push",
                                       tags={"application": "cart-loki", "env": "prod"},
                                       version="1")
    sent = []
    session = handler.emitter.session
    post = session.post
    session.post = lambda url, json: sent.append(json) or post(url, json=json)
    failures = []
    handler.handleError = failures.append
    logger = logging.getLogger("cart")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    for i in range(COUNT):
        logger.error("cannot reserve item %d", i)
    assert not failures
    rows = stored(hub, "cart-loki", COUNT)
    types = {row["eventType"] for row in rows}
    assert len(types) == 1
    check(rows, "high", types.pop(), trace=None)
    for payload in sent:  # what a client that heard no answer does
        assert post(handler.emitter.url, json=payload).status_code == 204
    stored(hub, "cart-loki", COUNT)


def push_request():
    """Loki's messages, made by Google's protobuf from their description."""
    file = descriptor_pb2.FileDescriptorProto(name="loki.proto", package="loki", syntax="proto3")
    types = descriptor_pb2.FieldDescriptorProto

    def message(of_message, **fields):
        made = file.message_type.add(name=of_message)
        for field, (number, kind, of) in fields.items():
            repeated = kind.startswith("*")
            made.field.add(name=field, number=number,
                           label=types.LABEL_REPEATED if repeated else types.LABEL_OPTIONAL,
                           type=getattr(types, "TYPE_" + kind.lstrip("*")),
                           type_name=f".loki.{of}" if of else None)

    message("Time", seconds=(1, "INT64", None), nanos=(2, "INT32", None))
    message("Pair", name=(1, "STRING", None), value=(2, "STRING", None))
    message("Entry", timestamp=(1, "MESSAGE", "Time"), line=(2, "STRING", None),
            metadata=(3, "*MESSAGE", "Pair"))
    message("Stream", labels=(1, "STRING", None), entries=(2, "*MESSAGE", "Entry"),
            hash=(3, "UINT64", None))
    message("Push", streams=(1, "*MESSAGE", "Stream"), format=(2, "STRING", None))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("loki.Push"))()


@pytest.mark.parametrize("said", [False, True], ids=["bare", "content-encoding"])
def test_loki_snappy_protobuf(hub, said):
    """As promtail and Alloy send (bare), and as Vector does."""
    push = push_request()
    stream = push.streams.add(labels='{service_name="cart-snappy", path="a\\"b"}', hash=7)
    for i in range(COUNT):
        entry = stream.entries.add(line=f'level=error msg="cannot reserve" item={i}')
        entry.timestamp.seconds, entry.timestamp.nanos = BASE // 10**9, i
        entry.metadata.add(name="trace_id", value=TRACE)
    body = bytes(cramjam.snappy.compress_raw(push.SerializeToString()))
    headers = {**PROTOBUF, "X-Scope-OrgID": "team-a",
               **({"Content-Encoding": "snappy"} if said else {})}
    for _ in range(2):
        assert hub.request("POST", "/loki/api/v1/push", body, headers).status == 204
        rows = stored(hub, "cart-snappy", COUNT)
    check(rows, "high", rows[0]["eventType"])
    extra = rows[0]["details"]["extra"]
    assert extra["tenant"] == "team-a" and extra["stream"] == {"path": 'a"b'}


def test_loki_refusals(hub):
    assert hub.request("POST", "/loki/api/v1/push", b"\xff" * 20, PROTOBUF).status in (400, 413)
    bomb = b"\x80\x80\x80\x80\x04" + b"\xfe\x01\x00" * 100  # claims a gigabyte
    assert hub.request("POST", "/loki/api/v1/push", bomb, PROTOBUF).status == 413
    reply = hub.request("POST", "/loki/api/v1/push", json.dumps({"streams": [
        {"stream": {"app": "cart"}, "values": [[str(BASE), "fine"], ["yesterday", "not"]]}]}),
        {"Content-Type": "application/json"})
    assert reply.status == 400 and b"1 records were refused" in reply.body
    stored(hub, "cart", 1)


# --- curl, Fluent Bit and Vector shapes --------------------------------------------------------
def curl(hub, path, body, *headers):
    line = ["curl", "-sS", "--fail-with-body", "--data-binary", "@-",
            f"http://127.0.0.1:{hub.port}{path}"]
    for header in headers:
        line += ["-H", header]
    done = subprocess.run(line, input=body, capture_output=True, timeout=60)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return json.loads(done.stdout) if done.stdout else None


def fluent_bit(count=COUNT):
    return [{"date": (BASE + i * 10**6) / 10**9, "stream": "stderr", "_p": "F",
             "log": json.dumps({"level": "error", "msg": f"cannot pay order {i}",
                                "trace_id": TRACE}),
             "kubernetes": {"pod_name": "pay-fluent-7d4b9c8f6d-x2x4z", "namespace_name": "shop",
                            "labels": {"app.kubernetes.io/name": "pay-fluent"},
                            "container_name": "main"}} for i in range(count)]


@pytest.mark.parametrize("shape", ["json", "json_stream", "json_lines"])
def test_fluent_bit_shapes(hub, shape):
    records = fluent_bit()
    between = {"json_stream": "", "json_lines": "\n"}
    body = json.dumps(records) if shape == "json" else between[shape].join(map(json.dumps, records))
    for again in range(2):
        receipt = curl(hub, "/api/v1/ingest/logs", body.encode(), "Content-Type: application/json")
        assert receipt["duplicate" if again else "accepted"] == COUNT
    rows = stored(hub, "pay-fluent", COUNT)
    check(rows, "high", rows[0]["eventType"])
    assert rows[0]["details"]["object"]["name"] == "pay-fluent-7d4b9c8f6d-x2x4z"


def test_vector_shape(hub):
    records = [{"file": "/var/log/x.log", "host": "h", "source_type": "kubernetes_logs",
                "message": f"2025-08-26 14:05:00,{i:03} ERROR cannot ship order",
                "timestamp": after(FOUNDING_NOW, minutes=-5),
                "kubernetes": {"pod_name": "ship-0", "pod_namespace": "shop",
                               "pod_labels": {"app": "ship-vector"}}} for i in range(COUNT)]
    receipt = curl(hub, "/api/v1/ingest/auto", json.dumps(records).encode(),
                   "Content-Type: application/json")
    assert receipt["accepted"] == COUNT
    rows = stored(hub, "ship-vector", COUNT)
    check(rows, "high", rows[0]["eventType"], trace=None)
    assert rows[0]["eventType"].startswith("LogCannotShipOrder")


def test_curl_otlp_text_and_syslog(hub):
    body = json.dumps({"resourceLogs": [{"resource": {"attributes": [
        {"key": "service.name", "value": {"stringValue": "curl-otlp"}}]}, "scopeLogs": [
            {"logRecords": [{"timeUnixNano": str(BASE + i), "severityText": "WARN",
                             "body": {"stringValue": "slow"}} for i in range(COUNT)]}]}]})
    assert curl(hub, "/v1/logs", body.encode(), "Content-Type: application/json") == {}
    assert {r["severity"] for r in stored(hub, "curl-otlp", COUNT)} == {"medium"}

    text = "".join(f"2025-08-26 14:05:00,{i:03} ERROR [main] Pay - cannot pay\n"
                   "java.io.IOException: broken pipe\n\tat A.b(A.java:1)\n" for i in range(COUNT))
    receipt = curl(hub, "/api/v1/ingest/auto", text.encode(), "Content-Type: text/plain",
                   "X-Srehub-Service: curl-text")
    assert receipt["accepted"] == COUNT
    check(stored(hub, "curl-text", COUNT), "high", "IOException", trace=None)

    lines = "".join(f"<11>1 2025-08-26T14:05:00.{i:03}Z web-1 curl-syslog 7 - - disk full\n"
                    for i in range(COUNT))
    for format_ in ("syslog", "auto"):
        receipt = curl(hub, f"/api/v1/ingest/{format_}", lines.encode(), "Content-Type: text/plain")
        assert receipt["accepted"] + receipt["duplicate"] == COUNT
    check(stored(hub, "curl-syslog", COUNT), "high", "DiskFull", trace=None)


# --- files -------------------------------------------------------------------------------------
def docker_lines(count):
    out = []
    for i in range(count):
        stamp = f"2025-08-26T14:05:00.{i:09}Z"
        for part in (f"ERROR order {i}: ", "cannot pack\n"):  # split, as above 16 KiB
            out.append(json.dumps({"log": part, "stream": "stderr", "time": stamp}))
    return "\n".join(out) + "\n"


def test_files_of_every_kind(hubs, tmp_path):
    hub = hubs(clock=FOUNDING_NOW)
    folder = tmp_path / "logs"
    (folder / "deep").mkdir(parents=True)
    plain = "".join(f"2025-08-26T14:05:00.{i:03}Z ERROR disk is full\n" for i in range(COUNT))
    (folder / "plain-api.log").write_text(plain)
    (folder / "gz-api.log.1.gz").write_bytes(gzip.compress(plain.encode()))
    (folder / "deep" / "zst-api.log.zst").write_bytes(zstandard.compress(plain.encode()))
    (folder / "docker-api-json.log").write_text(docker_lines(COUNT))
    pods = folder / "pods" / "shop_cri-api-7d4b9c8f6d-x2x4z_1-2-3" / "main"
    pods.mkdir(parents=True)
    pods.joinpath("0.log").write_text("".join(
        f"2025-08-26T14:05:00.{i:09}Z stderr P ERROR half \n"
        f"2025-08-26T14:05:00.{i:09}Z stderr F and half\n" for i in range(COUNT)))
    (folder / "records.ndjson").write_text("".join(json.dumps(
        {"timestamp": f"2025-08-26T14:05:00.{i:03}Z", "level": "ERROR", "service": "json-api",
         "message": "no"}) + "\n" for i in range(COUNT)))
    (folder / "core").write_bytes(b"\x7fELF\0\0\0")
    (folder / ".hidden.log").write_text("ERROR not to be read\n")
    answer = srehub.run_json("ingest", folder, server=f"http://127.0.0.1:{hub.port}")
    assert answer["accepted"] == 6 * COUNT and answer["rejected"] == 0, answer
    assert ["core" in n for n in answer["notices"]] == [True]
    for service in ("plain-api", "gz-api", "zst-api", "docker-api-json", "cri-api", "json-api"):
        assert {r["severity"] for r in stored(hub, service, COUNT)} == {"high"}
    again = srehub.run_json("ingest", folder, server=f"http://127.0.0.1:{hub.port}")
    assert again["accepted"] == 0 and again["duplicate"] == 6 * COUNT

    piped = srehub.run_json("ingest", "-", "--service", "piped-api",
                            server=f"http://127.0.0.1:{hub.port}", stdin=plain.encode())
    assert piped["accepted"] == COUNT
    stored(hub, "piped-api", COUNT)


def test_no_trace_is_torn_and_the_progress_is_shown(hubs, tmp_path):
    """A file of several deliveries, watched on a terminal."""
    hub = hubs(clock=FOUNDING_NOW)
    count = 30_000
    file = tmp_path / "big-api.log"
    file.write_text("".join(
        f"2025-08-26T14:05:{i // 1000:02}.{i % 1000:03}Z ERROR cannot pay\n"
        f"java.io.IOException: broken pipe {i}\n\tat A.b(A.java:1)\n\tat C.d(C.java:2)\n"
        for i in range(count)))
    screen, err = pty.openpty()
    process = subprocess.Popen(
        [srehub.binary(), "ingest", str(file), "-o", "json", "--server",
         f"http://127.0.0.1:{hub.port}"], stdout=subprocess.PIPE, stderr=err,
        stdin=subprocess.DEVNULL, env=srehub.environment())
    os.close(err)
    shown = b""
    while True:
        try:
            piece = os.read(screen, 65536)
        except OSError:  # the terminal's other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(screen)
    answer = json.loads(process.communicate(timeout=60)[0])
    assert process.returncode == 0
    assert answer["accepted"] == count and answer["rejected"] == 0, answer
    assert b"records/s" in shown and b" left  " in shown and b"%" in shown, shown[-500:]
    assert file.stat().st_size > 3 * 1024 * 1024  # several deliveries
    tally = hub.get("/api/v1/types", service="big-api")
    assert "IOException" in json.dumps(tally)
