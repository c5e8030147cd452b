#include "classify/service_names.h"

#include <gtest/gtest.h>

#include "classify/testing.h"

namespace srehub::classify {
namespace {

model::KubernetesFact Object(std::string kind, std::string name) {
  model::KubernetesFact fact;
  fact.reason = "Started";
  fact.type = "Normal";
  fact.object.kind = std::move(kind);
  fact.object.name = std::move(name);
  fact.object.namespace_ = "shop";
  return fact;
}

std::string ServiceOf(model::KubernetesFact fact, const Classifier& c = DefaultClassifier()) {
  return EventOf(std::move(fact), c).service_id;
}

TEST(KubernetesService, Order) {
  model::KubernetesFact fact = Object("Pod", "checkout-api-57ff7");
  EXPECT_EQ(ServiceOf(fact), "checkout-api");
  fact.object.owners = {{"ReplicaSet", "owner-api-5d4f8c7b9d"}};
  EXPECT_EQ(ServiceOf(fact), "owner-api");
  fact.object.labels["k8s-app"] = "third";
  EXPECT_EQ(ServiceOf(fact), "third");
  fact.object.labels["app"] = "second";
  EXPECT_EQ(ServiceOf(fact), "second");
  fact.object.labels["app.kubernetes.io/name"] = "first";
  EXPECT_EQ(ServiceOf(fact), "first");
  fact.object.annotations["resource.opentelemetry.io/service.name"] = "Annotated Service";
  EXPECT_EQ(ServiceOf(fact), "annotated-service");
  EXPECT_EQ(ServiceOf(fact, MakeClassifier("aliases: {annotated-service: shop}")), "shop");
  EXPECT_EQ(ServiceOf(fact, MakeClassifier("aliases: {checkout-api-57ff7: raw}")), "raw");
}

TEST(KubernetesService, Owners) {
  model::KubernetesFact fact = Object("Pod", "x");
  fact.object.owners = {{"StatefulSet", "db"}};
  EXPECT_EQ(ServiceOf(fact), "db");
  fact.object.owners = {{"Job", "report-28391040"}};
  EXPECT_EQ(ServiceOf(fact), "report");
  fact.object.owners = {{"Node", "n1"}};  // a static pod's owner is no service
  EXPECT_EQ(ServiceOf(fact), "x");
}

TEST(KubernetesService, Kinds) {
  EXPECT_EQ(ServiceOf(Object("Deployment", "checkout-57ff7")), "checkout-57ff7");
  EXPECT_EQ(ServiceOf(Object("HorizontalPodAutoscaler", "checkout")), "checkout");
  EXPECT_EQ(ServiceOf(Object("ReplicaSet", "checkout-5d4f8c7b9d")), "checkout");
  EXPECT_EQ(ServiceOf(Object("Job", "report-28391040")), "report");
  EXPECT_EQ(ServiceOf(Object("Node", "ip-10-0-0-1")), "node-ip-10-0-0-1");
  EXPECT_EQ(ServiceOf(Object("PersistentVolumeClaim", "data")), "persistentvolumeclaim-data");
  EXPECT_EQ(ServiceOf(Object("Pod", "apache-httpd")), "apache-httpd");
  EXPECT_EQ(ServiceOf(Object("Pod", "")), "unknown");
}

TEST(KubernetesService, NamespacesOnRequest) {
  Settings settings;
  settings.namespaced_services = true;
  const Classifier classifier = MakeClassifier("aliases: {cart: basket}", settings);
  EXPECT_EQ(ServiceOf(Object("Pod", "checkout-api-57ff7"), classifier), "shop.checkout-api");
  EXPECT_EQ(ServiceOf(Object("Node", "n1"), classifier), "node-n1");
  EXPECT_EQ(ServiceOf(Object("Deployment", "cart"), classifier), "basket");
}

std::string AlarmService(model::AlarmFact fact, const Classifier& c = DefaultClassifier()) {
  fact.state = "ALARM";
  return EventOf(std::move(fact), c).service_id;
}
model::AlarmFact Alarm(std::string name) {
  model::AlarmFact fact;
  fact.name = std::move(name);
  return fact;
}

TEST(AlarmService, NamesWithoutTheirCondition) {
  EXPECT_EQ(AlarmService(Alarm("HighCPU-PaymentsAPI")), "payments-api");
  EXPECT_EQ(AlarmService(Alarm("payments-api-high-latency-p99")), "payments-api");
  EXPECT_EQ(AlarmService(Alarm("CheckoutHighErrorRate")), "checkout");
  EXPECT_EQ(AlarmService(Alarm("checkout 5xx Alarm")), "checkout");
  EXPECT_EQ(AlarmService(Alarm("orders/Response Time")), "orders");
  // Nothing but the condition is left: the whole name.
  EXPECT_EQ(AlarmService(Alarm("High-CPU")), "high-cpu");
}

TEST(AlarmService, Order) {
  model::AlarmFact fact = Alarm("HighCPU-PaymentsAPI");
  fact.arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:HighCPU-PaymentsAPI";
  fact.dimensions = {{"InstanceId", "i-0abc"}};
  EXPECT_EQ(AlarmService(fact), "payments-api");  // a machine is not a service
  fact.dimensions = {{"ClusterName", "prod"}, {"ServiceName", "billing"}};
  EXPECT_EQ(AlarmService(fact), "billing");
  fact.tags = {{"service", "invoices"}};
  EXPECT_EQ(AlarmService(fact), "invoices");
  EXPECT_EQ(AlarmService(fact, MakeClassifier("aliases: {HighCPU-PaymentsAPI: by-name}")),
            "by-name");
  EXPECT_EQ(AlarmService(fact, MakeClassifier("aliases:\n- service: by-arn\n  alarms: "
                                              "['arn:*:alarm:HighCPU-*']\n")),
            "by-arn");
}

TEST(AlarmService, Dimensions) {
  model::AlarmFact fact = Alarm("High-CPU");
  fact.dimensions = {{"InstanceId", "i-0abc"}};
  EXPECT_EQ(AlarmService(fact), "i-0abc");
  fact.dimensions = {{"TargetGroup", "targetgroup/checkout-tg/6d0ecf831eec9f09"}};
  EXPECT_EQ(AlarmService(fact), "checkout-tg");
  fact.dimensions = {{"LoadBalancer", "app/shop-alb/50dc6c495c0c9188"}};
  EXPECT_EQ(AlarmService(fact), "shop-alb");
  fact.dimensions = {{"FunctionName", "resize_images"}};
  EXPECT_EQ(AlarmService(fact), "resize_images");
}

model::PipelineFact RunOf(std::string workflow, std::string repository = {}) {
  model::PipelineFact fact;
  fact.statement.workflow = std::move(workflow);
  fact.statement.repository = std::move(repository);
  fact.statement.status = model::DeployStatus::kFailure;
  fact.status_word = "failure";
  return fact;
}
std::string RunService(model::PipelineFact fact, const Classifier& c = DefaultClassifier()) {
  return EventOf(std::move(fact), c).service_id;
}

TEST(PipelineService, WorkflowNames) {
  EXPECT_EQ(RunService(RunOf("Deploy Checkout Service")), "checkout-service");
  EXPECT_EQ(RunService(RunOf("Build and deploy Checkout")), "checkout");
  EXPECT_EQ(RunService(RunOf("Deploy checkout to production")), "checkout");
  EXPECT_EQ(RunService(RunOf("DeployCheckoutService")), "checkout-service");
  EXPECT_EQ(RunService(RunOf("checkout-api CI")), "checkout-api");
  EXPECT_EQ(RunService(RunOf("CI", "acme/checkout")), "checkout");
  EXPECT_EQ(RunService(RunOf("Build and Test", "acme/checkout")), "checkout");
  EXPECT_EQ(RunService(RunOf("", "acme/checkout")), "checkout");
  EXPECT_EQ(RunService(RunOf("CI")), "ci");
  EXPECT_EQ(RunService(RunOf("")), "unknown");
}

TEST(PipelineService, Order) {
  model::PipelineFact fact = RunOf("Deploy Checkout Service", "acme/mono");
  fact.path = ".github/workflows/deploy.yml";
  fact.statement.environment = "checkout-prod";
  const auto aliased = [&](const std::string& key, const std::string& value) {
    return RunService(
        fact, MakeClassifier("aliases:\n- service: mine\n  " + key + ": ['" + value + "']\n"));
  };
  EXPECT_EQ(RunService(fact), "checkout-service");
  EXPECT_EQ(aliased("repositories", "acme/mono"), "mine");
  EXPECT_EQ(aliased("workflows", "deploy checkout service"), "mine");
  EXPECT_EQ(aliased("workflows", ".github/workflows/*"), "mine");
  EXPECT_EQ(aliased("environments", "checkout-*"), "mine");
  EXPECT_EQ(aliased("names", "checkout-service"), "mine");
  EXPECT_EQ(aliased("repositories", "checkout-service"), "checkout-service");
  fact.service = "Payload Service";
  EXPECT_EQ(RunService(fact), "payload-service");
}

std::string LogService(model::LogFact fact, const Classifier& c = DefaultClassifier()) {
  fact.message = "x";
  return EventOf(std::move(fact), c).service_id;
}

TEST(LogService, Order) {
  model::LogFact fact;
  EXPECT_EQ(LogService(fact), "unknown");
  fact.logger = "com.acme.Cart";
  EXPECT_EQ(LogService(fact), "com.acme.cart");
  fact.container = "web";
  EXPECT_EQ(LogService(fact), "web");
  fact.service = "pino-name";
  fact.service_field = "name";
  EXPECT_EQ(LogService(fact), "pino-name");
  fact.pod = "checkout-api-5d4f8c7b9d-x2x4z";
  EXPECT_EQ(LogService(fact), "checkout-api");
  fact.kubernetes_labels = {{"app", "labelled"}};
  EXPECT_EQ(LogService(fact), "labelled");
  fact.service = "auth-service";
  fact.service_field = "service";
  EXPECT_EQ(LogService(fact), "auth-service");
  EXPECT_EQ(LogService(fact, MakeClassifier("aliases: {'auth-*': login}")), "login");
}

TEST(LogService, PlaceholdersNameNothing) {
  for (const char* placeholder : {"service_undefined", "unknown_service", "unknown_service:node"}) {
    model::LogFact fact;
    fact.service = placeholder;
    fact.service_field = "service.name";
    fact.container = "web";
    EXPECT_EQ(LogService(fact), "web") << placeholder;
  }
}

std::string AlertService(model::Labels labels) {
  model::AlertFact fact;
  fact.labels = std::move(labels);
  fact.fingerprint = "0123456789abcdef";
  return EventsOf(Of(std::move(fact))).at(0).service_id;
}

TEST(AlertService, LabelsInOrder) {
  const std::vector<std::string> order = {
      "service",    "service_name", "app",       "app_kubernetes_io_name",
      "deployment", "statefulset",  "daemonset", "container",
      "pod",        "job",          "namespace"};
  model::Labels labels = {{"alertname", "Down"}};
  EXPECT_EQ(AlertService(labels), "down");
  for (size_t i = order.size(); i-- > 0;) {
    labels[order[i]] = "by-" + std::to_string(i);
    // A pod's name loses what looks like an ordinal.
    EXPECT_EQ(AlertService(labels), order[i] == "pod" ? "by" : "by-" + std::to_string(i));
  }
}

TEST(AlertService, TheExportersOwnNamesStandBack) {
  EXPECT_EQ(AlertService({{"alertname", "KubePodCrashLooping"},
                          {"job", "kube-state-metrics"},
                          {"service", "kube-state-metrics"},
                          {"container", "kube-state-metrics"},
                          {"namespace", "shop"},
                          {"pod", "checkout-api-5d4f8c7b9d-x2x4z"}}),
            "checkout-api");
  EXPECT_EQ(AlertService({{"alertname", "KubeDeploymentReplicasMismatch"},
                          {"job", "kube-state-metrics"},
                          {"pod", "kube-state-metrics-5d4f8c7b9d-x2x4z"},
                          {"deployment", "checkout"}}),
            "checkout");
  EXPECT_EQ(AlertService(
                {{"alertname", "KubeQuota"}, {"job", "kube-state-metrics"}, {"namespace", "shop"}}),
            "shop");
  EXPECT_EQ(AlertService({{"alertname", "DiskFull"},
                          {"job", "node-exporter"},
                          {"pod", "node-exporter-x7k2p"},
                          {"node", "n1"}}),
            "node-n1");
  // The exporter itself is down: there is nobody else to name.
  EXPECT_EQ(AlertService({{"alertname", "TargetDown"}, {"job", "node-exporter"}}), "node-exporter");
}

}  // namespace
}  // namespace srehub::classify
