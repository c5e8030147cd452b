#include "collect/kube_records.h"

#include <gtest/gtest.h>

#include "model/delivery.h"
#include "sources/decode.h"

namespace srehub::collect {
namespace {

constexpr std::string_view kEvent = R"({
  "metadata": {"name": "a.1", "namespace": "shop", "uid": "e1", "resourceVersion": "7",
               "managedFields": [{"manager": "kubelet"}]},
  "regarding": {"kind": "Pod", "name": "web-1", "namespace": "shop", "uid": "p1"},
  "reason": "BackOff", "note": "Back-off restarting failed container", "type": "Warning",
  "deprecatedCount": 3, "eventTime": "2025-08-26T14:00:00.000000Z"})";

const ObjectFacts kFacts{.labels = {{"app", "shop"}},
                         .annotations = {{"resource.opentelemetry.io/service.name", "cart"}},
                         .owners = {{"Deployment", "checkout"}}};

const model::KubernetesFact FactIn(const std::string& record) {
  model::Delivery delivery;
  delivery.format = model::Format::kKubernetes;
  delivery.body = record;
  const auto decoded = sources::Decode(delivery);
  EXPECT_TRUE(decoded && decoded->records.size() == 1 && decoded->records[0].refusals.empty())
      << record;
  return std::get<model::KubernetesFact>(decoded->records.at(0).observations.at(0).fact);
}

TEST(KubeRecords, AnEventTakesItsObjectsFactsAlong) {
  JsonReader reader;
  const auto event = reader.Parse(kEvent);
  const std::string record = EventRecord(*event, kFacts, "events.k8s.io/v1", "east");
  EXPECT_EQ(record.find("managedFields"), std::string::npos);
  const model::KubernetesFact fact = FactIn(record);
  EXPECT_EQ(fact.object.labels, kFacts.labels);
  EXPECT_EQ(fact.object.annotations, kFacts.annotations);
  ASSERT_EQ(fact.object.owners.size(), 1U);
  EXPECT_EQ(fact.object.owners[0].name, "checkout");
  EXPECT_EQ(fact.cluster, "east");
  EXPECT_EQ(fact.count, 3);
  EXPECT_EQ(fact.uid, "e1");
}

TEST(KubeRecords, WhatTheEventSaysItselfStays) {
  JsonReader reader;
  const auto event = reader.Parse(
      R"({"kind":"Event","apiVersion":"v1","reason":"R","clusterName":"west",
          "involvedObject":{"kind":"Pod","name":"x","labels":{"app":"own"}}})");
  const model::KubernetesFact fact = FactIn(EventRecord(*event, kFacts, "v1", "east"));
  EXPECT_EQ(fact.object.labels.at("app"), "own");
  EXPECT_EQ(fact.cluster, "west");
}

TEST(KubeRecords, APodIsCutDownToItsKill) {
  JsonReader reader;
  const auto pod = reader.Parse(R"({
    "metadata": {"name": "web-1", "namespace": "shop", "uid": "p1"},
    "spec": {"nodeName": "n1", "containers": [{"env": [{"value": "canary-secret"}]}]},
    "status": {"containerStatuses": [{"name": "app", "restartCount": 2, "lastState":
      {"terminated": {"reason": "OOMKilled", "exitCode": 137,
                      "finishedAt": "2025-08-26T14:00:00Z"}}}]}})");
  EXPECT_EQ(OomKillsOf(*pod), std::vector<std::string>{"app/2025-08-26T14:00:00Z"});
  const std::string record = PodRecord(*pod, kFacts, "east");
  EXPECT_EQ(record.find("canary-secret"), std::string::npos);
  const model::KubernetesFact fact = FactIn(record);
  EXPECT_EQ(fact.reason, "OOMKilled");
  EXPECT_EQ(fact.host, "n1");
  EXPECT_EQ(fact.object.owners.at(0).name, "checkout");
}

TEST(KubeRecords, MostPodsTellNothing) {
  JsonReader reader;
  for (const char* text : {"{}", R"({"status":null})", R"({"status":{"containerStatuses":{}}})",
                           R"({"status":{"containerStatuses":[1,{"name":"a","state":{"running":{}}},
            {"name":"b","lastState":{"terminated":{"reason":"Error"}}}]}})"})
    EXPECT_TRUE(OomKillsOf(*reader.Parse(text)).empty()) << text;
}

TEST(KubeRecords, LongAnnotationsAndOddLabelsStayBehind) {
  JsonReader reader;
  const auto pod = reader.Parse(R"({"metadata": {"labels": {"a": "b", "c": 3},
    "annotations": {"big": ")" + std::string(300, 'x') +
                                R"(", "small": "s"},
    "ownerReferences": [{"kind": "ReplicaSet", "name": "r"}, 7, {"kind": "K"}]}})");
  const ObjectFacts facts = FactsOf(*pod);
  EXPECT_EQ(facts.labels, (model::Labels{{"a", "b"}}));
  EXPECT_EQ(facts.annotations, (model::Labels{{"small", "s"}}));
  EXPECT_EQ(facts.owners.size(), 1U);
}

TEST(KubeRecords, ReadsPagesAndMessages) {
  JsonReader reader;
  const auto page = ReadListPage(
      &reader, R"({"metadata":{"resourceVersion":"9","continue":"c"},"items":[{},{}]})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->continue_token, "c");
  EXPECT_EQ(
      ReadListPage(&reader, R"({"metadata":{"resourceVersion":"9"},"items":null})")->items.size(),
      0U);
  for (const char* text : {"", "[]", "{}", R"({"metadata":{},"items":[]})",
                           R"({"metadata":{"resourceVersion":"1"},"items":{}})"})
    EXPECT_FALSE(ReadListPage(&reader, text)) << text;

  const auto error =
      ReadWatchMessage(&reader, R"({"type":"ERROR","object":{"code":410,"message":"too old"}})");
  EXPECT_EQ(error->code, 410);
  const auto bookmark = ReadWatchMessage(
      &reader, R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"12"}}})");
  EXPECT_EQ(bookmark->resource_version, "12");
  for (const char* text : {"", "{", R"({"type":"ADDED"})", R"({"type":"ADDED","object":1})",
                           R"({"type":"SOMETHING","object":{}})", R"({"object":{}})"})
    EXPECT_FALSE(ReadWatchMessage(&reader, text)) << text;
}

}  // namespace
}  // namespace srehub::collect
