"""Records as their senders write them. Times are RFC 3339 text, seconds since 1970 or datetimes."""
import datetime
import pathlib

DATA = pathlib.Path(__file__).parent / "data"
FOUNDING_FILES = {
    "kubernetes": DATA / "kubernetes_event.json",
    "cloudwatch": DATA / "cloudwatch_alarm.json",
    "cicd": DATA / "cicd_run.json",
    "logs": DATA / "application_log.json",
}
UTC = datetime.timezone.utc


def parse(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def rfc3339(time):
    """The hub's own text: no decimals where there are none."""
    if isinstance(time, str):
        return time
    if isinstance(time, (int, float)):
        time = datetime.datetime.fromtimestamp(time, UTC)
    text = time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return text.replace(".000Z", "Z")


def after(time, **delta):
    """`time` plus a timedelta, as text."""
    return rfc3339(parse(rfc3339(time)) + datetime.timedelta(**delta))


def kubernetes_event(name, reason, message, *, kind="Pod", type_="Warning", uid=None, count=None,
                     first=None, last=None, event_time=None, namespace="shop"):
    """A core/v1 Event as the API server holds it."""
    metadata = {"name": f"{name}.17f3", "namespace": namespace}
    if uid:
        metadata["uid"] = uid
    return {
        "kind": "Event", "apiVersion": "v1", "metadata": metadata,
        "involvedObject": {"kind": kind, "name": name, "namespace": namespace},
        "reason": reason, "message": message, "type": type_, "count": count,
        "firstTimestamp": rfc3339(first) if first else None,
        "lastTimestamp": rfc3339(last) if last else None,
        "eventTime": event_time, "source": {"component": "kubelet", "host": "node-1"},
        "reportingComponent": "", "reportingInstance": "",
    }


def watch(type_, object_):
    return {"type": type_, "object": object_}


def alarm(name, state, time, metric="CPUUtilization", service=None):
    """The Message of a CloudWatch alarm notification."""
    dimensions = [{"name": "ServiceName", "value": service}] if service else []
    return {"AlarmName": name, "AlarmArn": f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}",
            "StateChangeTime": rfc3339(time), "NewStateValue": state, "OldStateValue": "OK",
            "Trigger": {"MetricName": metric, "Threshold": 85, "Dimensions": dimensions}}


def log(service, message, time, level="ERROR", **more):
    return {"timestamp": rfc3339(time), "level": level, "service": service, "message": message,
            **more}


def alert(name, service, starts, ends, severity="critical", **labels):
    """One alert as Prometheus posts it."""
    return {"labels": {"alertname": name, "service": service, "severity": severity, **labels},
            "annotations": {"summary": f"{name} on {service}"},
            "startsAt": rfc3339(starts), "endsAt": rfc3339(ends),
            "generatorURL": "http://127.0.0.1:9090/graph"}


def group(status, *alerts, **more):
    """Alertmanager's webhook, version 4; each alert a dictionary with its own status."""
    return {"version": "4", "groupKey": "{}:{}", "truncatedAlerts": 0, "status": status,
            "receiver": "hub", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
            "externalURL": "http://127.0.0.1:9093", "alerts": list(alerts), **more}


def event(service, type_, time, severity="high", **more):
    """The unified schema itself."""
    return {"serviceId": service, "eventType": type_, "timestamp": rfc3339(time),
            "severity": severity, **more}
