"""From a workload's files to what each record says, by the published rules and nothing else.

Written for the five shapes of the generator. It shares no code with the hub and never asks it.
Times are integer nanoseconds since 1970; severities are 1 (info) to 5 (critical).
"""
import datetime
import json
import pathlib
import re

INFO, LOW, MEDIUM, HIGH, CRITICAL = range(1, 6)
SECOND = 10**9
MINUTE = 60 * SECOND
SLOT = 5 * MINUTE  # of refreshes
EXPIRE_AFTER = 24 * 60 * MINUTE

_days = {}


def instant(text):
    """RFC 3339 in UTC, with or without milliseconds; the offset may be written +0000."""
    day = _days.get(text[:10])
    if day is None:
        day = datetime.date.fromisoformat(text[:10]).toordinal() - 719163
        _days[text[:10]] = day
    seconds = day * 86400 + int(text[11:13]) * 3600 + int(text[14:16]) * 60 + int(text[17:19])
    fraction = int(text[20:23]) * 10**6 if text[19:20] == "." else 0
    return seconds * SECOND + fraction


class Fact:
    """One stored event. `kind`: point, series, statement, life, refresh, run."""
    __slots__ = ("key", "kind", "service", "type", "severity", "time", "phase", "signal",
                 "starts_at", "expires_at", "count", "first", "run", "environment", "closes")

    def __init__(self, key, kind, service, event_type, severity, time, phase="point"):
        self.key = key
        self.kind = kind
        self.service = service
        self.type = event_type
        self.severity = severity
        self.time = time
        self.phase = phase
        self.signal = self.closes = self.environment = self.run = None
        self.starts_at = self.expires_at = self.count = self.first = None


# --- Log lines --------------------------------------------------------------------------------

LEVELS = {"DEBUG": INFO, "INFO": INFO, "WARN": MEDIUM, "ERROR": HIGH, "FATAL": CRITICAL}
# Named kinds, first match wins; lines below the level are left to their template.
NAMED = [(re.compile(pattern), name, least) for pattern, name, least in [
    (r'(GET|POST) \S+ HTTP/1\.1 5\d\d\b', "Http5xx", INFO),
    (r"^panic: ", "Panic", INFO),
    (r"\bout of memory\b", "OutOfMemory", LOW),
    (r"\bdeadlock detected\b", "DatabaseDeadlock", LOW),
    (r"\bDB connection timeout\b", "DatabaseConnectionTimeout", MEDIUM),
    (r"\bconsumer lag\b", "ConsumerLag", LOW),
    (r"\brate limit\b", "RateLimited", MEDIUM),
    (r"\binvalid token\b", "AuthFailure", MEDIUM),
    (r"\bconnection refused\b", "ConnectionRefused", MEDIUM),
    (r"\bdeadline exceeded\b", "Timeout", MEDIUM),
]]
VARIABLE = re.compile(r"\S*\d\S*")
_kinds = {}


def log_kind(level, logger, message):
    masked = VARIABLE.sub("*", message)
    # A status is a number too, and tells the kind.
    status = message[message.find("HTTP/1.1 ") + 9:][:3] if "HTTP/1.1 " in message else ""
    known = _kinds.get((level, logger, masked, status))
    if known is None:
        severity = LEVELS[level]
        known = "Log*" + "|".join((level, logger, masked)), severity
        for pattern, name, least in NAMED:
            if severity >= least and pattern.search(message):
                known = name, max(severity, HIGH) if name == "Http5xx" else severity
                break
        _kinds[level, logger, masked, status] = known
    return known


def log_fact(record, line):
    kind, severity = log_kind(record["level"], record["logger"], record["message"])
    return [Fact(("logs", line), "point", record["service"], kind, severity,
                 instant(record["timestamp"]))]


# --- Kubernetes -------------------------------------------------------------------------------

POD = re.compile(r"^(.+)-[456789bcdf]{7,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$")
LOUD = {"CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "FailedMount"}


def kubernetes_fact(record, _):
    reason, message = record["reason"], record["message"]
    kind = reason
    if reason == "BackOff":
        kind = "ImagePullBackOff" if "pulling image" in message else "CrashLoopBackOff"
    if kind in LOUD:
        severity = HIGH
    elif kind == "Killing":
        severity = LOW
    else:
        severity = MEDIUM if record["type"] == "Warning" else INFO
    uid = record["metadata"]["uid"]
    service = POD.match(record["involvedObject"]["name"]).group(1)
    fact = Fact(("kubernetes", uid, record["count"]), "series", service, kind, severity,
                instant(record["lastTimestamp"]))
    fact.signal = uid
    fact.count = record["count"]
    fact.first = instant(record["firstTimestamp"])
    return [fact]


# --- CloudWatch -------------------------------------------------------------------------------

METRICS = {"CPUUtilization": "HighCPU", "MemoryUtilization": "HighMemory",
           "TargetResponseTime": "HighLatency", "HTTPCode_Target_5XX_Count": "HighErrorRate"}
CRITICAL_WORDS = {"critical", "page", "p0", "p1", "sev0", "sev1"}


def cloudwatch_fact(record, _):
    state, name = record["NewStateValue"], record["AlarmName"]
    time = instant(record["StateChangeTime"])
    phase = {"ALARM": "firing", "OK": "resolved", "INSUFFICIENT_DATA": "unknown"}[state]
    if state == "ALARM":
        severity = CRITICAL if CRITICAL_WORDS & set(name.lower().split("-")) else HIGH
    elif state == "OK":
        severity = INFO
    else:
        severity = MEDIUM if record["OldStateValue"] == "ALARM" else LOW
    metric = record["Trigger"]["MetricName"]
    fact = Fact(("cloudwatch", record["AlarmArn"], time, state), "statement",
                record["Trigger"]["Dimensions"][0]["value"], METRICS.get(metric, metric),
                severity, time, phase)
    fact.signal = record["AlarmArn"]
    fact.expires_at = time + EXPIRE_AFTER
    return [fact]


# --- Prometheus -------------------------------------------------------------------------------

ALERT_LEVELS = {"critical": CRITICAL, "warning": MEDIUM, "info": INFO}


def prometheus_fact(record, received):
    """Firing while endsAt lies ahead of the receipt; each resend is a refresh as well."""
    labels = record["labels"]
    signal = tuple(sorted(labels.items()))
    starts_at, ends_at = instant(record["startsAt"]), instant(record["endsAt"])
    resolved = ends_at <= received
    word = "resolved" if resolved else "firing"
    time = ends_at if resolved else starts_at
    fact = Fact(("prometheus", signal, starts_at, word, time), "life", labels["service"],
                labels["alertname"], ALERT_LEVELS[labels["severity"]], time, word)
    fact.signal, fact.starts_at = signal, starts_at
    if resolved:
        return [fact]
    slot = received // SLOT * SLOT
    expires_at = -(-ends_at // SLOT) * SLOT
    refresh = Fact(("refresh", signal, starts_at, slot, expires_at), "refresh", fact.service,
                   fact.type, fact.severity, max(slot, starts_at), "refresh")
    refresh.signal, refresh.starts_at, refresh.expires_at = signal, starts_at, expires_at
    return [fact, refresh]


# --- Pipelines --------------------------------------------------------------------------------

ENDS = {"in_progress": "Started", "success": "Succeeded", "failure": "Failed",
        "cancelled": "Cancelled"}


def cicd_fact(record, line):
    verb, service = record["workflow"].split(" ", 1)
    status = record["status"]
    running = status == "in_progress"
    time = instant(record["started_at" if running else "updated_at"])
    severity = {"in_progress": INFO, "success": INFO, "cancelled": LOW,
                "failure": HIGH if verb == "Deploy" else MEDIUM}[status]
    fact = Fact(("cicd", line), "run", service, verb + ENDS[status], severity, time)
    fact.run = str(record["run_id"])
    fact.environment = record.get("environment", "")
    fact.closes = verb + "Failed" if status == "success" else None
    return [fact]


READERS = {"logs": log_fact, "kubernetes": kubernetes_fact, "cloudwatch": cloudwatch_fact,
           "prometheus": prometheus_fact, "cicd": cicd_fact}


def read(directory, received):
    """Every distinct event of the workload. `received`: the one receipt instant of all."""
    seen = set()
    for name, reader in READERS.items():
        with open(pathlib.Path(directory) / f"{name}.ndjson", encoding="utf-8") as lines:
            for line in lines:
                argument = received if name == "prometheus" else line
                for fact in reader(json.loads(line), argument):
                    mark = hash(fact.key)  # 64 bits: two of ten million meet once in 370,000 runs
                    if mark not in seen:
                        seen.add(mark)
                        yield fact
