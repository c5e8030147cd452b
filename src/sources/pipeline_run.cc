#include "sources/pipeline_run.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.h"

namespace srehub::sources {
namespace {

constexpr size_t kShortestCommit = 7, kLongestCommit = 64;

bool IsHexDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string TitleOf(const model::PipelineFact& fact) {
  const model::DeployStatement& run = fact.statement;
  std::string what = run.workflow;
  if (what.empty()) what = !fact.service.empty() ? fact.service : run.repository;
  const bool says_more = !fact.task.empty() && fact.task != "deploy" && fact.task != what;
  if (says_more) what += what.empty() ? fact.task : " / " + fact.task;
  return OneLine(what + ": " + fact.status_word);
}

}  // namespace

model::DeployStatus StatusOfPart(model::DeployStatus part) {
  return part == model::DeployStatus::kFailure ? part : model::DeployStatus::kRunning;
}

int32_t AttemptOf(ObjectReader& reader, std::string_view key) {
  const int64_t attempt = reader.Int(key).value_or(1);
  if (attempt >= 1 && attempt <= std::numeric_limits<int32_t>::max()) {
    return static_cast<int32_t>(attempt);
  }
  reader.Wrong(model::RefusalReason::kBadValue, key,
               "the attempt " + std::to_string(attempt) + " is not a count from 1");
  return 1;
}

std::string RepositoryOfUrl(std::string_view url) {
  std::string_view path = url;
  if (const size_t scheme = path.find("://"); scheme != std::string_view::npos) {
    path.remove_prefix(scheme + 3);
    const size_t slash = path.find('/');
    if (slash == std::string_view::npos) return std::string(url);
    path.remove_prefix(slash + 1);
  } else if (const size_t at = path.find('@'); at != std::string_view::npos) {
    const size_t colon = path.find(':', at);
    if (colon == std::string_view::npos) return std::string(url);
    path.remove_prefix(colon + 1);
  }
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(std::string_view(".git").size());
  return std::string(path);
}

std::string_view AfterLast(std::string_view text, char separator) {
  const size_t at = text.rfind(separator);
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

bool IsCommit(std::string_view text) {
  return text.size() >= kShortestCommit && text.size() <= kLongestCommit &&
         std::all_of(text.begin(), text.end(), IsHexDigit);
}

void ObserveRun(Record& record, model::Format format, const ObjectReader* root,
                std::string identity, std::optional<Instant> time, model::PipelineFact fact) {
  model::Observation& observation = record.Observe(model::Source::kCicd, format);
  observation.identity = std::move(identity);
  observation.time = time;
  observation.link = fact.statement.url;
  observation.title = TitleOf(fact);
  JsonWriter extra;
  extra.BeginObject();
  if (root != nullptr) root->WriteLeftovers(&extra);
  if (!record.carrier_extra.empty()) extra.FieldRaw(record.carrier, record.carrier_extra);
  extra.EndObject();
  observation.extra = extra.Take();
  observation.fact = std::move(fact);
}

}  // namespace srehub::sources
