"""Amazon SNS over HTTP: who signed, which topic, and that the hub asks nobody anything."""
import base64
import hashlib
import json
import pathlib
import socket
import subprocess
import threading

import pytest

import srehub

NOW = "2025-08-26T14:10:00Z"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem"
TOKEN = "admin-secret-for-the-tests-0123456789"
ALARM = {"AlarmName": "HighCPU-PaymentsAPI", "NewStateValue": "ALARM",
         "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:HighCPU-PaymentsAPI",
         "StateChangeTime": "2025-08-26T14:03:00.000+0000", "Trigger": {
             "MetricName": "CPUUtilization", "Threshold": 85}}
PATH = "/api/v1/ingest/aws-alarms"


class Key:
    """A key pair with a certificate, as OpenSSL's command makes it."""

    def __init__(self, folder, name, days="3650", bits="2048"):
        self.key, self.certificate = folder / f"{name}.key", folder / f"{name}.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", f"rsa:{bits}", "-nodes", "-days",
                        days, "-subj", "/CN=sns.amazonaws.com", "-keyout", self.key, "-out",
                        self.certificate], check=True, capture_output=True)

    def sign(self, text, digest):
        done = subprocess.run(["openssl", "dgst", f"-{digest}", "-sign", self.key],
                              input=text.encode(), capture_output=True, check=True)
        return base64.b64encode(done.stdout).decode()


def signed(key, message):
    """By the list of the documentation."""
    names = (["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
             if "Token" in message else
             ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"])
    text = "".join(f"{n}\n{message[n]}\n" for n in names if message.get(n) is not None)
    digest = "sha256" if message["SignatureVersion"] == "2" else "sha1"
    return {**message, "Signature": key.sign(text, digest)}


def notification(version="1", **changes):
    message = {"Type": "Notification", "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
               "TopicArn": TOPIC, "Subject": "ALARM: HighCPU", "Message": json.dumps(ALARM),
               "Timestamp": "2025-08-26T14:03:01.000Z", "SignatureVersion": version,
               "SigningCertURL": CERTIFICATE, "UnsubscribeURL": "https://sns.eu-west-1.x/"}
    return {**message, **changes}


def confirmation(version="2", **changes):
    token = "2336412f37fb687f5d51e6e2425929"
    url = (f"https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}"
           f"&Token={token}")
    message = {"Type": "SubscriptionConfirmation", "MessageId": "165545c9", "Token": token,
               "TopicArn": TOPIC, "Message": "You have chosen to subscribe", "SubscribeURL": url,
               "Timestamp": "2025-08-26T14:03:01.000Z", "SignatureVersion": version,
               "SigningCertURL": CERTIFICATE}
    return {**message, **changes}


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return Key(tmp_path_factory.mktemp("keys"), "sns")


def config(folder, key, more=""):
    (folder / "admin.token").write_text(TOKEN)
    path = folder / "srehub.yaml"
    path.write_text("tokens:\n- {name: admin, scopes: [admin], token_file: admin.token}\n"
                    "sources:\n  aws-alarms:\n    format: cloudwatch\n"
                    f"    topic_arns: ['{TOPIC}']\n"
                    f"    certificate_files: ['{key.certificate}']\n{more}")
    return ["--config", str(path)]


@pytest.fixture
def hub(hubs, tmp_path, key):
    # The certificate is valid from today on, so the hub lives today as well.
    hub = hubs.make(args=config(tmp_path, key))
    return hub.start()


def post(hub, message, headers=None, path=PATH):
    body = message if isinstance(message, (bytes, str)) else json.dumps(message)
    return hub.request("POST", path, body.encode() if isinstance(body, str) else body,
                       {"Content-Type": "text/plain; charset=UTF-8", **(headers or {})})


def today(message):
    """The same alarm, inside retention of a hub that lives now."""
    return {**message, "Message": json.dumps({**ALARM, "StateChangeTime": srehub_now()})}


def srehub_now():
    import datetime
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


@pytest.mark.parametrize("version", ["1", "2"])
def test_signed_messages_need_no_token(hub, key, version):
    message = signed(key, today(notification(version)))
    for header in ({}, {"x-amz-sns-message-type": "Notification"}):
        reply = post(hub, message, header)
        assert reply.status == 200, reply
    assert reply.json()["duplicate"] == 1
    hub.token = TOKEN
    health = [s for s in hub.get("/api/v1/sources")["sources"] if s.get("feed") == "aws-alarms"]
    assert health and health[0]["accepted"] == 1 and health[0]["duplicate"] == 1, health
    assert hub.get("/api/v1/incidents/top")["incidents"][0]["incidentId"] == "payments-api#HighCPU"


def test_forged_messages(hub, key, tmp_path):
    other = Key(tmp_path, "other")
    good = signed(key, today(notification()))
    forged = [{**good, name: good[name] + "x"} for name in
              ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Signature",
               "SigningCertURL", "Type", "SignatureVersion")]
    forged += [{k: v for k, v in good.items() if k != name} for name in
               ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Signature",
                "SigningCertURL", "Type", "SignatureVersion")]
    forged += [{**good, name: None} for name in
               ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Signature")]
    forged += [{**good, "SignatureVersion": "2"}, {**good, "Signature": "EXAMPLE"},
               {**good, "Signature": base64.b64encode(b"\0" * 256).decode()},
               {**good, "Signature": hashlib.sha256(b"x").hexdigest()},
               signed(other, today(notification())), signed(other, today(notification("2"))),
               signed(key, today(notification(TopicArn=TOPIC.replace("1234", "9999")))),
               {**good, "TopicArn": TOPIC.replace("eu-west-1", "us-east-1")},
               ALARM, [good], {**good, "Message": good["Message"].replace("ALARM", "OK")}]
    assert len(forged) >= 30
    for message in forged:
        reply = post(hub, message)
        assert reply.status == 401, (message, reply)
        assert "sign" not in reply.json()["detail"].lower(), reply
    assert post(hub, json.dumps(good)[:-1] + ',"Message":"x"}').status == 401
    assert post(hub, json.dumps(good) + "\n" + json.dumps(ALARM)).status == 401
    hub.token = TOKEN
    assert hub.get("/api/v1/incidents/top")["incidents"] == []


class Trap:
    """Listens; whoever connects is counted."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.visits = 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.visits += 1


@pytest.fixture
def trap():
    trap = Trap()
    yield trap
    trap.socket.close()


def hostile(port):
    path = "/SimpleNotificationService-0a1b2c.pem"
    host = "sns.eu-west-1.amazonaws.com"
    return [f"http://127.0.0.1:{port}{path}", f"https://127.0.0.1:{port}{path}",
            f"https://localhost:{port}{path}", f"https://[::1]:{port}{path}",
            f"https://[::ffff:127.0.0.1]:{port}{path}", f"https://2130706433:{port}{path}",
            f"https://0x7f.1:{port}{path}", f"https://{host}@127.0.0.1:{port}{path}",
            f"https://{host}:443@127.0.0.1:{port}{path}", f"https://127.0.0.1:{port}/{host}{path}",
            f"https://127.0.0.1:{port}#{host}{path}", f"https://127.0.0.1:{port}\\@{host}{path}",
            f"https://{host}.localhost:{port}{path}", f"https://{host}:{port}{path}",
            f"https://169.254.169.254{path}", f"https://{host}%00.localhost:{port}{path}",
            f"https://user@{host}{path}", f"http://{host}{path}", f"https://{host}.evil.example{path}",
            f"gopher://127.0.0.1:{port}{path}", f"file:///etc/passwd", f"//127.0.0.1:{port}{path}",
            f"https://{host}/..//127.0.0.1:{port}/x.pem"]


def test_hostile_urls_are_never_asked(hubs, tmp_path, key, trap):
    """Without pinned certificates: the hub would fetch, and may not."""
    (tmp_path / "admin.token").write_text(TOKEN)
    path = tmp_path / "srehub.yaml"
    path.write_text("tokens:\n- {name: admin, scopes: [admin], token_file: admin.token}\n"
                    "sources:\n  aws-alarms: {format: cloudwatch, confirm: true, topic_arns: ["
                    f"'{TOPIC}']}}\n")
    hub = hubs.make(args=["--config", str(path)]).start()
    urls = hostile(trap.port)
    assert len(urls) >= 20
    for url in urls:
        assert post(hub, signed(key, today(notification(SigningCertURL=url)))).status == 401, url
    assert trap.visits == 0


def test_hostile_subscribe_urls_are_never_asked(hubs, tmp_path, key, trap):
    hub = hubs.make(args=config(tmp_path, key, "    confirm: true\n")).start()
    for url in hostile(trap.port):
        reply = post(hub, signed(key, confirmation(SubscribeURL=url)))
        assert reply.status == 200, reply
        assert url not in reply.body.decode(), reply
    assert trap.visits == 0
    hub.token = TOKEN
    assert hub.get("/api/v1/sources")["confirmations"] == []


def test_a_subscription_waits_for_the_operator(hub, key):
    message = signed(key, confirmation())
    reply = post(hub, message, {"x-amz-sns-message-type": "SubscriptionConfirmation"})
    assert reply.status == 200, reply
    assert any(message["SubscribeURL"] in n for n in reply.json()["notices"]), reply
    assert message["SubscribeURL"] in hub.log()
    hub.token = TOKEN
    waiting = hub.get("/api/v1/sources")["confirmations"]
    assert [w["subscribeURL"] for w in waiting] == [message["SubscribeURL"]]
    assert waiting[0]["topicArn"] == TOPIC and waiting[0]["source"] == "aws-alarms"


def test_raw_delivery_needs_a_token(hub):
    raw = {**ALARM, "StateChangeTime": srehub_now()}
    header = {"x-amz-sns-rawdelivery": "true"}
    assert post(hub, raw, header).status == 401
    basic = base64.b64encode(f"sns:{TOKEN}".encode()).decode()  # as SNS sends user information
    reply = post(hub, raw, {**header, "Authorization": f"Basic {basic}"})
    assert reply.status == 200 and reply.json()["accepted"] == 1, reply


def test_the_log_holds_no_secret(hub, key):
    post(hub, signed(key, today(notification())))
    assert TOKEN not in pathlib.Path(hub.log_path).read_text()
