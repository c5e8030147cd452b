#include "model/observation.h"

#include "model/names.h"

namespace srehub::model {
namespace {
constexpr NameTable<Format, 9> kNames = {{{Format::kAuto, "auto"},
                                          {Format::kEvent, "event"},
                                          {Format::kKubernetes, "kubernetes"},
                                          {Format::kCloudWatch, "cloudwatch"},
                                          {Format::kCicd, "cicd"},
                                          {Format::kGithub, "github"},
                                          {Format::kLogs, "logs"},
                                          {Format::kPrometheus, "prometheus"},
                                          {Format::kAlertmanager, "alertmanager"}}};
}  // namespace

std::string_view FormatName(Format f) { return NameIn(kNames, f); }
std::optional<Format> ParseFormat(std::string_view name) { return ValueIn(kNames, name); }

}  // namespace srehub::model
