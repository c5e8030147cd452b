"""`srehub watch kubernetes` against an API server that misbehaves as real ones do: whatever
breaks, the hub's counts are the cluster's own."""
import collections
import datetime
import os
import pathlib
import random
import signal
import subprocess
import time

import pytest

import kube_api
import srehub
from payloads import kubernetes_event

EPISODES = int(os.environ.get("EPISODES", "20"))
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)
REASONS = {"BackOff": ("CrashLoopBackOff", "Back-off restarting failed container app in pod {}"),
           "Unhealthy": ("Unhealthy", "Readiness probe failed: HTTP 503"),
           "FailedMount": ("FailedMount", "MountVolume.SetUp failed for volume \"data\"")}
HASH, SUFFIX = "456789bcdf", "bcdfghjklmnpqrstvwxz2456789"


def now(delta=0.0):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=delta)


class Watcher:
    """The command as a process that may be killed and started again on its state."""

    def __init__(self, folder, kubeconfig, server, args=()):
        self.folder, self.kubeconfig, self.server, self.args = folder, kubeconfig, server, args
        self.log = folder / "watcher.log"
        self.process = None

    def start(self):
        line = [srehub.binary(), "watch", "kubernetes", "--kubeconfig", str(self.kubeconfig),
                "--server", self.server, "--state", str(self.folder / "state.json"), *self.args]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=srehub.environment())
        return self

    def stop(self, with_=signal.SIGTERM):
        if self.process is None:
            return None
        os.kill(self.process.pid, with_)
        status = self.process.wait(20)
        self.process = None
        return status

    def text(self):
        return self.log.read_text(errors="replace")


class Cluster:
    """Pods, their owners and their events; and what a hub must have counted of them."""

    def __init__(self, api, rng, prefix):
        self.api, self.rng, self.prefix = api, rng, prefix
        self.pods, self.events, self.number = [], [], 0
        self.truth = collections.Counter()  # (service, type): occurrences

    def word(self, alphabet, length):
        return "".join(self.rng.choice(alphabet) for _ in range(length))

    def add_pod(self):
        """A pod whose own name says nothing of the service it belongs to."""
        self.number += 1
        n, rng = self.number, self.rng
        service = f"{self.prefix}-svc{n}"
        set_name = f"{self.prefix}-blue{n}-{self.word(HASH, 9)}"
        pod = {"name": f"{set_name}-{self.word(SUFFIX, 5)}", "namespace": "shop",
               "uid": f"pod-{self.prefix}-{n}", "labels": {}, "annotations": {
                   "kubectl.kubernetes.io/last-applied-configuration": "{" + "x" * 600 + "}"}}
        how = rng.choice(["deployment", "label", "daemonset"])
        if how == "label":
            pod["labels"]["app.kubernetes.io/name"] = service
        elif how == "daemonset":
            pod["ownerReferences"] = [{"kind": "DaemonSet", "name": service, "controller": True}]
        if how == "deployment":
            pod["ownerReferences"] = [{"kind": "ReplicaSet", "name": set_name, "controller": True}]
            self.api.put("replicasets", {"metadata": {
                "name": set_name, "namespace": "shop", "uid": f"rs-{self.prefix}-{n}",
                "ownerReferences": [{"kind": "Deployment", "name": service}]}})
        obj = {"metadata": pod, "spec": {"nodeName": "node-1", "containers": [
            {"name": "app", "env": [{"name": "PASSWORD", "value": "canary-secret"}]}]},
            "status": {"containerStatuses": [{"name": "app", "restartCount": 0}]}}
        entry = {"object": obj, "service": service, "killed": False, "gone": False}
        self.pods.append(entry)
        self.api.put("pods", obj)
        # An event may be heard of before its pod: the two come on different streams.
        if rng.random() < 0.3:
            self.add_event(entry)
        return entry

    def add_event(self, pod):
        if not self.pods:
            return
        self.number += 1
        reason = self.rng.choice(sorted(REASONS))
        name = pod["object"]["metadata"]["name"]
        event = kubernetes_event(name, reason, REASONS[reason][1].format(name),
                                 uid=f"event-{self.prefix}-{self.number}",
                                 count=self.rng.choice([1, 1, 2, 5]), first=now(-600), last=now(-5))
        event["metadata"]["name"] = f"{name}.{self.number:x}"
        event["involvedObject"]["uid"] = pod["object"]["metadata"]["uid"]
        event["metadata"]["managedFields"] = [{"manager": "kubelet", "fieldsV1": {"f:count": {}}}]
        for key in ("kind", "apiVersion"):
            event.pop(key)
        self.truth[pod["service"], REASONS[reason][0]] += event["count"]
        self.events.append((event, pod["service"], REASONS[reason][0]))
        self.api.put("events", event)

    def bump(self):
        if not self.events:
            return
        event, service, type_ = self.rng.choice(self.events)
        more = self.rng.choice([1, 1, 1, 4, 20])
        event["count"] += more
        event["lastTimestamp"] = now().strftime("%Y-%m-%dT%H:%M:%SZ")
        self.truth[service, type_] += more
        self.api.put("events", event)

    def kill_for_memory(self):
        left = [p for p in self.pods if not p["killed"] and not p["gone"]]
        if not left:
            return
        pod = self.rng.choice(left)
        pod["killed"] = True
        ended = {"terminated": {"reason": "OOMKilled", "exitCode": 137,
                                "finishedAt": now(-2).strftime("%Y-%m-%dT%H:%M:%SZ")}}
        status = pod["object"]["status"]["containerStatuses"][0]
        status["state"] = ended
        self.truth[pod["service"], "OOMKilled"] += 1
        self.api.put("pods", pod["object"])
        if self.rng.random() < 0.7:
            status.update(state={"running": {}}, lastState=ended, restartCount=1)
            self.api.put("pods", pod["object"])

    def change_everything(self):
        """The pods are relabelled or gone; their events go on being about what they were."""
        for pod in self.pods:
            metadata = pod["object"]["metadata"]
            if self.rng.random() < 0.5:
                metadata["labels"] = {"app": f"{self.prefix}-wrong"}
                self.api.put("pods", pod["object"])
            elif not pod["gone"]:
                pod["gone"] = True
                self.api.delete("pods", metadata["namespace"], metadata["name"])

    def counts(self, hub):
        counted = collections.Counter()
        for service in {s for s, _ in self.truth}:
            for _, type_ in [k for k in self.truth if k[0] == service]:
                reply = hub.request("GET", f"/api/v1/incidents/{service}%23{type_}")
                if reply.status == 200:
                    counted[service, type_] = reply.json()["incident"]["totalOccurrences"]
        return counted

    def await_truth(self, hub, what, seconds=30):
        deadline = time.monotonic() + seconds
        while (counted := self.counts(hub)) != self.truth:
            missing = {k: (v, counted[k]) for k, v in self.truth.items() if counted[k] != v}
            assert time.monotonic() < deadline, f"{what}: true and counted: {missing}"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def hub(module_hubs):
    return module_hubs()


@pytest.fixture
def api():
    made = kube_api.KubeApi()
    yield made
    made.close()


@pytest.fixture
def watcher(tmp_path, api, hub):
    made = Watcher(tmp_path, api.kubeconfig(tmp_path / "kubeconfig"), f"http://127.0.0.1:{hub.port}")
    yield made
    made.stop(signal.SIGKILL)


def check_services(hub, cluster, what):
    """Nothing was counted for a name of a pod or a replica set."""
    page = hub.get("/api/v1/services", text=cluster.prefix + "-", limit=1000)["services"]
    names = {r["serviceId"] for r in page if r["serviceId"].startswith(cluster.prefix + "-")}
    assert names == {s for s, _ in cluster.truth}, what


def episode(number, hub, folder):
    seed = SEED + number
    rng = random.Random(seed)
    what = f"episode {number}, SEED={seed} EPISODES=1"
    api = kube_api.KubeApi(seed, groups=rng.choice(
        [(kube_api.CORE, kube_api.EVENTS, kube_api.APPS), (kube_api.CORE, kube_api.APPS)]))
    api.slow = rng.choice([0, 0, 0, 0.01])
    api.watch_seconds = rng.choice([None, None, 0.7])
    api.lag = rng.choice([{}, {"pods": 0.1}, {"replicasets": 0.2, "pods": 0.05}])
    cluster = Cluster(api, rng, f"s{seed}")
    folder.mkdir()
    watcher = Watcher(folder, api.kubeconfig(folder / "kubeconfig"),
                      f"http://127.0.0.1:{hub.port}")
    acts = [(cluster.add_pod, 5), (lambda: cluster.add_event(rng.choice(cluster.pods)), 6),
            (cluster.bump, 14), (cluster.kill_for_memory, 2), (api.break_off, 2), (api.compact, 2),
            (lambda: setattr(api, "refuse", rng.randint(1, 3)), 1)]
    try:
        for _ in range(rng.randint(0, 8)):  # some happened before anyone watched
            cluster.add_pod()
            cluster.add_event(cluster.pods[-1])
        watcher.start()
        steps = rng.randint(20, 60)
        restarts = set(rng.sample(range(5, steps), rng.randint(1, 2)))
        for step in range(steps):
            if not cluster.pods:
                cluster.add_pod()
            rng.choices([a for a, _ in acts], [w for _, w in acts])[0]()
            time.sleep(rng.choice([0, 0, 0.005, 0.03]))
            if step in restarts:
                watcher.stop(rng.choice([signal.SIGKILL, signal.SIGTERM]))
                for _ in range(rng.randint(0, 6)):
                    cluster.bump()
                if rng.random() < 0.3:
                    api.compact()
                watcher.start()
            if rng.random() < 0.01:
                hub.kill()
                hub.start()
        cluster.await_truth(hub, what)
        # Once more, from the state and from nothing: what is known is not counted again.
        if rng.random() < 0.7:
            cluster.change_everything()
            watcher.stop(signal.SIGKILL)
            if rng.random() < 0.5:
                (folder / "state.json").unlink(missing_ok=True)
            api.compact()
            watcher.start()
            cluster.bump()
        cluster.await_truth(hub, what)
        time.sleep(0.3)
        assert cluster.counts(hub) == cluster.truth, what
        check_services(hub, cluster, what)
        assert watcher.stop() == 0, watcher.text()
    except Exception:
        print(f"{what}\n{watcher.text()[-3000:]}")
        raise
    finally:
        watcher.stop(signal.SIGKILL)
        api.close()


def test_random_episodes(hub, tmp_path):
    print(f"SEED={SEED} EPISODES={EPISODES}")
    for number in range(EPISODES):
        episode(number, hub, tmp_path / f"e{number}")
    assert EPISODES > 0
    assert not [r for r in hub.rejects(limit=1000) if "watch" in str(r)]
    verified = srehub.run("verify", server=f"http://127.0.0.1:{hub.port}", timeout=600)
    assert verified.returncode == 0


def settled(cluster, hub, what):
    cluster.await_truth(hub, what)
    check_services(hub, cluster, what)


def test_a_hub_watches_by_itself(hubs, api, tmp_path):
    """`watch` in the configuration: the hub gets its events itself, through restarts."""
    cluster = Cluster(api, random.Random(1), "own")
    for _ in range(3):
        cluster.add_event(cluster.add_pod())
    config = tmp_path / "srehub.yaml"
    config.write_text("watch:\n  kubernetes:\n    enabled: true\n    cluster: east\n"
                      f"    kubeconfig: {api.kubeconfig(tmp_path / 'kubeconfig')}\n")
    hub = hubs(args=["--config", str(config)])
    settled(cluster, hub, "listed")
    cluster.bump()
    cluster.kill_for_memory()
    settled(cluster, hub, "watched")
    lists = sum("limit" in q for _, q in api.requests if "events" in _)
    hub.kill()
    cluster.bump()
    hub.start()
    settled(cluster, hub, "after kill -9")
    assert sum("limit" in q for p, q in api.requests if "events" in p) == lists, \
        "the version was kept: nothing is listed again"
    service = cluster.events[0][1]
    event = hub.events(service, since="1h", exact="true")["events"][0]
    assert event["details"]["cluster"] == "east"
    assert "canary-secret" not in str(hub.events(service, since="1h", exact="true"))
    metrics = hub.request("GET", "/metrics").body.decode()
    assert "srehub_watch_records_total" in metrics
    assert hub.stop() == 0


def test_bookmarks_keep_a_quiet_watch_alive(hub, api, watcher):
    """Other resources move the version on; without bookmarks the next start would be a 410."""
    cluster = Cluster(api, random.Random(2), "quiet")
    pod = cluster.add_pod()
    cluster.add_event(pod)
    watcher.start()
    cluster.await_truth(hub, "first")
    for _ in range(20):
        api.put("pods", pod["object"])
    state = watcher.folder / "state.json"
    before = state.read_text()
    srehub.wait_for("the bookmark's version", lambda: state.read_text() != before, 20)
    watcher.stop(signal.SIGKILL)
    with api.lock:
        api.compacted = api.version - 3  # what the state said before would be too old
        api.requests.clear()
    watcher.start()
    cluster.bump()
    cluster.await_truth(hub, "after the restart")
    assert not [q for p, q in api.requests if p.endswith("/events") and "limit" in q]


def test_a_busy_hub_is_waited_for(hubs, api, tmp_path):
    hub = hubs(env={"SREHUB_LIMITS_MAX_QUEUED_EVENTS": "1"})
    cluster = Cluster(api, random.Random(3), "busy")
    watcher = Watcher(tmp_path, api.kubeconfig(tmp_path / "kubeconfig"),
                      f"http://127.0.0.1:{hub.port}").start()
    try:
        for _ in range(10):
            cluster.add_event(cluster.add_pod())
        cluster.await_truth(hub, "before")
        hub.stop()
        for _ in range(30):
            cluster.bump()
        srehub.wait_for("its complaint", lambda: "not taking events" in watcher.text(), 20)
        hub.start()
        cluster.await_truth(hub, "after")
        assert watcher.stop() == 0
    finally:
        watcher.stop(signal.SIGKILL)


def test_a_token_is_read_again_when_it_changes(hub, api, tmp_path):
    token = tmp_path / "token"
    token.write_text(api.token + "\n")
    watcher = Watcher(tmp_path, api.kubeconfig(tmp_path / "kubeconfig", token_file=str(token)),
                      f"http://127.0.0.1:{hub.port}").start()
    cluster = Cluster(api, random.Random(4), "token")
    try:
        cluster.add_event(cluster.add_pod())
        cluster.await_truth(hub, "the first token")
        api.token = "another-one"
        api.break_off()
        srehub.wait_for("the refusal", lambda: "401" in watcher.text(), 20)
        token.write_text("another-one\n")
        cluster.bump()
        cluster.await_truth(hub, "the second token")
        assert "another-one" not in watcher.text() and "let-me-in" not in watcher.text()
    finally:
        watcher.stop(signal.SIGKILL)


def test_an_exec_plugin_gives_the_token(hub, api, tmp_path):
    plugin = tmp_path / "plugin"
    plugin.write_text("""#!/bin/sh
echo x >> "$CALLS"
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":'\\
'{"token":"'"$(cat "$TOKEN")"'"}}'
""")
    plugin.chmod(0o755)
    token, calls = tmp_path / "token", tmp_path / "calls"
    token.write_text(api.token)
    config = api.kubeconfig(tmp_path / "kubeconfig", exec={
        "apiVersion": "client.authentication.k8s.io/v1", "command": "./plugin",
        "env": [{"name": "TOKEN", "value": str(token)}, {"name": "CALLS", "value": str(calls)}]})
    watcher = Watcher(tmp_path, config, f"http://127.0.0.1:{hub.port}").start()
    cluster = Cluster(api, random.Random(5), "exec")
    try:
        cluster.add_event(cluster.add_pod())
        cluster.await_truth(hub, "the plugin's token")
        assert calls.read_text().count("x") == 1
        api.token = "new"
        token.write_text("new")
        api.break_off()
        cluster.bump()
        cluster.await_truth(hub, "asked again after a 401")
    finally:
        watcher.stop(signal.SIGKILL)


def test_without_the_right_to_see_pods_events_still_come(hub, api, watcher):
    api.forbidden = {"pods", "replicasets"}
    api.put("events", {**kubernetes_event("plain-api-6d4b75cb6d-hw8z9", "BackOff",
                                          REASONS["BackOff"][1].format("x"), uid="forbidden-1",
                                          count=4, first=now(-60), last=now(-5))})
    watcher.start()
    srehub.wait_for("the event", lambda: hub.request(
        "GET", "/api/v1/incidents/plain-api%23CrashLoopBackOff").status == 200, 20)
    row = hub.incident("plain-api#CrashLoopBackOff")["incident"]
    assert row["totalOccurrences"] == 4
    assert "forbidden" in watcher.text()


def test_only_the_named_namespaces(hub, api, watcher):
    watcher.args = ("--namespace", "shop", "--namespace", "pay")
    for namespace in ("shop", "pay", "other"):
        api.put("events", kubernetes_event(f"{namespace}-ns-api", "BackOff",
                                           REASONS["BackOff"][1].format("x"), kind="Deployment",
                                           uid=f"ns-{namespace}", count=2, first=now(-60),
                                           last=now(-5), namespace=namespace))
    watcher.start()
    for namespace in ("shop", "pay"):
        srehub.wait_for(namespace, lambda: hub.request(
            "GET", f"/api/v1/incidents/{namespace}-ns-api%23CrashLoopBackOff").status == 200, 20)
    assert hub.request("GET", "/api/v1/incidents/other-ns-api%23CrashLoopBackOff").status == 404
    assert {p for p, _ in api.requests if p.startswith(kube_api.EVENTS)} == {
        f"{kube_api.EVENTS}/namespaces/{n}/events" for n in ("shop", "pay")}


def test_long_lists_come_in_pages(hub, api, watcher):
    cluster = Cluster(api, random.Random(6), "pages")
    pod = cluster.add_pod()
    for _ in range(1300):
        cluster.add_event(pod)
    watcher.start()
    cluster.await_truth(hub, "all pages")
    pages = [q for p, q in api.requests if p.endswith("/events") and "limit" in q]
    assert len([q for q in pages if "continue" in q]) >= 2


@pytest.mark.parametrize("arguments, says", [
    (["--kubeconfig", "/nonexistent"], "there is no such file"),
    (["--context", "nowhere"], "no 'nowhere' among the contexts")])
def test_what_is_wrong_is_said(api, tmp_path, arguments, says):
    config = api.kubeconfig(tmp_path / "kubeconfig")
    done = srehub.run("watch", "kubernetes", *arguments, server="http://127.0.0.1:1", expect=2,
                      env={"KUBECONFIG": str(config)})
    assert says in done.err
