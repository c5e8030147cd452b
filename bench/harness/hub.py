"""The hub as a contender: a real process on loopback with a store of its own."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

READY_SECONDS_MAX = 60


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Hub:
    name = "srehub"
    durability = "synced before the ack"

    def __init__(self, program, directory, clock):
        self.program = pathlib.Path(program).resolve()
        self.directory = pathlib.Path(directory)
        self.data = self.directory / "data"
        self.clock = clock
        self.process = None
        self.port = None

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    def fresh(self):
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)

    def environment(self):
        """The caller's, without settings for a hub of its own; the clock stands still."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SREHUB_")}
        return {**kept, "SREHUB_CLOCK": self.clock}

    def start(self):
        """Returns the seconds until it says that it is ready."""
        self.port = free_port()
        command = [self.program, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", self.data]
        log = open(self.directory / "hub.log", "ab")
        begin = time.monotonic()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                        env=self.environment())
        log.close()
        while time.monotonic() - begin < READY_SECONDS_MAX:
            if self.process.poll() is not None:
                break
            try:
                if self.get("/-/ready")[0] == 200:
                    return time.monotonic() - begin
            except OSError:
                pass
            time.sleep(0.002)
        tail = (self.directory / "hub.log").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"the hub did not become ready:\n{tail}")

    def get(self, target):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", target)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def json(self, target):
        status, body = self.get(target)
        if status != 200:
            raise RuntimeError(f"{status} {target}: {body[:300]!r}")
        return json.loads(body)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process = None

    def stop(self):
        """Returns the seconds until it was gone."""
        if self.process is None:
            return 0.0
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        self.process = None
        return time.monotonic() - begin

    def verify(self):
        """Recounts the stored events, with no hub running; the report of `srehub verify`."""
        done = subprocess.run([self.program, "verify", "--data", self.data, "-o", "json"],
                              capture_output=True, text=True, timeout=3600,
                              env=self.environment())
        if done.returncode != 0:
            raise RuntimeError(f"verify: exit {done.returncode}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)
