#include "classify/workload_name.h"

#include <gtest/gtest.h>

namespace srehub::classify {
namespace {

std::string_view Pod(std::string_view name, std::string_view host = {}, const TextSet& known = {}) {
  return WorkloadOfPod(name, host, known).name;
}

struct Case {
  const char* pod;
  const char* workload;
};

class PodName : public testing::TestWithParam<Case> {};

TEST_P(PodName, LosesWhatItsGeneratorAppended) {
  EXPECT_EQ(Pod(GetParam().pod), GetParam().workload);
}

INSTANTIATE_TEST_SUITE_P(
    Generators, PodName,
    testing::Values(
        // Deployment: template hash of 7 to 10, random suffix of 5.
        Case{"coredns-5dd5756b68-kz8tp", "coredns"},
        Case{"nginx-deployment-66b6c48dd5-7rgxr", "nginx-deployment"},
        Case{"payments-api-85c9df7-x2c4v", "payments-api"},
        // CronJob: unix minutes between.
        Case{"backup-28391040-w9m6d", "backup"},
        // Indexed Job: the completion index between.
        Case{"render-12-qk4zt", "render"},
        // StatefulSet: an ordinal.
        Case{"postgres-0", "postgres"}, Case{"kafka-broker-117", "kafka-broker"},
        // DaemonSet, Job or bare ReplicaSet: a random suffix alone.
        Case{"kube-proxy-jgh2x", "kube-proxy"}, Case{"checkout-api-57ff7", "checkout-api"},
        // A hash shorter than 7 is a word: `cd` is spelt in the hash's alphabet.
        Case{"argo-cd-x7k2p", "argo-cd"},
        // 0, 1, 3, vowels and y are never in a suffix.
        Case{"simmemleak-60xbc", "simmemleak-60xbc"}, Case{"web-front", "web-front"},
        Case{"checkout-x7y2p", "checkout-x7y2p"},
        // A year is an ordinal too: nothing in the name tells them apart.
        Case{"report-2024", "report"},
        // No base is left: the name stands.
        Case{"57ff7", "57ff7"}));

TEST(WorkloadName, KnownServicesAreKeptWhole) {
  // Both end in five letters of the suffix alphabet.
  EXPECT_EQ(Pod("apache-httpd"), "apache");
  EXPECT_EQ(Pod("ingress-http2"), "ingress");
  const TextSet known = {"apache-httpd", "ingress-http2"};
  EXPECT_EQ(Pod("apache-httpd", {}, known), "apache-httpd");
  EXPECT_EQ(Pod("ingress-http2", {}, known), "ingress-http2");
  // The guard is for the whole name: its pods still lose their suffix.
  EXPECT_EQ(Pod("apache-httpd-x7k2p", {}, known), "apache-httpd");
}

TEST(WorkloadName, StaticPodsLoseTheirNode) {
  EXPECT_EQ(Pod("etcd-kind-control-plane", "kind-control-plane"), "etcd");
  EXPECT_EQ(Pod("kube-apiserver-ip-10-0-0-1.ec2.internal", "ip-10-0-0-1.ec2.internal"),
            "kube-apiserver");
  EXPECT_EQ(Pod("etcd-master", "Master"), "etcd");
  EXPECT_EQ(Pod("etcd-kind-control-plane"), "etcd-kind-control-plane");
}

TEST(WorkloadName, FullLengthNamesAreCutInsideTheHash) {
  // generateName is cut to 58 bytes before the 5 random ones, so the dash is gone.
  const std::string deployment = "a-very-long-deployment-name-that-needs-many-more-words";  // 54
  ASSERT_EQ(deployment.size(), 54u);
  const std::string pod = deployment + "-5d4" + "x2x4z";
  ASSERT_EQ((deployment + "-5d4").size(), 58u);
  ASSERT_EQ(pod.size(), 63u);
  EXPECT_EQ(Pod(pod), deployment);
}

TEST(WorkloadName, ReplicaSetsAndJobs) {
  const TextSet none;
  EXPECT_EQ(WorkloadOfReplicaSet("checkout-api-5d4f8c7b9d", none), "checkout-api");
  EXPECT_EQ(WorkloadOfReplicaSet("checkout-api", none), "checkout-api");
  EXPECT_EQ(WorkloadOfReplicaSet("argo-cd", none), "argo-cd");
  EXPECT_EQ(WorkloadOfJob("report-28391040", none), "report");
  EXPECT_EQ(WorkloadOfJob("migrate-2024", none), "migrate-2024");
}

}  // namespace
}  // namespace srehub::classify
