"""What CloudWatch says of its alarms, by Amazon SNS, by EventBridge and bare."""
import json

from sample import ENDED, FIRED, SNS_TEXT, Sample, number
from payloads import rfc3339

ACCOUNT, TOPIC = "123456789012", "arn:aws:sns:eu-west-1:123456789012:alarms"
SIGNED_BY = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c3d.pem"


def sns(message, time, kind="Notification", **more):
    """The envelope, without its signature. A retry by SNS is the same bytes."""
    text = message if isinstance(message, str) else json.dumps(message)
    return {"Type": kind, "MessageId": f"22b80b92-fdea-4c2c-8f9d-{number(text, 12)}",
            "TopicArn": TOPIC, "Message": text,
            "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "SignatureVersion": "2",
            "SigningCertURL": SIGNED_BY, **more}


def metric(name, dimensions, namespace="AWS/Lambda"):
    return {"MetricName": name, "Namespace": namespace, "StatisticType": "Statistic",
            "Statistic": "SUM", "Unit": None, "Period": 60, "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 5.0,
            "Dimensions": [{"name": n, "value": v} for n, v in dimensions],
            "TreatMissingData": "missing", "EvaluateLowSampleCountPercentile": ""}


def math(service):
    def part(id_, name):
        inner = {"MetricName": name, "Namespace": "AWS/Lambda",
                 "Dimensions": [{"name": "FunctionName", "value": service}]}
        return {"Id": id_, "ReturnData": False,
                "MetricStat": {"Metric": inner, "Period": 60, "Stat": "Sum"}}
    rate = {"Id": "rate", "Expression": "100*errors/calls", "Label": "ErrorRate",
            "ReturnData": True}
    return {"Period": 60, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 5.0, "TreatMissingData": "missing",
            "EvaluateLowSampleCountPercentile": "",
            "Metrics": [rate, part("errors", "Errors"), part("calls", "Invocations")]}


def alarm(name, state, time, **more):
    """The message of an alarm: `Trigger`, or what a composite has instead, is in `more`."""
    return {"AlarmName": name, "AlarmDescription": "see the runbook", "AWSAccountId": ACCOUNT,
            "AlarmConfigurationUpdatedTimestamp": "2025-01-08T10:00:00.000+0000",
            "NewStateValue": state, "NewStateReason": "Threshold Crossed",
            "StateChangeTime": time.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "Region": "EU (Ireland)", "OKActions": [TOPIC], "AlarmActions": [TOPIC],
            "AlarmArn": f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:{name}",
            "OldStateValue": "OK" if state == "ALARM" else "ALARM",
            "InsufficientDataActions": [], **more}


def state_change(name, service, state, time):
    """EventBridge's "CloudWatch Alarm State Change"."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    stat = {"metric": {"namespace": "AWS/Lambda", "name": "Errors",
                       "dimensions": {"FunctionName": service}}, "period": 60, "stat": "Sum"}
    before = "OK" if state == "ALARM" else "ALARM"
    return {"version": "0", "id": f"c4c1c1c9-6542-e61b-6ef0-{number(name + state, 12)}",
            "detail-type": "CloudWatch Alarm State Change", "source": "aws.cloudwatch",
            "account": ACCOUNT, "time": rfc3339(time), "region": "eu-west-1",
            "resources": [f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:{name}"],
            "detail": {"alarmName": name,
                       "state": {"value": state, "reason": "Threshold Crossed", "timestamp": stamp},
                       "previousState": {"value": before, "reason": "", "timestamp": stamp},
                       "configuration": {"description": "", "metrics": [
                           {"id": "m1", "metricStat": stat, "returnData": True}]}}}


def samples():
    def by_sns(title, service, more, name=None, **options):
        name = name or f"{service}-errors"
        first, last = options.pop("states", ("ALARM", "OK"))
        return Sample(title, "/webhooks/cloudwatch", "/api/v1/ingest/aws-alarms",
                      sns(alarm(name, first, FIRED, **more), FIRED), (service,), content=SNS_TEXT,
                      end=last and sns(alarm(name, last, ENDED, **more), ENDED), **options)

    def trigger(service):
        return {"Trigger": metric("Errors", [("FunctionName", service)])}
    ecs = metric("CPUUtilization", [("ClusterName", "shop"), ("ServiceName", "basket")], "AWS/ECS")
    child = {"Arn": f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:search-api-cpu",
             "State": {"Value": "ALARM", "Timestamp": FIRED.strftime("%Y-%m-%dT%H:%M:%S.000+0000")}}
    bridge, ended = (state_change("mailer-errors", "mailer", s, t)
                     for s, t in (("ALARM", FIRED), ("OK", ENDED)))
    direct = [state_change("ledger-errors", "ledger", s, t)
              for s, t in (("ALARM", FIRED), ("OK", ENDED))]
    raw = [alarm("pricing-errors", s, t, **trigger("pricing"))
           for s, t in (("ALARM", FIRED), ("OK", ENDED))]
    link = ("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
            f"&TopicArn={TOPIC}&Token=2336412f37fb687f5d51e6e2425929")
    hello = sns("You have chosen to subscribe to the topic.", FIRED, "SubscriptionConfirmation",
                Token="2336412f37fb687f5d51e6e2425929", SubscribeURL=link)
    return [
        by_sns("metric alarm", "payments-worker", trigger("payments-worker")),
        by_sns("metric alarm with two dimensions (ECS)", "basket", {"Trigger": ecs}),
        by_sns("metric-math alarm", "checkout", {"Trigger": math("checkout")}),
        by_sns("composite alarm", "search-api",
               {"AlarmRule": 'ALARM("search-api-cpu")', "TriggeringChildren": [child]},
               name="search-api-composite"),
        by_sns("OK, nothing fired before", "invoices", trigger("invoices"), states=("OK", None),
               expects="nothing open"),
        by_sns("ALARM, then INSUFFICIENT_DATA", "stock", trigger("stock"),
               states=("ALARM", "INSUFFICIENT_DATA"), end_leaves="open"),
        Sample("EventBridge state change, by an SNS topic", "/webhooks/cloudwatch",
               "/api/v1/ingest/aws-alarms", sns(bridge, FIRED), ("mailer",), content=SNS_TEXT,
               end=sns(ended, ENDED)),
        Sample("EventBridge state change, by an API destination", None,
               "/api/v1/ingest/cloudwatch", direct[0], ("ledger",), end=direct[1]),
        Sample("raw delivery, no envelope", "/webhooks/cloudwatch", "/api/v1/ingest/cloudwatch",
               raw[0], ("pricing",), end=raw[1], content=SNS_TEXT),
        Sample("SubscriptionConfirmation", "/webhooks/cloudwatch", "/api/v1/ingest/aws-alarms",
               hello, (link,), content=SNS_TEXT, expects="link"),
    ]
