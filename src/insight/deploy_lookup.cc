#include "insight/deploy_lookup.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace srehub::insight {

namespace {

void SortNewestFirst(std::vector<model::Deploy>* deploys) {
  std::sort(deploys->begin(), deploys->end(), [](const model::Deploy& a, const model::Deploy& b) {
    return std::tie(b.last_statement, a.service_id, a.deploy_id) <
           std::tie(a.last_statement, b.service_id, b.deploy_id);
  });
}

const std::string& RevisionOf(const model::Deploy& d) { return d.sha.empty() ? d.version : d.sha; }

}  // namespace

std::vector<model::Deploy> JoinEvents(const std::vector<model::Event>& events) {
  std::map<std::string, std::vector<model::TimedStatement>> by_service;
  for (const model::Event& e : events)
    if (e.deploy) by_service[e.service_id].push_back({e.timestamp, *e.deploy});
  std::vector<model::Deploy> deploys;
  for (auto& [service, statements] : by_service) {
    std::vector<model::Deploy> joined = model::JoinDeploys(service, std::move(statements));
    std::move(joined.begin(), joined.end(), std::back_inserter(deploys));
  }
  MarkRollbacks(deploys);
  SortNewestFirst(&deploys);
  return deploys;
}

void MarkRollbacks(std::span<model::Deploy> deploys) {
  std::vector<model::Deploy*> oldest_first;
  for (model::Deploy& d : deploys)
    if (IsRollout(d) && !RevisionOf(d).empty()) oldest_first.push_back(&d);
  std::sort(oldest_first.begin(), oldest_first.end(),
            [](const model::Deploy* a, const model::Deploy* b) {
              return std::pair(TimeOf(*a), std::tie(a->service_id, a->deploy_id)) <
                     std::pair(TimeOf(*b), std::tie(b->service_id, b->deploy_id));
            });
  struct Line {
    std::string current;               // what was rolled out last, well or not
    std::set<std::string> rolled_out;  // with success
  };
  std::map<std::array<std::string, 4>, Line> lines;
  for (model::Deploy* d : oldest_first) {
    Line& line = lines[{d->service_id, d->environment, d->system, d->repository}];
    const std::string& revision = RevisionOf(*d);
    if (!line.current.empty() && line.current != revision && line.rolled_out.contains(revision))
      d->kind = model::PipelineKind::kRollback;
    if (d->status == model::DeployStatus::kSuccess) line.rolled_out.insert(revision);
    if (d->status == model::DeployStatus::kSuccess || d->status == model::DeployStatus::kFailure)
      line.current = revision;
  }
}

Result<std::vector<model::Deploy>> DeploysOf(Session* session,
                                             std::span<const std::string> services, Window window) {
  std::vector<model::Deploy> deploys;
  if (session->past()) window.up_to = std::min(window.up_to, session->now());
  for (const std::string& service : services) {
    SREHUB_TRY(const std::vector<model::Event> events,
               session->store().ReadDeployStatements(service, window, session->clock_now(),
                                                     session->cost()));
    std::vector<model::Deploy> joined = JoinEvents(events);
    std::move(joined.begin(), joined.end(), std::back_inserter(deploys));
  }
  SortNewestFirst(&deploys);
  return deploys;
}

std::string VersionOf(const model::Deploy& d) {
  if (!d.version.empty()) return d.version;
  return d.sha.empty() ? d.run : d.sha;
}

const model::Deploy* PreviousGood(std::span<const model::Deploy> newest_first,
                                  const model::Deploy& deploy) {
  for (const model::Deploy& d : newest_first) {
    if (d.deploy_id == deploy.deploy_id && d.service_id == deploy.service_id) continue;
    if (!IsRollout(d) || d.status != model::DeployStatus::kSuccess) continue;
    if (d.service_id != deploy.service_id || d.environment != deploy.environment) continue;
    if (d.last_statement <= TimeOf(deploy)) return &d;
  }
  return nullptr;
}

std::optional<SuspectedDeploy> Suspect(std::span<const model::Deploy> deploys, Instant since,
                                       const std::string& service) {
  const model::Deploy* best = nullptr;
  Duration best_offset{};
  // Before the incident beats after it; then the nearest.
  const auto rank = [](Duration offset) {
    return std::pair(offset < Duration(0), offset < Duration(0) ? -offset : offset);
  };
  for (const model::Deploy& d : deploys) {
    if (!IsRollout(d)) continue;
    for (const std::optional<Instant>& t : {std::optional(TimeOf(d)), d.finished_at}) {
      if (!t || *t < since - kSuspectBefore || *t > since + kSuspectAfter) continue;
      const Duration offset = since - *t;
      if (best && rank(offset) >= rank(best_offset)) continue;
      best = &d;
      best_offset = offset;
    }
  }
  if (!best) return std::nullopt;
  return SuspectedDeploy{*best, best_offset, best->service_id != service};
}

}  // namespace srehub::insight
