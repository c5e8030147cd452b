"""Bodies as senders really pack them."""
import gzip
import json
import socket
import zlib

import pytest
import zstandard

from payloads import alarm, log

NOW = "2025-08-26T14:10:00Z"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def hub(module_hubs):
    return module_hubs(clock=NOW)


def lines(service, count=50):
    return "".join(json.dumps(log(service, f"request {n} failed: timeout", NOW)) + "\n"
                   for n in range(count)).encode()


PACKERS = {
    "identity": lambda body: body,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": lambda body: zstandard.ZstdCompressor().compress(body),
}


@pytest.mark.parametrize("coding", PACKERS)
def test_packed_bodies(hub, coding):
    body = PACKERS[coding](lines(f"{coding}-api"))
    reply = hub.request("POST", "/api/v1/ingest/logs", body, {**JSON, "Content-Encoding": coding})
    assert reply.status == 200, reply
    assert reply.json()["accepted"] == 50
    assert len(hub.events(f"{coding}-api", limit=100)["events"]) == 50


def test_a_gzip_body_of_several_members(hub):
    body = lines("members-api")
    packed = gzip.compress(body[:1000]) + gzip.compress(body[1000:])
    reply = hub.request("POST", "/api/v1/ingest/logs", packed, {**JSON, "Content-Encoding": "gzip"})
    assert (reply.status, reply.json()["accepted"]) == (200, 50)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
def test_a_cut_body_is_refused_and_nothing_of_it_taken(hub, coding):
    body = PACKERS[coding](lines(f"cut-{coding}-api"))
    reply = hub.request("POST", "/api/v1/ingest/logs", body[:-10],
                        {**JSON, "Content-Encoding": coding})
    assert reply.status == 400, reply
    hub.get(f"/api/v1/services/cut-{coding}-api/events", expect=404)


def test_chunked_without_a_length(hub):
    """As OpenTelemetry's JavaScript exporter sends."""
    body = lines("chunked-api")

    def pieces():
        for at in range(0, len(body), 700):
            yield body[at:at + 700]
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=30)
    connection.request("POST", "/api/v1/ingest/logs", pieces(), JSON, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["accepted"]) == (200, 50)
    connection.close()


def test_chunked_and_packed(hub):
    body = gzip.compress(lines("chunked-gzip-api"))
    with socket.create_connection(("127.0.0.1", hub.port), timeout=30) as sender:
        sender.sendall(b"POST /api/v1/ingest/logs HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                       b"Content-Type: application/json\r\nContent-Encoding: gzip\r\n"
                       b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        for at in range(0, len(body), 100):
            piece = body[at:at + 100]
            sender.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        sender.sendall(b"0\r\n\r\n")
        answer = b""
        while piece := sender.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    assert b'"accepted":50' in answer


def sns(message_id, text):
    return {"Type": "Notification", "MessageId": message_id,
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:alarms", "Subject": None,
            "Message": text, "Timestamp": "2025-08-26T14:04:01.000Z", "SignatureVersion": "1",
            "Signature": "EXAMPLE", "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/",
            "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/cert.pem"}


@pytest.mark.parametrize("route", ["cloudwatch", "auto"])
def test_sns_posts_json_as_plain_text(hub, route):
    message = alarm(f"HighCPU-{route}", "ALARM", "2025-08-26T14:04:00.000+0000",
                    service=f"sns-{route}-api")
    reply = hub.request("POST", f"/api/v1/ingest/{route}",
                        json.dumps(sns(f"id-{route}", json.dumps(message))).encode(),
                        {"Content-Type": "text/plain; charset=UTF-8",
                         "x-amz-sns-message-type": "Notification",
                         "x-amz-sns-message-id": f"id-{route}"})
    assert (reply.status, reply.json()["accepted"]) == (200, 1), reply
    (line,) = hub.events(f"sns-{route}-api")["events"]
    assert (line["timestamp"], line["phase"]) == ("2025-08-26T14:04:00Z", "firing")


@pytest.mark.parametrize("type_", ["text/xml", "text/html", "application/octet-stream",
                                   "multipart/form-data; boundary=x"])
def test_other_types_are_refused_and_not_guessed_at(hub, type_):
    reply = hub.request("POST", "/api/v1/ingest/logs", lines("guess-api"), {"Content-Type": type_})
    assert reply.status == 415, reply
    assert reply.json()["code"] == "unsupported"
    hub.get("/api/v1/services/guess-api/events", expect=404)


def test_answers_are_packed_when_asked(hub):
    lines_ = hub.ingest("logs", [log("answer-api", f"line {n} failed", NOW) for n in range(100)])
    assert lines_["accepted"] == 100
    path = "/api/v1/services/answer-api/events"
    plain = hub.request("GET", path)
    packed = hub.request("GET", path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    unpacked, reference = json.loads(gzip.decompress(packed.body)), plain.json()
    assert unpacked["events"] == reference["events"]
    assert len(packed.body) < len(plain.body) / 4
