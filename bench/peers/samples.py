"""What Prometheus, Grafana, Kubernetes, GitHub, applications and others send, in their published
shapes."""
import datetime
import zlib

import cloudwatch
from sample import ALARMING, ENDED, FIRED, NEVER, NOW, SERIOUS, Sample, number
from payloads import alert, group, kubernetes_event, log, rfc3339


def alerts():
    def one(name, service, status, severity="critical", by_target=True):
        target = {"instance": f"10.0.3.{zlib.crc32(service.encode()) % 250 + 1}:8080",
                  "job": service} if by_target else {}
        value = alert(name, service, FIRED, NEVER if status == "firing" else ENDED, severity,
                      **target)
        return {**value, "status": status, "fingerprint": number(service, 16)}

    def both(send, name, services, *more):
        return {key: send(status, *(one(name, s, status, *more) for s in services))
                for key, status in (("body", "firing"), ("end", "resolved"))}

    def grafana(status, *members):
        titles = {"firing": "[FIRING:1] HighErrorRate", "resolved": "[RESOLVED] HighErrorRate"}
        state = {"firing": "alerting", "resolved": "ok"}[status]
        more = {"silenceURL": "https://grafana.example/alerting/silence/new", "dashboardURL": "",
                "panelURL": "", "values": {"B": 44.2, "C": 1},
                "valueString": "[ var='B' labels={} value=44.2 ]"}
        return group(status, *({**m, **more} for m in members), orgId=1, version="1", state=state,
                     title=titles[status], message="**Firing**",
                     externalURL="https://grafana.example/")

    manager = ("/webhooks/prometheus", "/api/v1/ingest/alertmanager")
    direct = {key: [alert("HighLatency", "feed", FIRED, end, instance="10.0.3.7:8080")]
              for key, end in (("body", NOW + datetime.timedelta(minutes=4)), ("end", ENDED))}
    three, sums = ("cart", "catalogue", "coupons"), ("wallet", "voucher", "wishlist")
    return [
        Sample("Alertmanager: one alert", *manager, names=("login",), severities=("critical",),
               **both(group, "HighErrorRate", ("login",))),
        Sample("Alertmanager: three alerts, each with its `instance`", *manager, names=three,
               severities=("critical",), **both(group, "HighErrorRate", three)),
        Sample("Alertmanager: three sums by service, no `instance`", *manager, names=sums,
               severities=("critical",),
               **both(group, "HighErrorRate", sums, "critical", False)),
        Sample("Alertmanager: `severity: page`", *manager, names=("profile",), severities=SERIOUS,
               **both(group, "HighErrorRate", ("profile",), "page")),
        Sample("Prometheus itself, `/api/v2/alerts`", None, "/api/v2/alerts", names=("feed",),
               severities=("critical",), **direct),
        Sample("Grafana unified alerting", "/webhooks/grafana", "/api/v1/ingest/grafana",
               names=("reviews",), severities=("critical",),
               **both(grafana, "HighErrorRate", ("reviews",))),
        Sample("Grafana, to the path for Alertmanager", *manager, names=("ratings",),
               severities=("critical",), **both(grafana, "HighErrorRate", ("ratings",))),
    ]


def records():
    crash = "Back-off restarting failed container"
    event = kubernetes_event("orders-api-7d9c5b6f4d-x2x4z", "BackOff", crash, uid="0b7c-1", count=3,
                             first=FIRED, last=ENDED)
    listed = [kubernetes_event(f"{s}-7d9c5b6f4d-x2x4z", "BackOff", crash, uid=f"0b7c-{s}", count=1,
                               first=FIRED, last=FIRED) for s in ("images", "videos")]
    run = {"action": "completed", "workflow_run": {
        "id": 32985824262, "name": "Deploy Checkout Service",
        "path": ".github/workflows/deploy.yml",
        "display_title": "Fix the cart", "run_number": 7, "run_attempt": 1, "event": "push",
        "head_branch": "main", "head_sha": "0123abcd", "status": "completed",
        "conclusion": "failure", "created_at": rfc3339(FIRED), "run_started_at": rfc3339(FIRED),
        "updated_at": rfc3339(ENDED), "html_url": "https://github.com/acme/shop/actions/runs/1",
        "actor": {"login": "mia"}, "triggering_actor": {"login": "mia"}},
        "workflow": {"name": "Deploy Checkout Service", "path": ".github/workflows/deploy.yml"},
        "repository": {"full_name": "acme/shop", "name": "shop"}, "sender": {"login": "mia"}}
    nanos = f"{int(FIRED.timestamp())}000000000"
    otlp = {"resourceLogs": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shipping"}}]},
        "scopeLogs": [{"scope": {"name": "app"}, "logRecords": [{
            "timeUnixNano": nanos, "observedTimeUnixNano": nanos, "severityNumber": 17,
            "severityText": "ERROR", "body": {"stringValue": "connection to db-1 timed out"},
            "attributes": []}]}]}]}
    line = (f"<11>1 {rfc3339(FIRED)} host-1 postfix 4711 - - "
            "connection to mail.example.com timed out\n")
    auto = "/api/v1/ingest/auto"
    return [
        Sample("Kubernetes Event, core/v1", None, auto, event, ("orders-api",)),
        Sample("Kubernetes List of Events", None, auto,
               {"apiVersion": "v1", "kind": "List", "items": listed}, ("images", "videos")),
        Sample("GitHub workflow_run, failed", None, "/api/v1/ingest/github", run,
               ("checkout-service",), headers={"X-GitHub-Event": "workflow_run",
                                               "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab"}),
        Sample("application log line, JSON", None, auto,
               log("auth-service", "Database connection timeout", FIRED), ("auth-service",)),
        Sample("OTLP/HTTP logs, JSON", None, "/v1/logs", otlp, ("shipping",)),
        Sample("syslog line, RFC 5424 over TCP", None, "syslog", line, ("postfix",)),
    ]


def only_alerta():
    """Kinds that Alerta has an endpoint for and the hub no format; sent to it all the same."""
    auto = "/api/v1/ingest/auto"

    def own(severity, time):
        return {"resource": "web01", "event": "HttpError", "environment": "Production",
                "createTime": rfc3339(time).replace("Z", ".000Z"),
                "service": ["storefront"], "severity": severity, "text": "Site is down.",
                "correlate": ["HttpError", "HttpOk"], "group": "Web", "value": "503"}

    def google(state):
        return {"version": "1.2", "incident": {
            "incident_id": "0.lsnwib31sglo", "resource_id": "",
            "resource_name": "geo-7 VM Instance",
            "resource": {"type": "gce_instance", "labels": {"zone": "europe-west1-b"}},
            "started_at": int(FIRED.timestamp()), "policy_name": "geo",
            "condition_name": "CPU usage",
            "ended_at": None if state == "open" else int(ENDED.timestamp()), "state": state,
            "url": "https://console.cloud.google.com/monitoring/alerting/incidents/0.lsn",
            "summary": "CPU usage of geo-7 is above 0.9 with a value of 0.97."}}

    def former_grafana(state):
        matches = [{"value": 100, "metric": "Latency", "tags": {"service": "newsletter"}}]
        return {"dashboardId": 1, "panelId": 2, "orgId": 1, "ruleId": 7, "tags": {},
                "ruleName": "High latency", "ruleUrl": "https://grafana.example/d/1?viewPanel=2",
                "state": state, "title": f"[{state}] High latency", "message": "slow",
                "imageUrl": "", "evalMatches": matches if state == "alerting" else []}

    def pingdom(before, after, time):
        return {"check_id": 12345, "check_name": "landing-page", "check_type": "HTTP",
                "check_params": {"hostname": "www.example.com", "port": 443}, "tags": ["web"],
                "previous_state": before, "current_state": after, "importance_level": "HIGH",
                "state_changed_timestamp": int(time.timestamp()), "description": "HTTP error 500",
                "long_description": "Internal server error", "version": 1}
    return [
        Sample("Alerta's own alert", "/alert", auto, own("major", FIRED), ("storefront",),
               SERIOUS, own("normal", ENDED)),
        Sample("Google Cloud Monitoring incident", "/webhooks/stackdriver", auto, google("open"),
               ("geo",), ALARMING, google("closed")),
        Sample("Grafana's former alerting", "/webhooks/grafana", "/api/v1/ingest/grafana",
               former_grafana("alerting"), ("newsletter",), end=former_grafana("ok"), timed=False),
        Sample("Pingdom state change", "/webhooks/pingdom", auto, pingdom("UP", "DOWN", FIRED),
               ("landing-page",), ALARMING, pingdom("DOWN", "UP", ENDED)),
    ]


GROUPS = {"CloudWatch by SNS or EventBridge": cloudwatch.samples, "Prometheus and Grafana": alerts,
          "Kubernetes, CI/CD and logs": records, "Only Alerta has an endpoint": only_alerta}
