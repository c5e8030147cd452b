#include "collect/exec_plugin.h"

#include <gtest/gtest.h>

namespace srehub::collect {
namespace {

constexpr std::string_view kV1 = "client.authentication.k8s.io/v1";

KubeAccess Shell(const std::string& script) {
  KubeAccess access;
  access.server = "https://cluster:6443";
  access.certificate_authority = "PEM";
  access.exec = ExecPlugin{.api_version = std::string(kV1),
                           .command = "sh",
                           .arguments = {"-c", script},
                           .environment = {{"WHO", "robot"}},
                           .install_hint = "install it",
                           .provide_cluster_info = true};
  return access;
}

TEST(ExecPlugin, TakesTheTokenItPrints) {
  const auto credential = RunExecPlugin(
      Shell(R"(printf '{"kind":"ExecCredential","apiVersion":"%s","status":{"token":"%s",)"
            R"("expirationTimestamp":"2025-08-26T14:00:00Z"}}' )"
            "client.authentication.k8s.io/v1 \"$WHO\""),
      {});
  ASSERT_TRUE(credential) << credential.error().message;
  EXPECT_EQ(credential->token, "robot");
  EXPECT_EQ(credential->expires_at, *ParseRfc3339("2025-08-26T14:00:00Z"));
}

TEST(ExecPlugin, IsToldOfTheCluster) {
  const auto access = Shell(
      "case \"$KUBERNETES_EXEC_INFO\" in *'\"server\":\"https://cluster:6443\"'*) echo '"
      R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",)"
      R"("status":{"clientCertificateData":"C","clientKeyData":"K"}})"
      "';; esac");
  const auto credential = RunExecPlugin(access, {});
  ASSERT_TRUE(credential) << credential.error().message;
  EXPECT_EQ(credential->client_key, "K");
}

TEST(ExecPlugin, FailsWithItsReason) {
  EXPECT_NE(RunExecPlugin(Shell("exit 3"), {}).error().message.find("exit code 3"),
            std::string::npos);
  EXPECT_EQ(RunExecPlugin(Shell("echo no"), {}).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(RunExecPlugin(Shell("yes"), {}).error().code, ErrorCode::kMalformed);
  KubeAccess missing = Shell("");
  missing.exec->command = "/nonexistent/plugin";
  EXPECT_NE(RunExecPlugin(missing, {}).error().message.find("install it"), std::string::npos);
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_FALSE(RunExecPlugin(Shell("sleep 30"), stopped.get_token()));
}

TEST(ExecPlugin, RefusesWhatIsNoCredential) {
  const std::string head = R"({"kind":"ExecCredential","apiVersion":")" + std::string(kV1) + "\"";
  for (const std::string& body :
       {std::string("{}"), head + "}", head + R"(,"status":{}})",
        head + R"(,"status":{"clientCertificateData":"C"}})",
        head + R"(,"status":{"token":"t","expirationTimestamp":"soon"}})",
        std::string(R"({"kind":"ExecCredential","apiVersion":"v9","status":{"token":"t"}})")})
    EXPECT_FALSE(ParseExecCredential(body, kV1)) << body;
}

}  // namespace
}  // namespace srehub::collect
