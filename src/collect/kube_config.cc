#include "collect/kube_config.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "base/base64.h"
#include "base/text.h"
#include "collect/state_file.h"

namespace srehub::collect {
namespace {

Result<std::string> ReadNamedFile(const std::string& path) {
  SREHUB_TRY(std::optional<std::string> text, ReadStateFile(path));
  if (!text) return Fail(ErrorCode::kNotFound, "cannot read " + path + ": there is no such file");
  return std::move(*text);
}

std::string At(const std::string& file, const YAML::Node& node) {
  const YAML::Mark mark = node.Mark();
  return mark.is_null() ? file : file + ":" + std::to_string(mark.line + 1);
}

// One named entry of `clusters`, `users` or `contexts`, with the file it stands in.
struct Entry {
  YAML::Node value;
  std::string file;
  std::string name;

  tl::unexpected<Error> Wrong(std::string message) const {
    return Fail(ErrorCode::kInvalidArgument, std::move(message), At(file, value));
  }
  Result<std::string> Word(const char* key) const {
    const YAML::Node node = value[key];
    if (!node || node.IsNull()) return std::string();
    if (!node.IsScalar()) return Wrong("'" + std::string(key) + "' must be one value");
    return node.Scalar();
  }
  Result<bool> Flag(const char* key) const {
    SREHUB_TRY(const std::string word, Word(key));
    if (word.empty() || word == "false") return false;
    if (word == "true") return true;
    return Wrong("'" + std::string(key) + "' is neither true nor false");
  }
  std::string PathOf(const std::string& named) const {
    return (std::filesystem::path(file).parent_path() / named).string();
  }
  // KEY-data holds base 64, KEY names a file; data goes first, as in client-go.
  Result<std::string> Pem(const std::string& key) const {
    SREHUB_TRY(const std::string data, Word((key + "-data").c_str()));
    if (!data.empty()) {
      auto bytes = Base64Decode(data);
      if (!bytes) return Wrong("'" + key + "-data' is not base 64: " + bytes.error().message);
      return std::move(*bytes);
    }
    SREHUB_TRY(const std::string named, Word(key.c_str()));
    if (named.empty()) return std::string();
    auto text = ReadNamedFile(PathOf(named));
    if (!text) return Wrong("'" + key + "': " + text.error().message);
    return text;
  }
};

class Merged {
 public:
  explicit Merged(const std::vector<KubeConfigFile>& files) {
    for (const KubeConfigFile& file : files)
      roots_.push_back({YAML::Load(file.text), file.path, {}});
  }

  std::string CurrentContext() const {
    for (const Entry& root : roots_) {
      if (!root.value.IsMap()) continue;
      const YAML::Node current = root.value["current-context"];
      if (current && current.IsScalar() && !current.Scalar().empty()) return current.Scalar();
    }
    return {};
  }

  // The first entry of that name. `list` is "contexts", `member` "context".
  Result<Entry> Find(const char* list, const char* member, const std::string& name) const {
    for (const Entry& root : roots_) {
      if (!root.value.IsMap()) continue;
      const YAML::Node entries = root.value[list];
      if (!entries || !entries.IsSequence()) continue;
      for (const YAML::Node& entry : entries) {
        if (!entry.IsMap() || !entry["name"] || !entry["name"].IsScalar() ||
            entry["name"].Scalar() != name)
          continue;
        Entry found{entry[member], root.file, name};
        if (!found.value || !found.value.IsMap())
          return Fail(ErrorCode::kInvalidArgument,
                      "'" + name + "' has no map '" + std::string(member) + "'",
                      At(root.file, entry));
        return found;
      }
    }
    return Fail(ErrorCode::kNotFound,
                "there is no '" + name + "' among the " + std::string(list) + " of the kubeconfig",
                roots_.empty() ? "" : roots_.front().file);
  }

 private:
  std::vector<Entry> roots_;
};

Status ReadCluster(const Entry& cluster, KubeAccess* access) {
  SREHUB_TRY(access->server, cluster.Word("server"));
  while (access->server.ends_with('/')) access->server.pop_back();
  if (!access->server.starts_with("https://") && !access->server.starts_with("http://"))
    return cluster.Wrong("cluster '" + cluster.name + "' needs a 'server' that is an https URL");
  SREHUB_TRY(access->tls_server_name, cluster.Word("tls-server-name"));
  SREHUB_TRY(access->insecure_skip_tls_verify, cluster.Flag("insecure-skip-tls-verify"));
  SREHUB_TRY(access->certificate_authority, cluster.Pem("certificate-authority"));
  SREHUB_TRY(const std::string proxy, cluster.Word("proxy-url"));
  if (!proxy.empty())
    return cluster.Wrong("'proxy-url' is not supported; set HTTPS_PROXY in the environment");
  return {};
}

Result<ExecPlugin> ReadExec(const Entry& exec) {
  ExecPlugin plugin;
  SREHUB_TRY(plugin.api_version, exec.Word("apiVersion"));
  if (plugin.api_version != "client.authentication.k8s.io/v1" &&
      plugin.api_version != "client.authentication.k8s.io/v1beta1")
    return exec.Wrong("exec plugins speak client.authentication.k8s.io/v1 or v1beta1, not '" +
                      plugin.api_version + "'");
  SREHUB_TRY(plugin.command, exec.Word("command"));
  if (plugin.command.empty()) return exec.Wrong("'exec' needs a 'command'");
  // A path is relative to the file; a bare name is searched in PATH.
  if (plugin.command.find('/') != std::string::npos) plugin.command = exec.PathOf(plugin.command);
  SREHUB_TRY(plugin.install_hint, exec.Word("installHint"));
  SREHUB_TRY(plugin.provide_cluster_info, exec.Flag("provideClusterInfo"));
  SREHUB_TRY(const std::string mode, exec.Word("interactiveMode"));
  if (mode == "Always") return exec.Wrong("the exec plugin wants a terminal, and there is none");
  if (const YAML::Node arguments = exec.value["args"]; arguments && arguments.IsSequence()) {
    for (const YAML::Node& argument : arguments) {
      if (!argument.IsScalar()) return exec.Wrong("'args' must be a list of words");
      plugin.arguments.push_back(argument.Scalar());
    }
  }
  if (const YAML::Node variables = exec.value["env"]; variables && variables.IsSequence()) {
    for (const YAML::Node& variable : variables) {
      if (!variable.IsMap()) return exec.Wrong("'env' must be a list of names and values");
      const Entry item{variable, exec.file, {}};
      SREHUB_TRY(std::string name, item.Word("name"));
      SREHUB_TRY(std::string value, item.Word("value"));
      plugin.environment.emplace_back(std::move(name), std::move(value));
    }
  }
  return plugin;
}

Status ReadUser(const Entry& user, KubeAccess* access) {
  for (const char* refused : {"username", "password", "auth-provider", "as", "as-uid", "as-groups"})
    if (const YAML::Node node = user.value[refused]; node && !node.IsNull())
      return user.Wrong("user '" + user.name + "': '" + refused +
                        "' is not supported; use a client certificate, a token or an exec plugin");
  SREHUB_TRY(access->client_certificate, user.Pem("client-certificate"));
  SREHUB_TRY(access->client_key, user.Pem("client-key"));
  if (access->client_certificate.empty() != access->client_key.empty())
    return user.Wrong("user '" + user.name + "' needs both a client certificate and its key");
  SREHUB_TRY(access->token, user.Word("token"));
  SREHUB_TRY(const std::string token_file, user.Word("tokenFile"));
  if (!token_file.empty()) access->token_file = user.PathOf(token_file);
  if (const YAML::Node exec = user.value["exec"]; exec && !exec.IsNull()) {
    if (!exec.IsMap()) return user.Wrong("'exec' must be a map");
    SREHUB_TRY(access->exec, ReadExec({exec, user.file, user.name}));
  }
  return {};
}

Result<KubeAccess> Read(const std::vector<KubeConfigFile>& files, const std::string& named) {
  const Merged merged(files);
  KubeAccess access;
  access.context = named.empty() ? merged.CurrentContext() : named;
  if (access.context.empty())
    return Fail(ErrorCode::kInvalidArgument,
                "the kubeconfig has no current-context; name one with --context",
                files.empty() ? "" : files.front().path);
  SREHUB_TRY(const Entry context, merged.Find("contexts", "context", access.context));
  SREHUB_TRY(const std::string cluster_name, context.Word("cluster"));
  SREHUB_TRY(const std::string user_name, context.Word("user"));
  SREHUB_TRY(access.namespace_, context.Word("namespace"));
  SREHUB_TRY(const Entry cluster, merged.Find("clusters", "cluster", cluster_name));
  SREHUB_CHECK_OK(ReadCluster(cluster, &access));
  if (!user_name.empty()) {
    SREHUB_TRY(const Entry user, merged.Find("users", "user", user_name));
    SREHUB_CHECK_OK(ReadUser(user, &access));
  }
  return access;
}

std::string Variable(const char* const* environment, std::string_view name) {
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
      return std::string(entry.substr(name.size() + 1));
  }
  return {};
}

}  // namespace

Result<KubeAccess> ReadKubeConfig(const std::vector<KubeConfigFile>& files,
                                  const std::string& context) {
  try {
    return Read(files, context);
  } catch (const YAML::Exception& e) {
    return Fail(ErrorCode::kInvalidArgument, "the kubeconfig is not YAML: " + e.msg,
                files.empty() ? "" : files.front().path);
  }
}

Result<KubeAccess> ReadServiceAccount(const std::string& folder, const std::string& host,
                                      const std::string& port) {
  KubeAccess access;
  access.context = "in-cluster";
  // An IPv6 address needs its brackets in a URL.
  const bool bare_ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
  access.server =
      "https://" + (bare_ipv6 ? "[" + host + "]" : host) + ":" + (port.empty() ? "443" : port);
  access.token_file = folder + "/token";
  SREHUB_TRY(const std::string token, ReadNamedFile(access.token_file));
  SREHUB_TRY(access.certificate_authority, ReadNamedFile(folder + "/ca.crt"));
  if (TrimAscii(token).empty())
    return Fail(ErrorCode::kInvalidArgument, "the service account's token is empty",
                access.token_file);
  if (const auto name = ReadNamedFile(folder + "/namespace"))
    access.namespace_ = std::string(TrimAscii(*name));
  return access;
}

Result<KubeAccess> FindKubeAccess(const std::string& file, const std::string& context,
                                  const char* const* environment) {
  std::vector<std::string> paths;
  if (!file.empty()) {
    paths.push_back(file);
  } else if (const std::string list = Variable(environment, "KUBECONFIG"); !list.empty()) {
    for (const std::string_view path : Split(list, ':'))
      if (!path.empty()) paths.emplace_back(path);
  } else if (const std::string home = Variable(environment, "HOME"); !home.empty()) {
    paths.push_back(home + "/.kube/config");
  }
  std::vector<KubeConfigFile> files;
  for (const std::string& path : paths) {
    SREHUB_TRY(std::optional<std::string> text, ReadStateFile(path));
    if (text) files.push_back({path, std::move(*text)});
  }
  if (!files.empty()) return ReadKubeConfig(files, context);
  if (!file.empty())
    return Fail(ErrorCode::kNotFound, "cannot read " + file + ": there is no such file");
  const std::string host = Variable(environment, "KUBERNETES_SERVICE_HOST");
  if (host.empty())
    return Fail(ErrorCode::kNotFound,
                "no cluster is named: there is neither a kubeconfig (--kubeconfig, KUBECONFIG, "
                "~/.kube/config) nor a service account of a pod");
  return ReadServiceAccount(std::string(kServiceAccountFolder), host,
                            Variable(environment, "KUBERNETES_SERVICE_PORT"));
}

}  // namespace srehub::collect
