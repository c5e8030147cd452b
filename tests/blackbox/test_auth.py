"""Who may do what: tokens, scopes, addresses, TLS."""
import base64
import hashlib
import json
import ssl
import subprocess

import pytest

import srehub
from payloads import FOUNDING_FILES, event, log

NOW = "2025-08-26T14:10:00Z"
JSON = {"Content-Type": "application/json"}
SECRETS = {name: f"{name}-secret-0123456789abcdefghij" for name in
           ("reader", "writer", "logger", "admin")}
CONFIG = """tokens:
  - {{name: reader, scopes: [read], sha256: "{reader}"}}
  - {{name: writer, scopes: [ingest], sha256: "{writer}"}}
  - {{name: logger, scopes: [ingest], sources: [logs], sha256: "{logger}"}}
  - name: admin
    scopes: [admin]
    token_file: {folder}/admin.token
"""


def configured(folder):
    (folder / "admin.token").write_text(SECRETS["admin"] + "\n")
    digests = {n: hashlib.sha256(s.encode()).hexdigest() for n, s in SECRETS.items()}
    config = folder / "srehub.yaml"
    config.write_text(CONFIG.format(folder=folder, **digests))
    return ["--config", str(config)]


@pytest.fixture(scope="module")
def hub(module_hubs, tmp_path_factory):
    made = module_hubs(clock=NOW, args=configured(tmp_path_factory.mktemp("tokens")))
    made.token = SECRETS["admin"]
    made.post("/api/v1/events", event("auth-test-api", "T", NOW))
    made.token = None
    return made


INGEST = [("POST", "/api/v1/ingest/logs"), ("POST", "/api/v1/ingest/cloudwatch"),
          ("POST", "/api/v1/events"), ("POST", "/events"), ("POST", "/api/v2/alerts"),
          ("POST", "/v1/logs"), ("POST", "/loki/api/v1/push")]
READ = [("GET", path) for path in (
    "/api/v1/services/auth-test-api/events", "/api/v1/incidents/top", "/trending",
    "/api/v1/incidents/auth-test-api%23T", "/api/v1/services/auth-test-api/recommendations",
    "/recommendations/auth-test-api", "/api/v1/deploys/1/correlation",
    "/api/v1/services/auth-test-api/correlation", "/api/v1/tally", "/api/v1/services",
    "/api/v1/deploys", "/api/v1/types", "/api/v1/sources", "/api/v1/rejects", "/api/v1/silences",
    "/api/v1/services/auth-test-api", "/api/v2/status", "/api/v2/alerts", "/api/v2/alerts/groups",
    "/api/v2/receivers", "/api/v2/silences", "/api/v2/silence/none", "/metrics",
    "/api/v1/stream")]
ADMIN = [("POST", "/api/v1/incidents/auth-test-api%23T/ack"),
         ("DELETE", "/api/v1/incidents/auth-test-api%23T/ack"), ("POST", "/api/v1/silences"),
         ("DELETE", "/api/v1/silences/none"), ("POST", "/api/v1/rejects/replay"),
         ("POST", "/api/v1/services/auth-test-api/recommendations/outcomes"),
         ("POST", "/api/v2/silences"), ("DELETE", "/api/v2/silence/none"),
         ("GET", "/api/v1/verify"), ("POST", "/-/reload")]
OPEN = [("GET", path) for path in ("/-/healthy", "/-/ready", "/healthz", "/readyz",
                                   "/api/v1/openapi.json", "/")]
ALLOWED = {"reader": READ, "writer": INGEST, "logger": INGEST[:1], "admin": INGEST + READ + ADMIN}


def status_of(hub, method, path, headers):
    """The status alone; a stream is not waited for."""
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    body = None if method == "GET" else b"{}"
    connection.request(method, path, body, {**JSON, **headers})
    answer = connection.getresponse()
    status, challenge = answer.status, answer.getheader("WWW-Authenticate")
    connection.close()
    return status, challenge


@pytest.mark.parametrize("method,path", INGEST + READ + ADMIN)
def test_without_or_with_a_wrong_token(hub, method, path):
    for headers in ({}, {"Authorization": "Bearer " + "x" * 30}, {"Authorization": "Bearer"},
                    {"Authorization": "Digest " + SECRETS["admin"]},
                    {"Authorization": "Bearer " + SECRETS["admin"][:-1]}):
        status, challenge = status_of(hub, method, path, headers)
        assert status == 401, (headers, status)
        assert challenge and "Bearer" in challenge


@pytest.mark.parametrize("name", SECRETS)
def test_scopes(hub, name):
    """Every route with every token: allowed ones are never 401 or 403, all others are 403."""
    token = {"Authorization": "Bearer " + SECRETS[name]}
    for method, path in INGEST + READ + ADMIN:
        if (method, path) == ("POST", "/-/reload") and name == "admin":
            continue
        status, _ = status_of(hub, method, path, token)
        if (method, path) in ALLOWED[name]:
            assert status not in (401, 403), (method, path, status)
        else:
            assert status == 403, (method, path, status)


def test_every_route_is_in_the_table(hub):
    """A route that nobody thought about has no row: that is the failure."""
    document = hub.request("GET", "/api/v1/openapi.json").json()
    listed = {(m.upper(), p) for p, methods in document["paths"].items() for m in methods
              if m in ("get", "post", "put", "delete", "patch")}

    def pattern_of(path):
        for actual, name in (("/ingest/logs", "/ingest/{format}"),
                             ("/ingest/cloudwatch", "/ingest/{format}"),
                             ("auth-test-api%23T", "{incidentId}"), ("auth-test-api", "{serviceId}"),
                             ("/deploys/1/", "/deploys/{deployId}/"),
                             ("/silence/none", "/silence/{silenceID}"), ("/none", "/{id}")):
            path = path.replace(actual, name)
        return path
    table = {(m, pattern_of(p)) for m, p in INGEST + READ + ADMIN + OPEN}
    assert table == listed


def test_open_routes_need_no_token(hub):
    for method, path in OPEN:
        assert status_of(hub, method, path, {})[0] == 200, path


def test_a_token_as_the_password_of_basic(hub):
    """For senders that know no bearer tokens."""
    pair = base64.b64encode(f"any:{SECRETS['reader']}".encode()).decode()
    assert status_of(hub, "GET", "/api/v1/tally", {"Authorization": f"Basic {pair}"})[0] == 200


def test_the_command_line_sends_its_token(hub, tmp_path):
    server = f"http://127.0.0.1:{hub.port}"
    refused = srehub.run("tally", server=server, expect=1)
    assert "token" in refused.err.lower()
    assert srehub.run_json("tally", server=server,
                           env={"SREHUB_TOKEN": SECRETS["reader"]})["count"] == 1
    file = tmp_path / "token"
    file.write_text(SECRETS["reader"] + "\n")
    assert srehub.run_json("tally", "--token-file", file, server=server)["count"] == 1


def test_secrets_are_nowhere_in_what_the_hub_says(hub):
    hub.token = SECRETS["admin"]
    said = hub.log() + hub.request("GET", "/metrics").body.decode()
    said += hub.request("GET", "/api/v1/sources").body.decode()
    said += hub.request("GET", "/api/v1/rejects").body.decode()
    hub.token = None
    said += hub.request("GET", "/api/v1/tally", headers={
        "Authorization": "Bearer " + SECRETS["writer"]}).body.decode()
    for secret in SECRETS.values():
        assert secret not in said


def serve_once(arguments, env=None):
    """A start that must fail at once."""
    return subprocess.run([srehub.binary(), "serve", *arguments], capture_output=True, timeout=30,
                          stdin=subprocess.DEVNULL, env=srehub.environment(**(env or {})))


@pytest.mark.parametrize("address", ["0.0.0.0", "[::]", "192.0.2.1", "hub.example"])
def test_no_open_door_without_a_token(tmp_path, address):
    done = serve_once(["--listen", f"{address}:{srehub.free_port()}", "--data",
                       str(tmp_path / "data")])
    assert done.returncode == 2, done
    text = done.stderr.decode()
    assert "token" in text and "--listen" in text, text
    assert not (tmp_path / "data").exists()


def test_with_a_token_another_address_is_served(hubs):
    secret = SECRETS["admin"]
    hub = hubs.make(clock=NOW, listen="0.0.0.0", env={"SREHUB_TOKEN": secret})
    hub.start()
    assert hub.request("GET", "/api/v1/tally").status == 401
    hub.token = secret
    assert hub.request("GET", "/api/v1/tally").status == 200


def test_a_short_secret_is_refused(tmp_path):
    done = serve_once(["--listen", f"127.0.0.1:{srehub.free_port()}", "--data",
                       str(tmp_path / "data")], {"SREHUB_TOKEN": "hunter2"})
    assert done.returncode == 2
    assert "hunter2" not in done.stderr.decode()


# --- TLS -----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=hub",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out",
                    "certificate.pem"], cwd=folder, check=True, capture_output=True)
    return folder


def tls_config(folder, certificate):
    config = folder / "tls.yaml"
    config.write_text(f"tls:\n  certificate: {certificate}/certificate.pem\n"
                      f"  key: {certificate}/key.pem\n")
    return ["--config", str(config)]


def test_tls(hubs, tmp_path, certificate):
    hub = hubs.make(clock=NOW, args=tls_config(tmp_path, certificate))
    hub.context = ssl.create_default_context(cafile=str(certificate / "certificate.pem"))
    hub.start()
    receipt = hub.ingest("logs", FOUNDING_FILES["logs"].read_bytes())
    assert receipt["accepted"] == 1
    assert hub.tally()["count"] == 1
    with pytest.raises(ssl.SSLError):
        srehub.send(hub.port, "GET", "/api/v1/tally", context=ssl.create_default_context())
    # 1.1 and older are not spoken, whatever a client's library would allow itself.
    for version in ("-tls1", "-tls1_1"):
        done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{hub.port}", version,
                               "-cipher", "ALL:@SECLEVEL=0"], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=20)
        assert done.returncode != 0 and b"Cipher is (NONE)" in done.stdout, done
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{hub.port}", "-tls1_2"],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    assert b"Cipher is (NONE)" not in done.stdout, "the check itself sees a good handshake"
    # Plain HTTP on the same port gets no answer to its question.
    try:
        reply = srehub.send(hub.port, "GET", "/api/v1/tally", timeout=5)
        assert reply.status != 200
    except Exception as error:  # whatever a closed handshake looks like from here
        assert not isinstance(error, AssertionError)


def test_tls_without_its_key(tmp_path, certificate):
    config = tmp_path / "srehub.yaml"
    config.write_text(f"tls:\n  certificate: {certificate}/certificate.pem\n")
    done = serve_once(["--config", str(config), "--listen", f"127.0.0.1:{srehub.free_port()}",
                       "--data", str(tmp_path / "data")])
    assert done.returncode == 2
    assert "tls.key" in done.stderr.decode()


def test_another_sites_page_cannot_write(hub):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        reply = hub.request("POST", "/api/v1/ingest/logs",
                            json.dumps(log("csrf-api", "no", NOW)).encode(),
                            {**JSON, **headers, "Authorization": "Bearer " + SECRETS["writer"]})
        assert reply.status == 403, reply
