"""`srehub ingest -f`: every line once, whatever happens to the file, the follower and the hub."""
import datetime
import gzip
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import threading
import time

import pytest

import srehub

LINES = 1500
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)


class Follower:
    def __init__(self, folder, target, port):
        self.line = [srehub.binary(), "ingest", "-f", str(target), "--server",
                     f"http://127.0.0.1:{port}", "--state", str(folder / "state.json")]
        self.log, self.process = folder / "follower.log", None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.line, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=srehub.environment())
        return self

    def stop(self, with_=signal.SIGTERM):
        if self.process is None:
            return None
        os.kill(self.process.pid, with_)
        status = self.process.wait(20)
        self.process = None
        return status


class Writer(threading.Thread):
    """An application that logs to a file which is rotated under its hands. `timed`: its lines say
    when; else not, and where files are renamed they even say the same again and again. (A file that
    was truncated is told by what stands in it, so there lines must differ.)"""

    def __init__(self, path, service, how, rng, timed, state):
        super().__init__()
        self.path, self.service, self.how, self.rng = path, service, how, rng
        self.state = state
        self.timed, self.rotations, self.error = timed, 0, None
        self.rotated, self.extra = 0.0, 0

    def run(self):
        try:
            self.write()
        except Exception as e:  # shown by the test
            self.error = e

    def line(self, number):
        numbered = self.timed or self.how == "copytruncate"
        record = {"level": "ERROR", "service": self.service,
                  "message": f"payment {number if numbered else ''} was declined"}
        if self.timed:
            now = datetime.datetime.now(datetime.timezone.utc)
            record["timestamp"] = now.isoformat().replace("+00:00", "Z")
        return json.dumps(record).encode() + b"\n"

    def write(self):
        file = open(self.path, "ab", buffering=0)
        for number in range(LINES):
            text = self.line(number)
            cut = self.rng.randrange(1, len(text))
            file.write(text[:cut])
            if self.rng.random() < 0.02:
                time.sleep(0.02)  # half a line stands there for a while
            file.write(text[cut:])
            time.sleep(0.001)
            # What was rotated before the follower ever began is none of its business.
            if (self.rng.random() < 0.01 and time.monotonic() - self.rotated > 0.3
                    and self.state.exists()):
                file = self.rotate(file)
                self.rotated = time.monotonic()
        file.close()

    def rotate(self, file):
        self.rotations += 1
        for n in range(40, 0, -1):
            for ending in (".gz", ""):
                old = pathlib.Path(f"{self.path}.{n}{ending}")
                if old.exists():
                    old.rename(f"{self.path}.{n + 1}{ending}")
        first = pathlib.Path(f"{self.path}.1")
        if self.how == "rename":
            self.path.rename(first)
            if self.rng.random() < 0.5:
                file.write(self.line(10_000 + self.rotations))  # not told to reopen yet
                self.extra += 1
            file.close()
            file = open(self.path, "ab", buffering=0)
        else:
            shutil.copyfile(self.path, first)
            os.truncate(self.path, 0)
            # What is truncated again before anyone looked is lost to everybody.
            time.sleep(0.6)
        for n in range(3, 40):
            self.pack(pathlib.Path(f"{self.path}.{n}"))
        return file

    def pack(self, old):
        """Once the follower has read it: what is packed while nobody looks is lost to everybody."""
        if not old.exists() or not self.state.exists():
            return
        about = old.stat()
        if any(int(mark["inode"], 16) == about.st_ino and mark["offset"] == about.st_size
               for mark in json.loads(self.state.read_text())["files"]):
            with open(old, "rb") as plain, gzip.open(f"{old}.gz", "wb") as packed:
                shutil.copyfileobj(plain, packed)
            old.unlink()


def occurrences(hub, service):
    return sum(r["totalOccurrences"] for r in hub.top(limit=100)["incidents"]
               if r["serviceId"] == service)


@pytest.fixture(scope="module")
def hub(module_hubs):
    return module_hubs()


@pytest.mark.parametrize("whole_folder", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize("how", ["rename", "copytruncate"])
@pytest.mark.parametrize("timed", [True, False], ids=["timed", "untimed"])
def test_every_line_once(hub, tmp_path, how, whole_folder, timed):
    seed = f"{SEED}-{how}-{whole_folder}-{timed}"
    rng = random.Random(seed)
    service = f"follow-{how}-{'dir' if whole_folder else 'file'}-{'t' if timed else 'u'}"
    logs = tmp_path / "logs"
    logs.mkdir()
    target = logs if whole_folder else logs / "app.log"
    writer = Writer(logs / "app.log", service, how, random.Random(seed + "w"), timed,
                    tmp_path / "state.json")
    follower = Follower(tmp_path, target, hub.port)
    writer.start()
    try:
        follower.start()
        # Killed at any moment and at once back: copies are told from what they were copied of.
        while writer.is_alive():
            time.sleep(rng.uniform(0.2, 0.8))
            if rng.random() < 0.2:
                hub.kill()  # the follower waits, and holds on to what is rotated away meanwhile
                hub.start()
            follower.stop(rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
            follower.start()
        writer.join()
        assert writer.error is None, writer.error
        wanted = LINES + writer.extra

        def counted():
            receipts = hub.get("/api/v1/services", limit=1000)["services"]
            return receipts and occurrences(hub, service)
        srehub.wait_for(f"SEED={SEED}: {wanted} lines; {counted()} are there: "
                        f"{follower.log.read_text()[-2000:]}", lambda: counted() >= wanted, 30)
        time.sleep(0.7)
        assert counted() == wanted, f"SEED={SEED}, {writer.rotations} rotations"
        assert writer.rotations > 2
        assert follower.stop() == 0
    finally:
        follower.stop(signal.SIGKILL)
        writer.join()


def test_a_wrong_token_ends_it_and_loses_nothing(hubs, tmp_path):
    token = "0123456789abcdef0123456789abcdef"
    hub = hubs(env={"SREHUB_TOKEN": token}, token=token)
    log = tmp_path / "app.log"
    log.write_text('{"level":"ERROR","service":"token-api","message":"no"}\n')
    follower = Follower(tmp_path, log, hub.port).start()
    assert follower.process.wait(20) == 1
    assert "401" in follower.log.read_text()
    (tmp_path / "token").write_text(token + "\n")
    follower.line += ["--token-file", str(tmp_path / "token")]
    follower.start()
    srehub.wait_for("the line", lambda: occurrences(hub, "token-api") == 1, 20)
    assert follower.stop() == 0


def test_standard_input_is_sent_as_it_comes(hub):
    """A stream that never pauses is no reason to wait for its end."""
    process = subprocess.Popen([srehub.binary(), "ingest", "-", "--server",
                                f"http://127.0.0.1:{hub.port}", "-o", "json"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               env=srehub.environment())
    try:
        ends = time.monotonic() + 3
        sent, seen_after = 0, None
        while time.monotonic() < ends:
            process.stdin.write(json.dumps({"level": "ERROR", "service": "stream-api",
                                            "timestamp": datetime.datetime.now(
                                                datetime.timezone.utc).isoformat(),
                                            "message": f"line {sent}"}, indent=1).encode() + b"\n")
            process.stdin.flush()
            sent += 1
            time.sleep(0.02)
            if seen_after is None and sent % 10 == 0 and occurrences(hub, "stream-api"):
                seen_after = sent
        assert seen_after and seen_after < sent, "nothing came before the end"
        process.stdin.close()
        assert json.loads(process.stdout.read())["accepted"] == sent
        assert process.wait(20) == 0
        assert occurrences(hub, "stream-api") == sent
    finally:
        process.kill()
        process.wait()
