"""The same fact by two carriers: stored twice, counted once."""
import json

import pytest


NOW = "2025-08-26T14:10:00Z"
ARN = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:HighCPU-PaymentsAPI"


@pytest.fixture
def hub(hubs):
    return hubs.make(clock=NOW).start()


def incident(hub, name):
    return hub.get("/api/v1/incidents/" + name.replace("#", "%23"))


def test_prometheus_and_alertmanager(hub):
    alert = {"labels": {"alertname": "HighErrorRate", "service": "checkout-api",
                        "severity": "critical", "cluster": "test"},
             "annotations": {"summary": "5 % fail"}, "startsAt": "2025-08-26T14:02:00Z",
             "generatorURL": "http://prometheus.example/graph"}
    hub.post("/api/v2/alerts", json.dumps([{**alert, "endsAt": "2025-08-26T14:14:00Z"}]).encode())
    group = {"version": "4", "groupKey": "{}", "truncatedAlerts": 0, "status": "firing",
             "receiver": "hub", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {},
             "externalURL": "http://am.example", "alerts": [
                 {**alert, "status": "firing", "endsAt": "0001-01-01T00:00:00Z",
                  "fingerprint": "x"}]}
    for _ in range(2):
        assert hub.post("/api/v1/ingest/alertmanager", group)["rejected"] == 0
    # Grafana's rule of the same name is a signal of its own in the same incident.
    answer = incident(hub, "checkout-api#HighErrorRate")
    assert answer["incident"]["totalOccurrences"] == 1, answer
    assert len(answer["openSignals"]) == 1, answer
    grafana = {**group, "version": "1", "orgId": 1, "title": "t", "state": "alerting"}
    assert hub.post("/api/v1/ingest/grafana", grafana)["accepted"] == 1
    answer = incident(hub, "checkout-api#HighErrorRate")
    assert len(answer["openSignals"]) == 2, answer
    assert len(hub.get("/api/v1/incidents/top")["incidents"]) == 1
    assert hub.tally()["count"] == 1
    # Both ends by both carriers, in either order: resolved once.
    end = "2025-08-26T14:09:00Z"
    over = {**alert, "endsAt": end, "status": "resolved"}
    hub.post("/api/v1/ingest/alertmanager", {**group, "status": "resolved", "alerts": [over]})
    hub.post("/api/v2/alerts", json.dumps([{**alert, "endsAt": end}]).encode())
    hub.post("/api/v1/ingest/grafana", {**grafana, "alerts": [over]})
    assert incident(hub, "checkout-api#HighErrorRate")["incident"]["state"] == "resolved"
    assert hub.get("/api/v1/verify")["differenceCount"] == 0


def test_sns_and_eventbridge(hub):
    alarm = {"AlarmName": "HighCPU-PaymentsAPI", "AlarmArn": ARN, "NewStateValue": "ALARM",
             "OldStateValue": "OK", "StateChangeTime": "2025-08-26T14:03:00.000+0000",
             "Region": "EU (Ireland)", "AWSAccountId": "123456789012",
             "Trigger": {"MetricName": "CPUUtilization", "Namespace": "AWS/ECS", "Threshold": 85,
                         "Dimensions": [{"name": "ServiceName", "value": "payments-api"}]}}
    sns = {"Type": "Notification", "MessageId": "m1", "TopicArn": "arn:aws:sns:eu-west-1:1:a",
           "Message": json.dumps(alarm), "Timestamp": "2025-08-26T14:03:01.000Z",
           "SignatureVersion": "1", "Signature": "EXAMPLE", "SigningCertURL": "https://x"}
    bridge = {"version": "0", "id": "e1", "detail-type": "CloudWatch Alarm State Change",
              "source": "aws.cloudwatch", "account": "123456789012", "region": "eu-west-1",
              "time": "2025-08-26T14:03:00Z", "resources": [ARN], "detail": {
                  "alarmName": "HighCPU-PaymentsAPI",
                  "state": {"value": "ALARM", "reason": "r",
                            "timestamp": "2025-08-26T14:03:00.000+0000"},
                  "previousState": {"value": "OK"},
                  "configuration": {"metrics": [{"id": "m", "returnData": True, "metricStat": {
                      "stat": "Average", "period": 60, "metric": {
                          "name": "CPUUtilization", "namespace": "AWS/ECS",
                          "dimensions": {"ServiceName": "payments-api"}}}}]}}}
    for body in (sns, bridge, sns, bridge):
        assert hub.post("/api/v1/ingest/cloudwatch", body)["rejected"] == 0
    [row] = hub.get("/api/v1/incidents/top")["incidents"]
    assert row["incidentId"] == "payments-api#HighCPU"
    answer = incident(hub, "payments-api#HighCPU")
    assert answer["incident"]["totalOccurrences"] == 1, answer
    assert len(answer["openSignals"]) == 1, answer
    assert hub.tally()["count"] == 1
    assert hub.get("/api/v1/verify")["differenceCount"] == 0
