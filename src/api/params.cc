#include "api/params.h"

#include <algorithm>
#include <charconv>

#include "base/json_writer.h"
#include "base/text.h"

namespace srehub::api {
namespace {

// Further edits than this are another word.
constexpr size_t kMaxDistance = 3;

// "?verbose" alone is how probes have always been asked for more.
constexpr std::string_view kBareFlag = "verbose";

constexpr model::Source kSources[] = {model::Source::kKubernetes, model::Source::kCloudWatch,
                                      model::Source::kCicd, model::Source::kLogs,
                                      model::Source::kPrometheus};
constexpr model::DeployStatus kDeployStatuses[] = {
    model::DeployStatus::kRunning, model::DeployStatus::kSuccess, model::DeployStatus::kFailure,
    model::DeployStatus::kCancelled, model::DeployStatus::kOther};

std::string JsonList(const std::vector<std::string>& words) {
  JsonWriter json;
  json.BeginArray();
  for (const std::string& word : words) json.String(word);
  return json.EndArray().Take();
}

std::string JsonText(std::string_view text) {
  std::string out;
  AppendJsonString(&out, text);
  return out;
}

}  // namespace

std::string_view Nearest(std::string_view text, const std::vector<std::string_view>& words) {
  std::string_view best;
  size_t best_distance = kMaxDistance + 1;
  for (const std::string_view word : words) {
    const size_t distance = EditDistance(text.substr(0, kMaxParameterBytes), word);
    if (distance >= best_distance || distance >= word.size()) continue;
    best = word;
    best_distance = distance;
  }
  return best;
}

Params::Params(const http::Request& request, std::initializer_list<std::string_view> known)
    : request_(request), known_(known) {
  for (size_t i = 0; i < request.query.size() && !problem_; ++i) Check(i);
}

void Params::Check(size_t index) {
  const auto& [name, value] = request_.query[index];
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
    const std::string_view nearest = Nearest(name, known_);
    std::string detail = "There is no parameter '" + std::string(TruncateUtf8(name, 64)) + "' here";
    if (!nearest.empty()) detail += "; did you mean '" + std::string(nearest) + "'?";
    else detail += known_.empty() ? "; this takes none." : ".";
    return Wrong(name, value, std::move(detail), {known_.begin(), known_.end()});
  }
  for (size_t i = 0; i < index; ++i)
    if (request_.query[i].first == name)
      return Wrong(name, value, "'" + name + "' is given twice; once is enough.");
  if (value.empty() && name != kBareFlag) return Wrong(name, value, "'" + name + "' has no value.");
  if (value.size() > kMaxParameterBytes)
    return Wrong(name, value,
                 "'" + name + "' is longer than " + std::to_string(kMaxParameterBytes) + " bytes.");
  if (!IsValidUtf8(value) || value.find('\0') != std::string::npos)
    Wrong(name, "", "'" + name + "' is not UTF-8 text.");
}

void Params::Wrong(std::string_view name, std::string_view value, std::string detail,
                   std::vector<std::string> allowed) {
  if (problem_) return;
  http::Problem problem;
  problem.status = 400;
  problem.code = std::string(ErrorCodeName(ErrorCode::kInvalidArgument));
  problem.detail = std::move(detail);
  problem.value = std::string(TruncateUtf8(value, 256));
  problem.extensions.emplace_back("parameter", JsonText(name));
  if (!allowed.empty()) problem.extensions.emplace_back("allowed", JsonList(allowed));
  problem_ = std::move(problem);
}

http::Response Params::Refuse() const { return http::ProblemResponse(request_, *problem_); }

std::optional<std::string_view> Params::Get(std::string_view name) {
  if (problem_) return std::nullopt;
  return request_.Query(name);
}

std::optional<Instant> Params::Time(std::string_view name) {
  const auto value = Get(name);
  if (!value) return std::nullopt;
  const Result<Instant> time = ParseRfc3339(*value);
  if (time) return *time;
  Wrong(name, *value, "'" + std::string(name) + "': " + time.error().message,
        {"an RFC 3339 time such as 2025-08-26T14:10:00Z"});
  return std::nullopt;
}

std::optional<Duration> Params::Length(std::string_view name) {
  const auto value = Get(name);
  if (!value) return std::nullopt;
  const Result<Duration> length = ParseDuration(*value);
  if (length && *length > Duration::zero()) return *length;
  Wrong(name, *value, "'" + std::string(name) + "' is not a length of time.",
        {"a length of time such as 15m, 2h, 1d"});
  return std::nullopt;
}

insight::WindowSpec Params::Window() {
  insight::WindowSpec spec;
  spec.from = Time("from");
  spec.to = Time("to");
  spec.at = Time("at");
  const auto since = Get("since");
  if (!since) return spec;
  // An instant begins with its year and a dash; no length of time does.
  if (since->size() < 5 || (*since)[4] != '-') {
    spec.since = Length("since");
    return spec;
  }
  if (spec.from) {
    Wrong("since", *since, "'since' and 'from' both name the start; give one.");
    return spec;
  }
  spec.from = Time("since");
  return spec;
}

std::optional<model::Severity> Params::Severity(std::string_view name) {
  const auto value = Get(name);
  if (!value) return std::nullopt;
  if (const auto severity = model::ParseSeverity(*value)) return severity;
  std::vector<std::string> allowed;
  for (const model::Severity s : model::kAllSeverities) allowed.emplace_back(SeverityName(s));
  std::reverse(allowed.begin(), allowed.end());
  Wrong(name, *value, "'" + std::string(name) + "' is not a severity.", std::move(allowed));
  return std::nullopt;
}

std::optional<model::Source> Params::Source() {
  const auto value = Get("source");
  if (!value) return std::nullopt;
  if (const auto source = model::ParseSource(*value)) return source;
  std::vector<std::string> allowed;
  for (const model::Source s : kSources) allowed.emplace_back(SourceName(s));
  Wrong("source", *value, "'source' is not one of the five sources.", std::move(allowed));
  return std::nullopt;
}

std::optional<model::DeployStatus> Params::DeployStatus() {
  const auto value = Get("status");
  if (!value) return std::nullopt;
  if (const auto status = model::ParseDeployStatus(*value)) return status;
  std::vector<std::string> allowed;
  for (const model::DeployStatus s : kDeployStatuses) allowed.emplace_back(DeployStatusName(s));
  Wrong("status", *value, "'status' is not a status of a deploy.", std::move(allowed));
  return std::nullopt;
}

std::string Params::Text(std::string_view name) { return std::string(Get(name).value_or("")); }

size_t Params::Limit(size_t standard, size_t most) {
  const auto value = Get("limit");
  if (!value) return standard;
  size_t limit = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), limit);
  if (error == std::errc{} && end == value->data() + value->size() && limit >= 1 && limit <= most)
    return limit;
  Wrong("limit", *value, "'limit' is not a whole number from 1 to " + std::to_string(most) + ".",
        {"1.." + std::to_string(most)});
  return standard;
}

bool Params::Flag(std::string_view name) {
  const auto value = Get(name);
  if (!value || *value == "false") return false;
  if (*value == "true" || value->empty()) return true;
  Wrong(name, *value, "'" + std::string(name) + "' is neither true nor false.", {"true", "false"});
  return false;
}

std::vector<std::string> Params::Words(std::string_view name,
                                       std::initializer_list<std::string_view> allowed) {
  std::vector<std::string> out;
  const auto value = Get(name);
  if (!value) return out;
  for (const std::string_view word : Split(*value, ',')) {
    if (std::find(allowed.begin(), allowed.end(), word) == allowed.end()) {
      Wrong(name, *value, "'" + std::string(word) + "' is not something to include.",
            {allowed.begin(), allowed.end()});
      return out;
    }
    out.emplace_back(word);
  }
  return out;
}

}  // namespace srehub::api
