"""Alerta and the hub, each a real process on loopback, asked the same three things: take this, what
have you got, and does anybody get to see this text."""
import base64
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from harness import hub

READY_SECONDS = 60
SETTLE_SECONDS = 3


def request(url, body=None, headers=None, method=None):
    """(status, text); an answer that is an error is an answer."""
    asked = urllib.request.Request(url, body, headers or {}, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


def as_bytes(body):
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def run(*command, **more):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr[-2000:]}{done.stdout[-2000:]}")
    return done.stdout


class Postgres:
    """A private cluster in `folder`; as root it belongs to the user postgres, as initdb asks."""

    def __init__(self, folder):
        self.folder, self.port = pathlib.Path(folder) / "postgres", hub.free_port()
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                       key=lambda p: int(p.parts[-3]))
        if not found:
            sys.exit("PostgreSQL is missing: apt-get install postgresql")
        self.programs = found[-1].parent
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self.folder.mkdir()
        (self.folder / "password").write_text("for-this-run-only")
        if self.user:
            for path in (self.folder, self.folder / "password"):
                shutil.chown(path, "postgres")

    def do(self, program, *args):
        return run(*self.user, self.programs / program, *args, cwd="/")

    def start(self):
        self.do("initdb", "-D", self.folder / "data", "-U", "alerta", "-A", "scram-sha-256",
                "--pwfile", self.folder / "password", "--encoding", "UTF8", "--no-locale")
        self.do("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o",
                f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder}", "start")
        return f"postgresql://alerta:for-this-run-only@127.0.0.1:{self.port}/postgres"

    def stop(self):
        if (self.folder / "data/postmaster.pid").exists():
            self.do("pg_ctl", "-D", self.folder / "data", "-m", "fast", "-w", "stop")


class Alerta:
    """Its own server with its default settings; the database is all that is configured, and nothing
    of the caller's environment."""

    def __init__(self, folder, environment):
        self.folder, self.python = pathlib.Path(folder), environment / "bin/python"
        self.database, self.process = Postgres(folder), None

    def start(self):
        settings, self.port = self.folder / "alertad.conf", hub.free_port()
        settings.write_text(f"DATABASE_URL = {self.database.start()!r}\n")
        self.version = run(self.python, "-c",
                           "from alerta.version import __version__ as v; print(v)").strip()
        with open(self.folder / "alertad.log", "ab") as log:
            self.process = subprocess.Popen(
                [self.python.with_name("alertad"), "run", "--host", "127.0.0.1", "--port",
                 str(self.port)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={"PATH": os.environ["PATH"], "ALERTA_SVR_CONF_FILE": str(settings)})
        self.origin = f"http://127.0.0.1:{self.port}"
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if request(self.origin + "/management/gtg")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise RuntimeError((self.folder / "alertad.log").read_text()[-3000:])

    def fresh(self):
        for row in self.rows():
            request(f"{self.origin}/alert/{row['id']}", method="DELETE")

    def send(self, sample, body):
        """(status, text), or nothing where it has no endpoint."""
        if sample.alerta is None:
            return None
        return request(self.origin + sample.alerta, as_bytes(body),
                       {"Content-Type": sample.content, **sample.headers})

    def rows(self):
        found = json.loads(request(f"{self.origin}/alerts?page-size=1000")[1])["alerts"]
        return [{"id": a["id"], "names": [a["resource"], *a["service"]], "kind": a["event"],
                 "severity": a["severity"], "state": a["status"], "text": a["text"],
                 "open": a["status"] in ("open", "ack"), "count": 1 + a["duplicateCount"]}
                for a in found]

    def shows(self, text):
        return any(text in row["text"] for row in self.rows())

    def stop(self):
        try:
            if self.process:
                self.process.terminate()
                self.process.wait(30)
        finally:
            self.database.stop()


class Hub(hub.Hub):
    """A hub on a fresh store, with a key of its own for SNS as docs/senders/sns.md says."""

    def __init__(self, program, folder, topic):
        super().__init__(program, pathlib.Path(folder) / "hub", "")
        self.version = run(program, "--version").strip()
        self.key, self.config = pathlib.Path(folder) / "sns.key", pathlib.Path(folder) / "hub.yaml"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=sns.amazonaws.com", "-keyout", self.key, "-out", self.key.with_suffix(".pem"))
        self.config.write_text(
            "sources:\n  aws-alarms:\n    format: cloudwatch\n"
            f"    topic_arns: ['{topic}']\n    certificate_files: ['sns.pem']\n")

    def environment(self):
        return {**super().environment(), "SREHUB_CONFIG": str(self.config),
                "SREHUB_OTLP_LISTEN": "off", "SREHUB_SYSLOG_TCP": "127.0.0.1:0"}

    def fresh(self):
        self.stop()
        super().fresh()
        self.start()

    def signed(self, message):
        """By the list of SNS' documentation, signature version 2; both contenders get this."""
        names = ("Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token",
                 "TopicArn", "Type")
        text = "".join(f"{n}\n{message[n]}\n" for n in names if n in message)
        done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key],
                              input=text.encode(), capture_output=True, check=True)
        return {**message, "Signature": base64.b64encode(done.stdout).decode()}

    def send(self, sample, body):
        if sample.hub == "syslog":
            log = (self.directory / "hub.log").read_text()
            port = re.search(r"syslog over TCP is taken on 127.0.0.1:(\d+)", log)
            if port is None:
                raise RuntimeError(f"the hub takes no syslog:\n{log[-2000:]}")
            with socket.create_connection(("127.0.0.1", int(port[1]))) as line:
                line.sendall(as_bytes(body))
            before, deadline = self.rows(), time.monotonic() + SETTLE_SECONDS
            while self.rows() == before and time.monotonic() < deadline:
                time.sleep(0.1)
            return "sent", ""
        return request(self.origin + sample.hub, as_bytes(body),
                       {"Content-Type": sample.content, **sample.headers})

    def rows(self):
        """Every incident, by way of the events behind it."""
        found = {(event["serviceId"], event["eventType"])
                 for service in self.json("/api/v1/services")["services"]
                 for event in self.json(f"/api/v1/services/{service['serviceId']}/events"
                                        "?since=1h&exact=true&limit=1000")["events"]}
        rows = []
        for service, kind in sorted(found):
            row = self.json(f"/api/v1/incidents/{service}%23{kind}")["incident"]
            rows.append({"names": [service], "kind": kind, "severity": row["severity"],
                         "state": row["state"], "open": row["state"] in ("open", "active"),
                         "count": row["totalOccurrences"]})
        return rows

    def shows(self, text):
        return text in self.get("/api/v1/sources")[1].decode()
