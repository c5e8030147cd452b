#include "collect/exec_plugin.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <vector>

#include "base/base64.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/text.h"

namespace srehub::collect {
namespace {

constexpr size_t kMaxOutput = 1024 * 1024;
constexpr Duration kPatience = 60s;
constexpr int kPollMilliseconds = 100;

// What the plugin is told of the cluster, in KUBERNETES_EXEC_INFO.
std::string ExecInfo(const KubeAccess& access) {
  JsonWriter json;
  json.BeginObject().Field("kind", "ExecCredential");
  json.Field("apiVersion", access.exec->api_version).Key("spec").BeginObject();
  if (access.exec->provide_cluster_info) {
    json.Key("cluster").BeginObject().Field("server", access.server);
    json.FieldIf("tls-server-name", access.tls_server_name);
    json.Field("insecure-skip-tls-verify", access.insecure_skip_tls_verify);
    if (!access.certificate_authority.empty())
      json.Field("certificate-authority-data", Base64Encode(access.certificate_authority));
    json.EndObject();
  }
  return json.Field("interactive", false).EndObject().EndObject().Take();
}

std::vector<std::string> EnvironmentOf(const KubeAccess& access) {
  std::vector<std::string> out;
  const auto replaced = [&](std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('='));
    return name == "KUBERNETES_EXEC_INFO" ||
           std::ranges::any_of(access.exec->environment,
                               [&](const auto& variable) { return variable.first == name; });
  };
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (!replaced(*entry)) out.emplace_back(*entry);
  for (const auto& [name, value] : access.exec->environment) out.push_back(name + "=" + value);
  out.push_back("KUBERNETES_EXEC_INFO=" + ExecInfo(access));
  return out;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// A running child whose output is read; killed when it is let go of too early.
class Child {
 public:
  static Result<Child> Start(const KubeAccess& access) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
      return Fail(ErrorCode::kUnavailable, std::string("no pipe: ") + std::strerror(errno));
    std::vector<std::string> words = {access.exec->command};
    words.insert(words.end(), access.exec->arguments.begin(), access.exec->arguments.end());
    std::vector<std::string> environment = EnvironmentOf(access);
    std::vector<char*> argv = Pointers(words);
    std::vector<char*> envp = Pointers(environment);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    // Our threads block the signals that end the hub; the child shall not inherit that.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    Child child;
    const int error =
        posix_spawnp(&child.pid_, argv[0], &actions, &attributes, argv.data(), envp.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    child.out_ = ends[0];
    if (error == 0) return child;
    child.pid_ = -1;
    const std::string& hint = access.exec->install_hint;
    return Fail(ErrorCode::kUnavailable, "the exec plugin " + access.exec->command +
                                             " does not start: " + std::strerror(error) +
                                             (hint.empty() ? "" : " (" + hint + ")"));
  }

  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), out_(std::exchange(other.out_, -1)) {}
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (out_ >= 0) close(out_);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  Result<std::string> ReadAll(const std::stop_token& stop) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
      if (stop.stop_requested() || std::chrono::steady_clock::now() > deadline)
        return Fail(ErrorCode::kDeadlineExceeded,
                    "the exec plugin did not end within " + FormatDuration(kPatience));
      pollfd waiting{.fd = out_, .events = POLLIN, .revents = 0};
      if (poll(&waiting, 1, kPollMilliseconds) <= 0) continue;
      const ssize_t got = read(out_, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return text;
      text.append(buffer.data(), static_cast<size_t>(got));
      if (text.size() > kMaxOutput)
        return Fail(ErrorCode::kMalformed, "the exec plugin printed more than 1 MiB");
    }
  }

  int Wait() {
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  Child() = default;
  pid_t pid_ = -1;
  int out_ = -1;
};

}  // namespace

Result<ExecCredential> ParseExecCredential(std::string_view json, std::string_view api_version) {
  JsonReader reader;
  const auto root = reader.Parse(json);
  if (!root)
    return Fail(ErrorCode::kMalformed,
                "the exec plugin did not print an ExecCredential: " + root.error().message);
  const auto version = FindString(*root, "apiVersion");
  if (FindString(*root, "kind") != "ExecCredential" || version != api_version)
    return Fail(ErrorCode::kMalformed,
                "the exec plugin must print an ExecCredential of " + std::string(api_version));
  const auto status = Find(*root, "status");
  if (!status || !status->is_object())
    return Fail(ErrorCode::kMalformed, "the exec plugin's ExecCredential has no status");
  ExecCredential credential;
  credential.token = FindString(*status, "token").value_or("");
  credential.client_certificate = FindString(*status, "clientCertificateData").value_or("");
  credential.client_key = FindString(*status, "clientKeyData").value_or("");
  if (credential.token.empty() && credential.client_certificate.empty())
    return Fail(ErrorCode::kMalformed,
                "the exec plugin gave neither a token nor a client certificate");
  if (credential.client_certificate.empty() != credential.client_key.empty())
    return Fail(ErrorCode::kMalformed, "the exec plugin gave a certificate or a key, not both");
  if (const auto until = FindString(*status, "expirationTimestamp")) {
    SREHUB_TRY(credential.expires_at, ParseRfc3339(*until));
  }
  return credential;
}

Result<ExecCredential> RunExecPlugin(const KubeAccess& access, const std::stop_token& stop) {
  SREHUB_TRY(Child child, Child::Start(access));
  SREHUB_TRY(const std::string text, child.ReadAll(stop));
  if (const int code = child.Wait(); code != 0)
    return Fail(ErrorCode::kUnavailable, "the exec plugin " + access.exec->command +
                                             " failed with exit code " + std::to_string(code));
  return ParseExecCredential(text, access.exec->api_version);
}

}  // namespace srehub::collect
