#include "collect/kube_config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace srehub::collect {
namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "srehub-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
    return path_ + "/" + name;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

constexpr const char* kConfig = R"(
apiVersion: v1
kind: Config
current-context: prod
contexts:
- {name: prod, context: {cluster: east, user: robot, namespace: shop}}
- {name: other, context: {cluster: west, user: caller}}
- {name: bare, context: {cluster: east, user: both}}
clusters:
- name: east
  cluster: {server: "https://10.0.0.1:6443/", certificate-authority-data: Q0EtUEVN}
- name: west
  cluster:
    server: https://[fd00::1]:6443
    certificate-authority: ca.pem
    tls-server-name: kubernetes.default
    insecure-skip-tls-verify: true
users:
- {name: robot, user: {token: abc, tokenFile: token.txt}}
- name: caller
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./get-token
      args: [--cluster, west]
      env: [{name: REGION, value: eu}]
      provideClusterInfo: true
- {name: both, user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}}
)";

TEST(KubeConfig, ReadsTheCurrentContext) {
  const auto access = ReadKubeConfig({{"/etc/kube/config", kConfig}}, "");
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->server, "https://10.0.0.1:6443");
  EXPECT_EQ(access->namespace_, "shop");
  EXPECT_EQ(access->certificate_authority, "CA-PEM");
  EXPECT_EQ(access->token, "abc");
  EXPECT_EQ(access->token_file, "/etc/kube/token.txt");
  EXPECT_FALSE(access->insecure_skip_tls_verify);
}

TEST(KubeConfig, ReadsANamedContextWithAnExecPlugin) {
  const Folder folder;
  folder.Write("ca.pem", "PEM");
  const auto access = ReadKubeConfig({{folder.path() + "/config", kConfig}}, "other");
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->tls_server_name, "kubernetes.default");
  EXPECT_TRUE(access->insecure_skip_tls_verify);
  EXPECT_EQ(access->certificate_authority, "PEM");
  ASSERT_TRUE(access->exec);
  EXPECT_EQ(access->exec->command, folder.path() + "/./get-token");
  EXPECT_EQ(access->exec->arguments, (std::vector<std::string>{"--cluster", "west"}));
  EXPECT_EQ(access->exec->environment.front().second, "eu");
  EXPECT_TRUE(access->exec->provide_cluster_info);
}

TEST(KubeConfig, ReadsInlineCertificates) {
  const auto access = ReadKubeConfig({{"config", kConfig}}, "bare");
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->client_certificate, "CERT");
  EXPECT_EQ(access->client_key, "KEY");
}

// KUBECONFIG may name several files: what is said first holds, each path in its own folder.
TEST(KubeConfig, MergesSeveralFiles) {
  const char* first = "current-context: other\n";
  const char* second =
      "users: [{name: robot, user: {token: second}}]\n"
      "contexts: [{name: other, context: {cluster: east, user: robot}}]\n";
  const auto access = ReadKubeConfig({{"a", first}, {"b", second}, {"c", kConfig}}, "");
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->context, "other");
  EXPECT_EQ(access->server, "https://10.0.0.1:6443");
  EXPECT_EQ(access->token, "second");
}

TEST(KubeConfig, SaysWhatIsWrong) {
  struct Row {
    const char *text, *says;
  };
  const std::string cluster = "clusters: [{name: c, cluster: {server: 'https://h'}}]\n";
  const std::string context =
      "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n";
  const Row rows[] = {
      {"users: [{name: u, user: {username: a, password: b}}]", "'username' is not supported"},
      {"users: [{name: u, user: {auth-provider: {name: gcp}}}]", "'auth-provider'"},
      {"users: [{name: u, user: {client-certificate-data: Q0E=}}]", "both"},
      {"users: [{name: u, user: {client-certificate-data: '%%', client-key-data: Q0E=}}]",
       "not base 64"},
      {"users: [{name: u, user: {token: [1]}}]", "one value"},
      {"users: [{name: u, user: {exec: {apiVersion: v0, command: x}}}]", "exec plugins speak"},
      {"users: [{name: v, user: {}}]", "no 'u' among the users"},
      {"users: [{name: u, user: 3}]", "no map 'user'"},
      {"users: {]", "not YAML"},
  };
  for (const Row& row : rows) {
    const auto access = ReadKubeConfig({{"f", context + cluster + row.text}}, "");
    ASSERT_FALSE(access) << row.text;
    EXPECT_NE(access.error().message.find(row.says), std::string::npos)
        << row.text << ": " << access.error().message;
  }
  EXPECT_FALSE(ReadKubeConfig({{"f", "a: b"}}, ""));
  EXPECT_FALSE(ReadKubeConfig({{"f", "- a"}}, "x"));
  EXPECT_FALSE(ReadKubeConfig({}, ""));
}

TEST(KubeConfig, ReadsAServiceAccount) {
  const Folder folder;
  folder.Write("token", "secret\n");
  folder.Write("ca.crt", "PEM");
  folder.Write("namespace", "monitoring\n");
  const auto access = ReadServiceAccount(folder.path(), "fd00::1", "443");
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->server, "https://[fd00::1]:443");
  EXPECT_EQ(access->token_file, folder.path() + "/token");
  EXPECT_EQ(access->namespace_, "monitoring");
  folder.Write("token", "\n");
  EXPECT_FALSE(ReadServiceAccount(folder.path(), "10.0.0.1", ""));
  EXPECT_FALSE(ReadServiceAccount(folder.path() + "/none", "10.0.0.1", ""));
}

TEST(KubeConfig, IsFoundWhereKubectlFindsIt) {
  const Folder folder;
  std::filesystem::create_directory(folder.path() + "/.kube");
  folder.Write(".kube/config", kConfig);
  const std::string named = folder.Write("named", kConfig);
  const std::string home = "HOME=" + folder.path();
  const std::string list = "KUBECONFIG=/nonexistent:" + named;
  const char* at_home[] = {home.c_str(), nullptr};
  const char* by_list[] = {home.c_str(), list.c_str(), nullptr};
  const char* nowhere[] = {"HOME=/nonexistent", nullptr};
  EXPECT_TRUE(FindKubeAccess("", "", at_home));
  EXPECT_EQ(FindKubeAccess("", "", by_list)->token_file, folder.path() + "/token.txt");
  EXPECT_TRUE(FindKubeAccess(named, "bare", nowhere));
  EXPECT_EQ(FindKubeAccess("", "", nowhere).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(FindKubeAccess("/nonexistent", "", at_home).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace srehub::collect
