#include "model/observation.h"

#include "model/names.h"

namespace srehub::model {
namespace {
constexpr NameTable<Format, 22> kNames = {{
    {Format::kAuto, "auto"},
    {Format::kEvent, "event"},
    {Format::kKubernetes, "kubernetes"},
    {Format::kCloudWatch, "cloudwatch"},
    {Format::kCicd, "cicd"},
    {Format::kGithub, "github"},
    {Format::kLogs, "logs"},
    {Format::kPrometheus, "prometheus"},
    {Format::kAlertmanager, "alertmanager"},
    {Format::kGrafana, "grafana"},
    {Format::kGitlab, "gitlab"},
    {Format::kArgocd, "argocd"},
    {Format::kJenkins, "jenkins"},
    {Format::kCircleci, "circleci"},
    {Format::kAws, "aws"},
    {Format::kCdevents, "cdevents"},
    {Format::kCloudevents, "cloudevents"},
    {Format::kOtlp, "otlp"},
    {Format::kLoki, "loki"},
    {Format::kSyslog, "syslog"},
    {Format::kText, "text"},
    {Format::kMapped, "mapped"},
}};
}  // namespace

std::string_view FormatName(Format f) { return NameIn(kNames, f); }
std::optional<Format> ParseFormat(std::string_view name) { return ValueIn(kNames, name); }

Source SourceOfFormat(Format f) {
  switch (f) {
    case Format::kKubernetes: return Source::kKubernetes;
    case Format::kCloudWatch: return Source::kCloudWatch;
    case Format::kPrometheus:
    case Format::kAlertmanager:
    case Format::kGrafana: return Source::kPrometheus;
    case Format::kCicd:
    case Format::kGithub:
    case Format::kGitlab:
    case Format::kArgocd:
    case Format::kJenkins:
    case Format::kCircleci:
    case Format::kAws:
    case Format::kCdevents:
    case Format::kCloudevents: return Source::kCicd;
    case Format::kAuto:
    case Format::kEvent:
    case Format::kLogs:
    case Format::kOtlp:
    case Format::kLoki:
    case Format::kSyslog:
    case Format::kText:
    case Format::kMapped: return Source::kLogs;
  }
  return Source::kLogs;
}

}  // namespace srehub::model
