"""Kubernetes: true counts, times that are null, what Normal hides, and what closes what."""
import itertools

import pytest

import srehub
from payloads import kubernetes_event, watch

NOW = "2025-08-26T14:10:00Z"
BACK_OFF = "Back-off restarting failed container app in pod {}_shop(0f3c)"


@pytest.fixture(scope="module")
def hub(module_hubs):
    return module_hubs(clock=NOW)


def crash_loop(pod, uid, count, last):
    return kubernetes_event(pod, "BackOff", BACK_OFF.format(pod), uid=uid, count=count,
                            first="2025-08-26T13:20:00Z", last=last)


def observations(pod, uid):
    """The same object seen at three counts."""
    return [crash_loop(pod, uid, 3, "2025-08-26T13:22:00Z"),
            crash_loop(pod, uid, 9, "2025-08-26T13:30:00Z"),
            crash_loop(pod, uid, 41, "2025-08-26T14:08:00Z")]


def deploy_pod(service):
    return f"{service}-6d4b75cb6d-hw8z9"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))),
                         ids=lambda o: "-".join(str((3, 9, 41)[i]) for i in o))
def test_one_uid_counts_what_it_says(hub, order):
    service = "series-" + "".join(map(str, order)) + "-api"
    seen = observations(deploy_pod(service), f"uid-{service}")
    stream = []
    for i in order:
        stream += [watch("MODIFIED" if stream else "ADDED", seen[i])] * 2
    hub.ingest("kubernetes", stream[:3])
    hub.ingest("kubernetes", stream[3:])
    # The watch breaks and lists again: the newest state of the object, and the end of an old one.
    listed = {"kind": "EventList", "apiVersion": "v1", "metadata": {"resourceVersion": "9"},
              "items": [{k: v for k, v in seen[2].items() if k not in ("kind", "apiVersion")}]}
    receipt = hub.ingest("kubernetes", listed)
    assert (receipt["accepted"], receipt["duplicate"]) == (0, 1)
    gone = hub.ingest("kubernetes", [watch("DELETED", seen[2]), watch("BOOKMARK", {"kind": "Event"})])
    assert (gone["accepted"], gone["ignored"], gone["rejected"]) == (0, 2, 0)

    row = hub.incident(f"{service}#CrashLoopBackOff")["incident"]
    assert row["totalOccurrences"] == 41
    assert (row["firstSeen"], row["lastSeen"]) == ("2025-08-26T13:20:00Z", "2025-08-26T14:08:00Z")
    window = hub.events(service, since="1h", exact="true")["events"]
    assert len(window) == 1, "a series is one line"
    assert window[0]["occurrences"] == 41 and window[0]["kind"] == "series"


def test_an_intermediate_count_moves_what_it_must(hub):
    """41 at 14:08 came first: 38 of them seem to be of 14:08, until 9 at 13:30 is heard of."""
    service = "late-middle-api"
    seen = observations(deploy_pod(service), "uid-late-middle")
    hub.ingest("kubernetes", [watch("ADDED", seen[0]), watch("MODIFIED", seen[2])])

    def recent():
        return hub.incident(f"{service}#CrashLoopBackOff")["incident"]["count5m"]
    assert recent() == 38
    hub.ingest("kubernetes", [watch("MODIFIED", seen[1])])
    assert recent() == 32


def test_a_new_uid_starts_again(hub):
    service = "new-uid-api"
    pod = deploy_pod(service)
    hub.ingest("kubernetes", [crash_loop(pod, "first", 5, "2025-08-26T13:25:00Z"),
                              crash_loop(pod, "second", 2, "2025-08-26T14:00:00Z")])
    assert hub.incident(f"{service}#CrashLoopBackOff")["incident"]["totalOccurrences"] == 7


def test_the_schedulers_event_has_only_an_event_time(hub):
    """The new recorder writes null for every older time and gives no count."""
    record = {
        "kind": "Event", "apiVersion": "events.k8s.io/v1",
        "metadata": {"name": "scheduled-api.17f", "namespace": "shop", "uid": "uid-scheduler",
                     "creationTimestamp": "2025-08-26T14:07:00Z"},
        "regarding": {"kind": "Pod", "name": deploy_pod("scheduled-api"), "namespace": "shop"},
        "reason": "FailedScheduling", "note": "0/3 nodes are available: 3 Insufficient memory.",
        "type": "Warning", "eventTime": "2025-08-26T14:06:59.123456Z", "series": None,
        "deprecatedFirstTimestamp": None, "deprecatedLastTimestamp": None, "deprecatedSource": {},
        "reportingController": "default-scheduler", "reportingInstance": "default-scheduler-1",
        "action": "Scheduling",
    }
    assert hub.ingest("kubernetes", record)["accepted"] == 1
    (line,) = hub.events("scheduled-api", exact="true")["events"]
    assert line["timestamp"] == "2025-08-26T14:06:59.123456Z"
    assert (line["eventType"], line["severity"]) == ("FailedScheduling", "medium")
    assert line["occurrences"] == 1 and "untimed" not in line


def test_gos_zero_time_counts_as_null(hub):
    record = kubernetes_event(deploy_pod("zero-time-api"), "Unhealthy",
                              "Readiness probe failed: HTTP probe failed with statuscode: 503",
                              uid="uid-zero", count=1)
    record.update(firstTimestamp="0001-01-01T00:00:00Z", lastTimestamp="0001-01-01T00:00:00Z",
                  eventTime="2025-08-26T14:05:00.000000Z")
    assert hub.ingest("kubernetes", record)["accepted"] == 1
    (line,) = hub.events("zero-time-api", exact="true")["events"]
    assert line["timestamp"] == "2025-08-26T14:05:00Z"


def node_event(reason, time, uid):
    return kubernetes_event("worker-1", reason, f"Node worker-1 status is now: {reason}",
                            kind="Node", type_="Normal", uid=uid, count=1, first=time, last=time,
                            namespace="default")


def test_a_nodes_normal_not_ready_is_critical_until_it_is_ready(hub):
    down = node_event("NodeNotReady", "2025-08-26T14:00:00Z", "uid-down")
    up = node_event("NodeReady", "2025-08-26T14:04:00Z", "uid-up")
    assert hub.ingest("kubernetes", [watch("ADDED", down)])["accepted"] == 1
    row = hub.incident("node-worker-1#NodeNotReady")["incident"]
    assert (row["state"], row["severity"]) == ("open", "critical")
    assert row["openSince"] == "2025-08-26T14:00:00Z"

    assert hub.ingest("kubernetes", [watch("ADDED", up)])["accepted"] == 1
    assert hub.incident("node-worker-1#NodeNotReady")["incident"]["state"] == "resolved"
    ready = srehub.find(hub.events("node-worker-1", exact="true")["events"], eventType="NodeReady")
    assert ready["severity"] == "info"
    assert ready["resolves"] == {"incidentId": "node-worker-1#NodeNotReady",
                                 "since": "2025-08-26T14:00:00Z"}
    # The late news of its fall does not open it again.
    hub.ingest("kubernetes", [watch("ADDED", node_event(
        "NodeNotReady", "2025-08-26T14:00:30Z", "uid-down-again"))])
    assert hub.incident("node-worker-1#NodeNotReady")["incident"]["state"] == "resolved"


IMAGE = "registry.example/shop/cart:2.1"
PULL = [("Pulling", "Normal", f'Pulling image "{IMAGE}"', "Pulling", "info"),
        ("Failed", "Warning", f'Failed to pull image "{IMAGE}": manifest unknown', "ErrImagePull",
         "high"),
        ("Failed", "Warning", "Error: ErrImagePull", "ErrImagePull", "high"),
        ("BackOff", "Normal", f'Back-off pulling image "{IMAGE}"', "ImagePullBackOff", "high"),
        ("Failed", "Warning", "Error: ImagePullBackOff", "ImagePullBackOff", "high")]


def test_a_failing_image_pull_is_two_incidents(hub):
    """Five events of one failure; the chatter around it, also of type Normal, makes no incident."""
    pod = deploy_pod("cart-api")
    records = [kubernetes_event(pod, reason, message, type_=type_, uid=f"uid-pull-{i}", count=1,
                                first=f"2025-08-26T14:0{i}:00Z", last=f"2025-08-26T14:0{i}:00Z")
               for i, (reason, type_, message, _, _) in enumerate(PULL)]
    chatter = [kubernetes_event(pod, reason, text, type_="Normal", uid=f"uid-chat-{reason}",
                                count=1, first="2025-08-26T14:05:00Z", last="2025-08-26T14:05:00Z")
               for reason, text in [("Scheduled", "Successfully assigned shop/cart to node-1"),
                                    ("Pulled", "Container image already present on machine"),
                                    ("Created", "Created container app"),
                                    ("Started", "Started container app")]]
    assert hub.ingest("kubernetes", records + chatter)["accepted"] == 9
    lines = hub.events("cart-api", exact="true", expand="true")["events"]
    told = {(e["details"].get("message") or e["title"]): (e["eventType"], e["severity"])
            for e in lines}
    for _, _, message, type_, severity in PULL:
        assert told[message] == (type_, severity), message
    rows = hub.top(service="cart-api", include="resolved,silenced", limit=100)["incidents"]
    assert {r["incidentId"]: r["totalOccurrences"] for r in rows} == {
        "cart-api#ErrImagePull": 2, "cart-api#ImagePullBackOff": 2}


def test_a_pod_that_was_killed_for_memory(hub):
    """No event of the API server says OOMKilled: the Pod's own status does."""
    pod = {"kind": "Pod", "apiVersion": "v1",
           "metadata": {"name": deploy_pod("hungry-api"), "namespace": "shop", "uid": "uid-hungry"},
           "status": {"containerStatuses": [{
               "name": "app", "restartCount": 1, "state": {"running": {}},
               "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137,
                                            "startedAt": "2025-08-26T13:50:00Z",
                                            "finishedAt": "2025-08-26T14:02:00Z"}}}]}}
    assert hub.ingest("kubernetes", watch("MODIFIED", pod))["accepted"] == 1
    assert hub.ingest("kubernetes", watch("MODIFIED", pod))["duplicate"] == 1
    row = hub.incident("hungry-api#OOMKilled")["incident"]
    assert (row["severity"], row["totalOccurrences"]) == ("high", 1)
    assert row["lastSeen"] == "2025-08-26T14:02:00Z"


def test_counters_equal_their_recount(hub):
    """Last: everything that this file fed."""
    assert hub.stop() == 0
    report = srehub.run_json("verify", data=hub.data, clock=NOW)
    assert report["differenceCount"] == 0 and report["events"] > 30
