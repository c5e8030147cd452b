"""The hub as a stranger meets it: a process, a port and a command line."""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.parse

READY_SECONDS = 30
REQUEST_SECONDS = 60


def binary():
    """The program under test; without it no test here may pass."""
    path = os.environ.get("SREHUB_BINARY", "")
    if not path:
        root = pathlib.Path(__file__).resolve().parents[2]
        path = str(root / "build" / "release" / "srehub")
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"no program at {path}: build it, or set SREHUB_BINARY")
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(**more):
    """A clean environment: what the developer's shell says about a hub must not decide a test."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SREHUB_")}
    kept["NO_COLOR"] = "1"
    kept.update({k: v for k, v in more.items() if v is not None})
    return kept


class Reply:
    """One HTTP answer."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    @property
    def content_type(self):
        return (self.headers.get("content-type") or "").split(";")[0].strip()

    def __repr__(self):
        return f"<{self.status} {self.body[:600]!r}>"


def query_string(params):
    pairs = [(k.rstrip("_").replace("__", "-"), str(v)) for k, v in params.items()
             if v is not None]
    return "?" + urllib.parse.urlencode(pairs) if pairs else ""


def send(port, method, path, body=None, headers=None, context=None, timeout=REQUEST_SECONDS):
    """One request on a connection of its own."""
    if context:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=timeout,
                                                 context=context)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        try:
            connection.request(method, path, body=body, headers=headers or {})
        except (BrokenPipeError, ConnectionResetError):
            pass  # the hub may answer before it has read a body that is too large
        answer = connection.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def as_body(records):
    """Bytes as they are; text in UTF-8; a list as NDJSON; anything else as one JSON value."""
    if isinstance(records, bytes):
        return records
    if isinstance(records, str):
        return records.encode()
    if isinstance(records, list):
        return b"".join(json.dumps(r).encode() + b"\n" for r in records)
    return json.dumps(records).encode()


class Hub:
    """A running `srehub serve` on a folder; may be stopped, killed and started again on it."""

    def __init__(self, data, clock=None, args=(), env=None, token=None, listen="127.0.0.1"):
        self.data, self.clock, self.args = pathlib.Path(data), clock, list(args)
        # Hubs of tests that run side by side would contend for OTLP's own port.
        self.env = {"SREHUB_OTLP_LISTEN": "off", **(env or {})}
        self.token, self.listen = token, listen
        self.port, self.process, self.context = None, None, None
        self.log_path = self.data.with_name(self.data.name + ".log")

    # --- the process ---------------------------------------------------------------------------
    def command(self):
        line = [binary(), "serve", "--listen", f"{self.listen}:{self.port}", "--data",
                str(self.data)]
        return line + (["--clock", self.clock] if self.clock else []) + self.args

    def launch(self):
        """Starts the process without waiting for it."""
        self.port = self.port or free_port()
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log,
                                        stderr=log, env=environment(**(self.env or {})))
        log.close()
        return self

    def start(self):
        fixed = self.port is not None  # started before: whoever knows the port goes on using it
        self.launch()
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                # Another process may have taken the free port in between.
                if not fixed and f":{self.port}: Address already in use" in self.log():
                    self.port = None
                    self.launch()
                    continue
                raise RuntimeError(f"the hub ended with {self.process.returncode}: {self.log()}")
            try:
                if send(self.port, "GET", "/-/ready", context=self.context, timeout=5).status == 200:
                    return self
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.02)
        raise RuntimeError(f"not ready within {READY_SECONDS} s: {self.log()}")

    def restart(self, clock=None):
        self.stop()
        self.clock = clock or self.clock
        return self.start()

    def stop(self, seconds=20):
        """Asks it to stop, by its process id; its exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self.process = None
        return status

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def log(self):
        text = self.log_path.read_text(errors="replace") if self.log_path.exists() else ""
        return text[-4000:]

    # --- HTTP ----------------------------------------------------------------------------------
    def request(self, method, path, body=None, headers=None, timeout=REQUEST_SECONDS):
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return send(self.port, method, path, body, headers, self.context, timeout)

    def get(self, path, expect=200, **params):
        """The JSON of an answer that must have this status."""
        target = path + query_string(params)
        reply = self.request("GET", target)
        assert reply.status == expect, f"GET {target}: {reply}"
        return reply.json()

    def post(self, path, value=None, expect=200, headers=None):
        body = b"" if value is None else as_body(value)
        reply = self.request("POST", path, body,
                             {"Content-Type": "application/json", **(headers or {})})
        assert reply.status == expect, f"POST {path}: {reply}"
        return reply.json() if reply.body else None

    def ingest(self, format_, records, expect=200, headers=None):
        """The receipt."""
        return self.post(f"/api/v1/ingest/{format_}", records, expect, headers)

    # --- the questions -------------------------------------------------------------------------
    def events(self, service, **params):
        return self.get(f"/api/v1/services/{service}/events", **params)

    def top(self, **params):
        return self.get("/api/v1/incidents/top", **params)

    def incident(self, incident_id, expect=200, **params):
        return self.get("/api/v1/incidents/" + urllib.parse.quote(incident_id, safe=""), expect,
                        **params)

    def actions(self, service, **params):
        return self.get(f"/api/v1/services/{service}/recommendations", **params)

    def tally(self, **params):
        return self.get("/api/v1/tally", **params)

    def rejects(self, **params):
        return self.get("/api/v1/rejects", **params)["rejects"]


def run(*args, data=None, server=None, clock=None, stdin=None, env=None, timeout=120, expect=0):
    """The command line, as a person uses it; its output. `expect` None takes any exit status."""
    line = [binary(), *map(str, args)]
    line += ["--data", str(data)] if data else []
    line += ["--server", server] if server else []
    line += ["--clock", clock] if clock else []
    done = subprocess.run(line, input=stdin, capture_output=True, timeout=timeout,
                          env=environment(**(env or {})))
    done.out = done.stdout.decode()
    done.err = done.stderr.decode()
    if expect is not None:
        assert done.returncode == expect, \
            f"{' '.join(line)}\nexit {done.returncode}\n{done.out[-2000:]}\n{done.err[-2000:]}"
    return done


def run_json(*args, **options):
    return json.loads(run(*args, "-o", "json", **options).out)


def find(rows, **wanted):
    """The one row of a list with these members."""
    found = [r for r in rows if all(r.get(k) == v for k, v in wanted.items())]
    assert len(found) == 1, f"{len(found)} rows with {wanted} in {json.dumps(rows)[:3000]}"
    return found[0]


def wait_for(what, check, seconds, every=0.2):
    """Calls `check` until it gives something true; that."""
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(every)
