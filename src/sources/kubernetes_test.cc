#include "sources/testing.h"

namespace srehub::sources {
namespace {

using model::Format;
using model::KubernetesFact;
using model::RefusalReason;
using testing::DecodeBody;
using testing::FactOf;
using testing::ObservationsOf;
using testing::ObserveOne;
using testing::RefusalsOf;
using testing::RefuseOne;
using testing::Replaced;
using testing::T;

constexpr std::string_view kFounding = R"({
    "kind": "Event",
    "involvedObject": { "kind": "Pod", "name": "checkout-api-57ff7" },
    "reason": "BackOff",
    "message": "Back-off restarting failed container",
    "type": "Warning",
    "firstTimestamp": "2025-08-26T14:01:23Z"
})";

constexpr std::string_view kCoreV1 = R"({
  "kind": "Event", "apiVersion": "v1",
  "metadata": {"name": "checkout-api.17a", "namespace": "shop", "uid": "u-1",
    "resourceVersion": "42", "creationTimestamp": "2025-08-26T13:00:00Z"},
  "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "checkout-api-6d4cf56db6-x7k2p",
    "uid": "p-1", "apiVersion": "v1", "fieldPath": "spec.containers{app}"},
  "reason": "BackOff", "message": "Back-off restarting failed container app in pod x",
  "source": {"component": "kubelet", "host": "node-1"},
  "firstTimestamp": "2025-08-26T13:30:00Z", "lastTimestamp": "2025-08-26T14:01:00Z",
  "count": 9, "type": "Warning", "eventTime": null,
  "reportingComponent": "", "reportingInstance": ""})";

constexpr std::string_view kEventsV1 = R"({
  "kind": "Event", "apiVersion": "events.k8s.io/v1",
  "metadata": {"name": "web.1", "namespace": "default", "uid": "u-2",
    "creationTimestamp": "2025-08-26T14:00:00Z"},
  "eventTime": "2025-08-26T14:00:00.123456Z",
  "series": {"count": 4, "lastObservedTime": "2025-08-26T14:05:00.654321Z"},
  "reportingController": "default-scheduler", "reportingInstance": "sched-0",
  "action": "Scheduling", "reason": "FailedScheduling",
  "regarding": {"kind": "Pod", "namespace": "default", "name": "web-0"},
  "related": null, "note": "0/3 nodes are available", "type": "Warning",
  "deprecatedSource": {}, "deprecatedFirstTimestamp": null, "deprecatedLastTimestamp": null})";

TEST(Kubernetes, TakesTheFoundingSample) {
  const auto observation = ObserveOne(Format::kKubernetes, kFounding);
  const auto fact = FactOf<KubernetesFact>(observation);
  EXPECT_EQ(observation.source, model::Source::kKubernetes);
  EXPECT_EQ(observation.time, T("2025-08-26T14:01:23Z"));
  EXPECT_EQ(observation.title, "Back-off restarting failed container");
  EXPECT_EQ(observation.extra, "{}");
  EXPECT_EQ(fact.reason, "BackOff");
  EXPECT_EQ(fact.type, "Warning");
  EXPECT_EQ(fact.object.kind, "Pod");
  EXPECT_EQ(fact.object.name, "checkout-api-57ff7");
  EXPECT_EQ(fact.uid, "");
  EXPECT_EQ(fact.count, 1);
  EXPECT_EQ(fact.first_time, T("2025-08-26T14:01:23Z"));
  EXPECT_EQ(observation.identity, ObserveOne(Format::kAuto, kFounding).identity);
}

TEST(Kubernetes, TakesCoreV1) {
  const auto observation = ObserveOne(Format::kKubernetes, kCoreV1);
  const auto fact = FactOf<KubernetesFact>(observation);
  EXPECT_EQ(observation.time, T("2025-08-26T14:01:00Z"));
  EXPECT_EQ(observation.identity, "|u-1|9");
  EXPECT_EQ(fact.uid, "u-1");
  EXPECT_EQ(fact.count, 9);
  EXPECT_EQ(fact.first_time, T("2025-08-26T13:30:00Z"));
  EXPECT_EQ(fact.component, "kubelet");
  EXPECT_EQ(fact.host, "node-1");
  EXPECT_EQ(fact.object.field_path, "spec.containers{app}");
  EXPECT_EQ(observation.extra,
            R"({"metadata":{"name":"checkout-api.17a","namespace":"shop","resourceVersion":"42"},)"
            R"("involvedObject":{"apiVersion":"v1"}})");
}

TEST(Kubernetes, TakesEventsV1WithItsOtherNames) {
  for (std::string_view version : {"events.k8s.io/v1", "events.k8s.io/v1beta1"}) {
    const auto observation =
        ObserveOne(Format::kAuto, Replaced(std::string(kEventsV1), "events.k8s.io/v1", version));
    const auto fact = FactOf<KubernetesFact>(observation);
    EXPECT_EQ(observation.time, T("2025-08-26T14:05:00.654321Z"));
    EXPECT_EQ(observation.identity, "|u-2|4");
    EXPECT_EQ(fact.message, "0/3 nodes are available");
    EXPECT_EQ(fact.object.name, "web-0");
    EXPECT_EQ(fact.component, "default-scheduler");
    EXPECT_EQ(fact.host, "sched-0");
    EXPECT_EQ(fact.count, 4);
    EXPECT_EQ(fact.first_time, T("2025-08-26T14:00:00.123456Z"));
  }
}

TEST(Kubernetes, TheTimeIsTheFirstKnownOfSix) {
  struct Case {
    std::string fields;
    std::string time;  // empty: untimed
  };
  const std::string zero = "\"0001-01-01T00:00:00Z\"";
  const std::vector<Case> cases = {
      {R"("series":{"lastObservedTime":"2025-08-26T14:06:00Z"},
    "lastTimestamp":"2025-08-26T14:05:00Z")",
       "2025-08-26T14:06:00Z"},
      {R"("lastTimestamp":"2025-08-26T14:05:00Z","eventTime":"2025-08-26T14:04:00Z")",
       "2025-08-26T14:05:00Z"},
      {R"("eventTime":"2025-08-26T14:04:00Z","firstTimestamp":"2025-08-26T14:03:00Z")",
       "2025-08-26T14:04:00Z"},
      {R"("firstTimestamp":"2025-08-26T14:03:00Z",
    "metadata":{"creationTimestamp":"2025-08-26T14:02:00Z"})",
       "2025-08-26T14:03:00Z"},
      {R"("metadata":{"creationTimestamp":"2025-08-26T14:02:00Z"})", "2025-08-26T14:02:00Z"},
      {R"("lastTimestamp":)" + zero + R"(,"firstTimestamp":)" + zero +
           R"(,"eventTime":"2025-08-26T14:04:00Z")",
       "2025-08-26T14:04:00Z"},
      {R"("lastTimestamp":null,"firstTimestamp":)" + zero, ""},
      {R"("count":1)", ""},
  };
  for (const Case& c : cases) {
    const auto observation =
        ObserveOne(Format::kKubernetes,
                   R"({"kind":"Event","reason":"X","involvedObject":{},)" + c.fields + "}");
    if (c.time.empty()) EXPECT_EQ(observation.time, std::nullopt) << c.fields;
    else EXPECT_EQ(observation.time, T(c.time)) << c.fields;
  }
}

TEST(Kubernetes, TheCountIsTheGreatestOfThree) {
  const std::string head = R"({"reason":"X","involvedObject":{},"metadata":{"uid":"u"},)";
  const auto count = [&](const std::string& fields) {
    return FactOf<KubernetesFact>(ObserveOne(Format::kKubernetes, head + fields + "}")).count;
  };
  EXPECT_EQ(count(R"("count":0)"), 1);
  EXPECT_EQ(count(R"("count":-3)"), 1);
  EXPECT_EQ(count(R"("count":null)"), 1);
  EXPECT_EQ(count(R"("count":7,"series":{"count":3})"), 7);
  EXPECT_EQ(count(R"("count":2,"series":{"count":3})"), 3);
  EXPECT_EQ(count(R"("deprecatedCount":5)"), 5);
  EXPECT_EQ(count(R"("count":2147483647)"), 2147483647);
  EXPECT_EQ(RefuseOne(Format::kKubernetes, head + R"("count":2147483648})").reason,
            RefusalReason::kBadValue);
}

TEST(Kubernetes, IdentityFollowsUidAndCountOrElseWhatWasSaid) {
  const std::string core(kCoreV1);
  const auto identity = [](std::string_view body) {
    return ObserveOne(Format::kKubernetes, body).identity;
  };
  EXPECT_EQ(identity(core), identity(Replaced(core, "14:01:00Z", "14:02:00Z")));
  EXPECT_NE(identity(core), identity(Replaced(core, "\"count\": 9", "\"count\": 10")));
  EXPECT_NE(identity(core), identity(Replaced(core, "\"kind\": \"Event\"",
                                              "\"clusterName\":\"eu\",\"kind\": \"Event\"")));
  const std::string founding(kFounding);
  EXPECT_NE(identity(founding), identity(Replaced(founding, "57ff7", "57ff8")));
  EXPECT_NE(identity(founding), identity(Replaced(founding, "14:01:23Z", "14:01:24Z")));
  EXPECT_NE(identity(founding), identity(Replaced(founding, "Back-off", "Backoff")));
}

TEST(Kubernetes, ListsAndTheirKindlessItems) {
  const std::string item = R"({"metadata":{"uid":"a"},"reason":"Killing","involvedObject":{}})";
  for (const std::string& list :
       {R"({"kind":"EventList","apiVersion":"v1","metadata":{},"items":[)" + item + "," + item +
            "]}",
        R"({"apiVersion":"v1","items":[)" + item + "," + item + R"(],"kind":"EventList"})",
        R"({"kind":"List","apiVersion":"v1","items":[)" +
            Replaced(item, "{\"metadata\"",
                     "{\"kind\":\"Event\",\"apiVersion\":\"v1\",\"metadata\"") +
            "," + item + "]}"}) {
    for (Format format : {Format::kKubernetes, Format::kAuto}) {
      const Decoded decoded = DecodeBody(format, list);
      EXPECT_EQ(decoded.records.size(), 2U) << list;
      EXPECT_EQ(ObservationsOf(decoded).size(), 2U) << list;
    }
  }
  EXPECT_EQ(DecodeBody(Format::kKubernetes, R"({"items":[)" + item + "]}").records.size(), 1U);
  EXPECT_TRUE(
      DecodeBody(Format::kKubernetes, R"({"kind":"EventList","items":[]})").records.empty());
}

TEST(Kubernetes, OneBadItemOfAListIsOneRefusal) {
  const Decoded decoded = DecodeBody(Format::kKubernetes,
                                     R"({"kind":"EventList","apiVersion":"v1","items":[
    {"reason":"A","involvedObject":{}}, "text", {"reason":7,"involvedObject":{}},
    {"reason":"B","reason":"C"}, {"reason":"D","involvedObject":{}}]})");
  ASSERT_EQ(decoded.records.size(), 5U);
  EXPECT_EQ(ObservationsOf(decoded).size(), 2U);
  const auto refusals = RefusalsOf(decoded);
  ASSERT_EQ(refusals.size(), 3U);
  EXPECT_EQ(refusals[0].reason, RefusalReason::kWrongShape);
  EXPECT_NE(refusals[0].message.find("record 2 is a string"), std::string::npos);
  EXPECT_EQ(refusals[1].reason, RefusalReason::kWrongType);
  EXPECT_EQ(refusals[1].field, "/reason");
  EXPECT_EQ(refusals[2].reason, RefusalReason::kDuplicateKey);
}

TEST(Kubernetes, WatchMessages) {
  const std::string event = std::string(kCoreV1);
  for (const std::string type : {"ADDED", "MODIFIED"}) {
    for (Format format : {Format::kKubernetes, Format::kAuto}) {
      const auto observation =
          ObserveOne(format, R"({"type":")" + type + R"(","object":)" + event + "}");
      EXPECT_EQ(observation.identity, "|u-1|9");
    }
  }
  for (const std::string type : {"DELETED", "BOOKMARK"}) {
    const Decoded decoded =
        DecodeBody(Format::kAuto, R"({"type":")" + type + R"(","object":)" + event + "}");
    ASSERT_EQ(decoded.records.size(), 1U);
    EXPECT_TRUE(decoded.records[0].observations.empty());
    EXPECT_TRUE(decoded.records[0].refusals.empty());
    EXPECT_TRUE(decoded.notices.empty());
  }
  const Decoded gone = DecodeBody(Format::kAuto,
                                  R"({"type":"ERROR","object":{"kind":"Status","code":410,
    "message":"too old resource version"}})");
  EXPECT_TRUE(ObservationsOf(gone).empty());
  EXPECT_TRUE(RefusalsOf(gone).empty());
  ASSERT_EQ(gone.notices.size(), 1U);
  EXPECT_NE(gone.notices[0].find("410: too old resource version"), std::string::npos);
  EXPECT_EQ(RefuseOne(Format::kKubernetes, R"({"type":"CHANGED","object":{}})").reason,
            RefusalReason::kBadValue);
  EXPECT_EQ(RefuseOne(Format::kKubernetes, R"({"type":"ADDED","object":7})").field, "/object");
  EXPECT_EQ(
      RefuseOne(Format::kKubernetes,
                R"({"type":"ADDED","object":{"kind":"Event","reason":1,"involvedObject":{}}})")
          .field,
      "/object/reason");
}

TEST(Kubernetes, ExporterEnrichment) {
  const auto observation =
      ObserveOne(Format::kAuto, R"({"metadata":{"uid":"u-9"},"reason":"BackOff",
    "message":"m","type":"Warning","clusterName":"prod-eu","count":2,
    "involvedObject":{"kind":"Pod","namespace":"shop","name":"x","labels":{"app":"checkout-api"},
      "annotations":{"a":"b"},"deleted":false,
      "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet",
    "name":"checkout-api-6d4cf56db6"}]}})");
  const auto fact = FactOf<KubernetesFact>(observation);
  EXPECT_EQ(observation.identity, "prod-eu|u-9|2");
  EXPECT_EQ(fact.cluster, "prod-eu");
  EXPECT_EQ(fact.object.labels.at("app"), "checkout-api");
  EXPECT_EQ(fact.object.annotations.at("a"), "b");
  ASSERT_EQ(fact.object.owners.size(), 1U);
  EXPECT_EQ(fact.object.owners[0].kind, "ReplicaSet");
  EXPECT_EQ(observation.extra, R"({"involvedObject":{"deleted":false}})");
}

TEST(Kubernetes, TitleDropsTheCombinedPrefixAndTheMessageKeepsIt) {
  const auto observation = ObserveOne(Format::kKubernetes,
                                      R"({"reason":"Unhealthy","involvedObject":{},
    "message":"(combined from similar events): Readiness probe failed\nmore"})");
  EXPECT_EQ(observation.title, "Readiness probe failed");
  EXPECT_EQ(FactOf<KubernetesFact>(observation).message,
            "(combined from similar events): Readiness probe failed\nmore");
}

TEST(Kubernetes, Refusals) {
  struct Case {
    std::string body;
    RefusalReason reason;
    std::string field;
  };
  const std::vector<Case> cases = {
      {R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"x",
    "stage":"ResponseComplete"})",
       RefusalReason::kWrongShape, "/apiVersion"},
      {R"({"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"x"}})",
       RefusalReason::kWrongShape, "/kind"},
      {R"({"kind":7,"involvedObject":{}})", RefusalReason::kWrongType, "/kind"},
      {R"({"kind":"Event","reason":"X"})", RefusalReason::kMissingField, "/involvedObject"},
      {R"({"reason":"X"})", RefusalReason::kMissingField, "/involvedObject"},
      {R"({"involvedObject":{}})", RefusalReason::kMissingField, "/reason"},
      {R"({"reason":"X","involvedObject":"pod"})", RefusalReason::kWrongType, "/involvedObject"},
      {R"({"reason":"X","involvedObject":{"labels":{"a":1}}})", RefusalReason::kWrongType,
       "/involvedObject/labels/a"},
      {R"({"reason":"X","involvedObject":{"labels":{"a/b":1}}})", RefusalReason::kWrongType,
       "/involvedObject/labels/a~1b"},
      {R"({"reason":"X","involvedObject":{},"count":"7"})", RefusalReason::kWrongType, "/count"},
      {R"({"reason":"X","involvedObject":{},"count":1.5})", RefusalReason::kWrongType, "/count"},
      {R"({"reason":"X","involvedObject":{},"lastTimestamp":"yesterday"})", RefusalReason::kBadTime,
       "/lastTimestamp"},
      {R"({"reason":"X","involvedObject":{},"lastTimestamp":1756217000})",
       RefusalReason::kWrongType, "/lastTimestamp"},
      {R"({"reason":"X","involvedObject":{},"lastTimestamp":"1969-12-31T23:59:59Z"})",
       RefusalReason::kExpired, "/lastTimestamp"},
      {R"({"reason":"X","involvedObject":{},"lastTimestamp":"0000-01-01T00:00:00Z"})",
       RefusalReason::kExpired, "/lastTimestamp"},
      {R"({"reason":"X","involvedObject":{},"lastTimestamp":"9999-12-31T23:59:59Z"})",
       RefusalReason::kFutureDated, "/lastTimestamp"},
      {R"({"reason":"X","involvedObject":{},"lastTimestamp":"9999-13-31T23:59:59Z"})",
       RefusalReason::kBadTime, "/lastTimestamp"},
  };
  for (const Case& c : cases) {
    const auto refusal = RefuseOne(Format::kKubernetes, c.body);
    EXPECT_EQ(refusal.reason, c.reason) << c.body << "\n" << refusal.message;
    EXPECT_EQ(refusal.field, c.field) << c.body;
  }
  EXPECT_EQ(RefuseOne(Format::kAuto, cases[0].body).reason, RefusalReason::kWrongShape);
  EXPECT_EQ(
      RefuseOne(Format::kKubernetes,
                R"({"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"level":"x"}]})")
          .reason,
      RefusalReason::kWrongShape);
}

constexpr std::string_view kPod = R"({"kind":"Pod","apiVersion":"v1",
  "metadata":{"name":"auth-7d9f8-abcde","namespace":"shop","uid":"p-7","labels":{"app":"auth"},
    "ownerReferences":[{"kind":"ReplicaSet","name":"auth-7d9f8"}]},
  "spec":{"nodeName":"node-3","containers":[{"name":"app"}]},
  "status":{"phase":"Running","containerStatuses":[
    {"name":"app","restartCount":4,"image":"auth:1.2",
    "state":{"running":{"startedAt":"2025-08-26T14:04:30Z"}},
     "lastState":{"terminated":{"reason":"OOMKilled","exitCode":137,
       "startedAt":"2025-08-26T13:50:00Z","finishedAt":"2025-08-26T14:04:00Z"}}},
    {"name":"sidecar","restartCount":1,"state":{"running":{}},
     "lastState":{"terminated":{"reason":"Error","exitCode":1,
    "finishedAt":"2025-08-26T14:04:00Z"}}}]}})";

TEST(Kubernetes, PodsTellOfContainersKilledForMemory) {
  const auto observation = ObserveOne(Format::kKubernetes, kPod);
  const auto fact = FactOf<KubernetesFact>(observation);
  EXPECT_EQ(fact.reason, "OOMKilled");
  EXPECT_EQ(fact.object.kind, "Pod");
  EXPECT_EQ(fact.object.name, "auth-7d9f8-abcde");
  EXPECT_EQ(fact.object.labels.at("app"), "auth");
  EXPECT_EQ(fact.object.owners.at(0).name, "auth-7d9f8");
  EXPECT_EQ(fact.object.field_path, "spec.containers{app}");
  EXPECT_EQ(fact.host, "node-3");
  EXPECT_EQ(fact.uid, "") << "a kill is a point, not a series";
  EXPECT_EQ(observation.time, T("2025-08-26T14:04:00Z"));
  EXPECT_EQ(observation.title, "Container app was killed for memory (exit code 137)");
}

TEST(Kubernetes, OneKillIsOneBeforeAndAfterTheRestart) {
  const std::string before = Replaced(
      Replaced(std::string(kPod), R"("state":{"running":{"startedAt":"2025-08-26T14:04:30Z"}},
     "lastState")",
               R"("lastState":{},"state")"),
      "\"restartCount\":4", "\"restartCount\":3");
  EXPECT_EQ(ObserveOne(Format::kKubernetes, before).identity,
            ObserveOne(Format::kKubernetes, kPod).identity);
  const std::string next = Replaced(std::string(kPod), "\"restartCount\":4", "\"restartCount\":5");
  EXPECT_NE(ObserveOne(Format::kKubernetes, next).identity,
            ObserveOne(Format::kKubernetes, kPod).identity);
}

TEST(Kubernetes, PodsInListsAndWatches) {
  const std::string pod(kPod);
  const std::string kindless = Replaced(pod, R"("kind":"Pod","apiVersion":"v1",)", "");
  EXPECT_EQ(
      ObservationsOf(DecodeBody(Format::kAuto, R"({"kind":"PodList","apiVersion":"v1","items":[)" +
                                                   kindless + "]}"))
          .size(),
      1U);
  EXPECT_EQ(ObserveOne(Format::kAuto, R"({"type":"MODIFIED","object":)" + pod + "}").identity,
            ObserveOne(Format::kAuto, pod).identity);
  const Decoded healthy =
      DecodeBody(Format::kAuto, Replaced(pod, "\"OOMKilled\"", "\"Completed\""));
  EXPECT_TRUE(ObservationsOf(healthy).empty());
  EXPECT_TRUE(RefusalsOf(healthy).empty());
}

TEST(Kubernetes, APodIsTakenWholeOrNotAtAll) {
  const std::string body = Replaced(std::string(kPod), R"({"name":"sidecar")", R"({"name":7)");
  const auto refusal = RefuseOne(Format::kKubernetes, body);
  EXPECT_EQ(refusal.reason, RefusalReason::kWrongType);
  EXPECT_EQ(refusal.field, "/status/containerStatuses/1/name");
}

}  // namespace
}  // namespace srehub::sources
