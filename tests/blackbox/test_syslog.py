"""Syslog as real senders speak it: util-linux' logger over UDP and TCP in both framings, and
rsyslog with RFC 5424 over octet-counted TCP."""
import datetime
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

import srehub

RSYSLOGD = "/usr/sbin/rsyslogd"


class SyslogHub:
    """A hub that takes syslog on ports of its own."""

    def __init__(self, hubs, **env):
        self.hub = hubs(env={"SREHUB_SYSLOG_TCP": "127.0.0.1:0", "SREHUB_SYSLOG_UDP": "127.0.0.1:0",
                             **env})
        log = self.hub.log_path.read_text()
        self.tcp, self.udp = (int(re.search(rf"syslog over {t} is taken on 127.0.0.1:(\d+)",
                                            log)[1]) for t in ("TCP", "UDP"))

    def lines(self, service):
        """The messages stored for a service, with their severity."""
        found, cursor = [], None
        while True:
            reply = self.hub.request("GET", f"/api/v1/services/{service}/events" +
                                     srehub.query_string({"since": "1h", "exact": "true",
                                                          "limit": 1000, "cursor": cursor}))
            if reply.status == 404:
                return []
            answer = reply.json()
            found += [(e["severity"], e["details"].get("message") or e["title"]) for e in answer["events"]]
            cursor = answer.get("cursor")
            if not cursor:
                return found

    def await_lines(self, service, count, seconds=20):
        srehub.wait_for(f"{count} messages of {service}, {len(self.lines(service))} are there",
                        lambda: len(self.lines(service)) >= count, seconds)
        time.sleep(0.3)
        lines = self.lines(service)
        assert len(lines) == count
        return lines

    def metric(self, name, **labels):
        text = self.hub.request("GET", "/metrics").body.decode()
        inside = ",".join(f'{k}="{v}"' for k, v in labels.items())
        return float(re.search(rf"^{name}(?:{{{inside}}})? ([0-9.e+]+)$", text, re.M)[1])


@pytest.fixture(scope="module")
def syslog(module_hubs):
    return SyslogHub(module_hubs)


def logger(*args, stdin=None):
    program = shutil.which("logger")
    assert program, "util-linux' logger is not installed"
    subprocess.run([program, "--server", "127.0.0.1", *map(str, args)], check=True, input=stdin,
                   timeout=60)


SEVERITIES = [("user.emerg", "critical"), ("user.alert", "critical"), ("user.crit", "high"), ("user.err", "high"),
              ("user.warning", "medium"), ("user.notice", "low"), ("user.info", "info"),
              ("user.debug", "info")]


@pytest.mark.parametrize("how", [("udp", "--udp"), ("tcp", "--tcp", "--octet-count"),
                                 ("tcp", "--tcp")], ids=["udp", "octet-count", "newline"])
@pytest.mark.parametrize("form", ["--rfc5424", "--rfc3164"])
def test_logger(syslog, how, form):
    transport, *flags = how
    service = f"log-{'-'.join(how).replace('--', '')}-{form[5:]}"
    port = getattr(syslog, transport)
    for priority, _ in SEVERITIES:
        logger("--port", port, *flags, form, "--tag", service, "--priority", priority,
               f"a payment of priority {priority}")
    lines = syslog.await_lines(service, len(SEVERITIES))
    assert sorted(lines) == sorted((severity, f"a payment of priority {priority}")
                                   for priority, severity in SEVERITIES)


@pytest.mark.parametrize("flags", [["--udp"], ["--tcp", "--octet-count"], ["--tcp"]],
                         ids=["udp", "octet-count", "newline"])
def test_many_sent_are_as_many_stored(syslog, flags):
    count = 2000
    service = "many-" + "-".join(f.replace("--", "") for f in flags)
    text = "".join(f"order {n} was not found\n" for n in range(count)).encode()
    port = syslog.udp if "--udp" in flags else syslog.tcp
    logger("--port", port, *flags, "--rfc5424", "--tag", service, "--priority", "user.err",
           "--file", "/dev/stdin", stdin=text)
    lines = syslog.await_lines(service, count)
    assert {m for _, m in lines} == {f"order {n} was not found" for n in range(count)}
    assert syslog.metric("srehub_syslog_dropped_total", reason="udp_queue_full") == 0
    assert syslog.metric("srehub_syslog_dropped_total", reason="udp_kernel_buffer") == 0


def test_rsyslog(syslog, tmp_path):
    """RFC 5424 over octet-counted TCP, fed through rsyslog's own socket by logger."""
    assert os.access(RSYSLOGD, os.X_OK), "rsyslog is not installed"
    source = tmp_path / "log"
    config = tmp_path / "rsyslog.conf"
    config.write_text(f"""
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{source}" RateLimit.Interval="0")
global(workDirectory="{tmp_path}" maxMessageSize="64k")
action(type="omfwd" target="127.0.0.1" port="{syslog.tcp}" protocol="tcp"
       TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"
       action.resumeRetryCount="-1" queue.type="LinkedList")
""")
    process = subprocess.Popen([RSYSLOGD, "-n", "-f", str(config), "-i", str(tmp_path / "pid")],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.STDOUT)
    count = 500
    try:
        srehub.wait_for("rsyslog's socket", source.exists, 20)
        text = "".join(f"cart {n} is empty\n" for n in range(count)).encode()
        subprocess.run(["logger", "--socket", str(source), "--tag", "rsyslog-api", "--priority",
                        "local0.crit", "--file", "/dev/stdin"], input=text, check=True, timeout=60)
        long_text = "x" * 20_000
        subprocess.run(["logger", "--socket", str(source), "--tag", "rsyslog-long", "--size", "32k",
                        "--priority", "local0.err", long_text], check=True, timeout=60)
        lines = syslog.await_lines("rsyslog-api", count)
        assert set(lines) == {("high", f"cart {n} is empty") for n in range(count)}
        syslog.await_lines("rsyslog-long", 1)
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(20)


def frame(service, text, severity=3):
    now = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    return f"<{8 + severity}>1 {now} host {service} - - - {text}".encode()


def test_both_framings_on_one_connection_in_any_pieces(syslog):
    rng = random.Random(7)
    stream = b""
    for n in range(300):
        message = frame("mixed-api", f"item {n}" + ("\nsecond line" if n % 3 == 0 else ""))
        if n % 3 == 0 or rng.random() < 0.5:
            stream += b"%d %s" % (len(message), message)
        else:
            stream += message + b"\n"
    with socket.create_connection(("127.0.0.1", syslog.tcp)) as connection:
        while stream:
            cut = rng.randint(1, 400)
            connection.sendall(stream[:cut])
            stream = stream[cut:]
    lines = syslog.await_lines("mixed-api", 300)
    assert sum("second line" in m for _, m in lines) == 100


def test_a_message_waits_at_most_200_ms(syslog):
    with socket.create_connection(("127.0.0.1", syslog.tcp)) as connection:
        connection.sendall(frame("prompt-api", "now") + b"\n")
        began = time.monotonic()
        srehub.wait_for("the message", lambda: syslog.lines("prompt-api"), 5, every=0.01)
        assert time.monotonic() - began < 2  # 200 ms, and a busy machine


def test_too_long_messages_are_cut_and_garbage_is_refused(syslog):
    before = syslog.metric("srehub_syslog_cut_total")
    long = frame("long-api", "y" * 300_000)
    with socket.create_connection(("127.0.0.1", syslog.tcp)) as connection:
        connection.sendall(b"%d %s" % (len(long), long))
        connection.sendall(b"<999>1 no such priority\n" + os.urandom(2000) + b"\n")
        connection.sendall(frame("long-api", "after it") + b"\n")
    syslog.await_lines("long-api", 2)
    assert syslog.metric("srehub_syslog_cut_total") == before + 1
    assert syslog.hub.alive()


def test_a_full_set_of_connections_is_counted(syslog):
    before = syslog.metric("srehub_syslog_connections_closed_total", reason="too_many")
    held = [socket.create_connection(("127.0.0.1", syslog.tcp)) for _ in range(1030)]
    try:
        srehub.wait_for("refusals", lambda: syslog.metric(
            "srehub_syslog_connections_closed_total", reason="too_many") > before, 10)
        assert syslog.metric("srehub_syslog_connections") == 1024
    finally:
        for connection in held:
            connection.close()
    srehub.wait_for("the ends", lambda: syslog.metric("srehub_syslog_connections") == 0, 10)


def test_a_stop_delivers_what_was_received(hubs):
    syslog = SyslogHub(hubs)
    with socket.create_connection(("127.0.0.1", syslog.tcp)) as connection:
        connection.sendall(b"".join(frame("stop-api", f"n {n}") + b"\n" for n in range(500)))
        srehub.wait_for("receipt", lambda: syslog.metric("srehub_syslog_messages_total",
                                                         transport="tcp") == 500, 10)
        assert syslog.hub.stop() == 0
    syslog.hub.start()
    assert len(syslog.lines("stop-api")) == 500


def test_other_addresses_must_be_allowed(tmp_path):
    done = srehub.run("config", "check", env={"SREHUB_SYSLOG_UDP": "0.0.0.0:5514"}, expect=2)
    assert "syslog.allow_remote" in done.err and "no authentication" in done.err
    srehub.run("config", "check", env={"SREHUB_SYSLOG_UDP": "0.0.0.0:5514",
                                       "SREHUB_SYSLOG_ALLOW_REMOTE": "true"})
    printed = srehub.run("config", "print", env={"SREHUB_SYSLOG_TCP": "127.0.0.1:5514"}).out
    again = tmp_path / "again.yaml"
    again.write_text(printed)
    srehub.run("config", "check", again)
