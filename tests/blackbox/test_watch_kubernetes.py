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
    names = {r["serviceId"] for r in hub.get("/api/v1/services", limit=1000)["services"]
             if r["serviceId"].startswith(cluster.prefix + "-")}
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
        if rng.random() < 0.5:
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
