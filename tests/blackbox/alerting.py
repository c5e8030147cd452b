"""Debian's Prometheus and Alertmanager, started on loopback, and what stands around them."""
import http.server
import os
import shutil
import signal
import subprocess
import threading
import time

import srehub

PROMETHEUS, ALERTMANAGER = "prometheus", "prometheus-alertmanager"


class LocalServer:
    """An HTTP server of the test's own, in a thread."""

    def __init__(self):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self._answer(outer.on_get(self.path))

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.on_post(self.path, dict(self.headers.items()), body)
                self._answer("")

            def _answer(self, text):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def on_get(self, path):
        return ""

    def on_post(self, path, headers, body):
        pass

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Metrics(LocalServer):
    """A service whose gauges the test turns."""

    def __init__(self, **gauges):
        self.gauges = gauges
        super().__init__()

    def on_get(self, path):
        return "".join(f"# TYPE {n} gauge\n{n} {v}\n" for n, v in self.gauges.items())

    def set(self, **gauges):
        self.gauges.update(gauges)


class Capture(LocalServer):
    """Takes what is posted to it and keeps it: (seconds since 1970, path, body)."""

    def __init__(self):
        self.deliveries, self.lock = [], threading.Lock()
        super().__init__()

    def on_post(self, path, headers, body):
        with self.lock:
            self.deliveries.append((time.time(), path, body))

    def of(self, path):
        with self.lock:
            return [d for d in self.deliveries if d[1] == path]


class Daemon:
    """A program of the system, with its output in a file."""

    def __init__(self, folder, name, arguments, port):
        program = shutil.which(name)
        if program is None:
            raise RuntimeError(f"{name} is not installed; scripts/install_dependencies test does")
        self.port, self.log_path = port, folder / f"{name}.log"
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen([program, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                                        stdout=log, stderr=log)
        log.close()

    def await_ready(self, seconds=30):
        def ready():
            assert self.process.poll() is None, self.log_path.read_text()[-2000:]
            try:
                return srehub.send(self.port, "GET", "/-/ready", timeout=2).status == 200
            except OSError:
                return False
        srehub.wait_for(f"{self.process.args[0]} is ready", ready, seconds)

    def kill(self):
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()


RULES = """groups:
- name: test
  interval: 1s
  rules:
{rules}"""
RULE = """  - alert: {name}
    expr: {expr}
    labels: {{severity: {severity}, service: {service}}}
    annotations: {{summary: "{name} on {service}"}}
"""


def start_alertmanager(folder, webhooks):
    port = srehub.free_port()
    hooks = "".join(f"  - url: {url}\n    send_resolved: true\n" for url in webhooks)
    (folder / "alertmanager.yml").write_text(
        "route:\n  receiver: hub\n  group_by: ['...']\n  group_wait: 1s\n  group_interval: 2s\n"
        f"  repeat_interval: 4s\nreceivers:\n- name: hub\n  webhook_configs:\n{hooks}")
    return Daemon(folder, ALERTMANAGER,
                  ["--config.file=alertmanager.yml", "--storage.path=alertmanager",
                   f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="], port)


def start_prometheus(folder, scrape_port, alertmanager_ports, rules):
    """`rules`: (name, expression, severity, service). Each alertmanager gets every alert."""
    port = srehub.free_port()
    (folder / "rules.yml").write_text(RULES.format(rules="".join(
        RULE.format(name=n, expr=e, severity=s, service=v) for n, e, s, v in rules)))
    targets = ", ".join(f"'127.0.0.1:{p}'" for p in alertmanager_ports)
    (folder / "prometheus.yml").write_text(
        "global:\n  scrape_interval: 1s\n  evaluation_interval: 1s\n"
        "  external_labels: {cluster: test}\n"
        "rule_files: ['rules.yml']\n"
        f"scrape_configs:\n- job_name: app\n  static_configs:\n"
        f"  - targets: ['127.0.0.1:{scrape_port}']\n"
        f"alerting:\n  alertmanagers:\n  - static_configs:\n    - targets: [{targets}]\n")
    return Daemon(folder, PROMETHEUS,
                  ["--config.file=prometheus.yml", "--storage.tsdb.path=prometheus",
                   f"--web.listen-address=127.0.0.1:{port}", "--rules.alert.resend-delay=2s"],
                  port)
