// Credentials from a kubeconfig's exec plugin
// (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins).
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "collect/kube_config.h"

namespace srehub::collect {

struct ExecCredential {
  std::string token;
  std::string client_certificate, client_key;  // PEM
  std::optional<Instant> expires_at;
};

// What the plugin prints. Errors: kMalformed.
Result<ExecCredential> ParseExecCredential(std::string_view json, std::string_view api_version);

// Runs the plugin without a terminal, for at most a minute, taking at most 1 MiB of its output;
// its error output goes to ours. Errors: kUnavailable (it failed, or there is no such program),
// kDeadlineExceeded, kMalformed. Not to be called where children of the process are reaped by
// someone else.
Result<ExecCredential> RunExecPlugin(const KubeAccess& access, const std::stop_token& stop);

}  // namespace srehub::collect
