// How to reach and convince a Kubernetes API server: from kubeconfig files
// (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/) or from a pod's service account.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace srehub::collect {

// A program that prints an ExecCredential (client.authentication.k8s.io/v1 or v1beta1).
struct ExecPlugin {
  std::string api_version;
  std::string command;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;  // added to ours
  std::string install_hint;
  bool provide_cluster_info = false;
};

struct KubeAccess {
  std::string context;  // name of the context; "in-cluster"
  std::string server;   // https://host:port, no slash at the end
  std::string tls_server_name;
  bool insecure_skip_tls_verify = false;
  std::string certificate_authority;           // PEM; empty: the system's
  std::string client_certificate, client_key;  // PEM
  std::string token;
  std::string token_file;  // read again for each request; goes before `token`
  std::optional<ExecPlugin> exec;
  std::string namespace_;  // the context's, or the pod's own
};

struct KubeConfigFile {
  std::string path;
  std::string text;
};

// `files` in KUBECONFIG's order: what is said first holds. An empty `context` is the files'
// current one. Relative paths are relative to the file that names them; PEM files are read here.
// Errors: kInvalidArgument with the file (and line) in `where`; kNotFound for files and names.
Result<KubeAccess> ReadKubeConfig(const std::vector<KubeConfigFile>& files,
                                  const std::string& context);

// The account that Kubernetes mounts into a pod: `folder` holds token, ca.crt and namespace.
Result<KubeAccess> ReadServiceAccount(const std::string& folder, const std::string& host,
                                      const std::string& port);
inline constexpr std::string_view kServiceAccountFolder =
    "/var/run/secrets/kubernetes.io/serviceaccount";

// What kubectl does: the named file; else those of KUBECONFIG; else ~/.kube/config; else the
// service account of the pod this runs in. `environment` is "NAME=value" strings.
Result<KubeAccess> FindKubeAccess(const std::string& file, const std::string& context,
                                  const char* const* environment);

}  // namespace srehub::collect
