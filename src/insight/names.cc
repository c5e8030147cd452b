#include "insight/names.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"

namespace srehub::insight {

namespace {

constexpr size_t kMaxNamesCompared = 5'000;
constexpr size_t kNamesSuggested = 3;

Result<std::vector<std::string>> SomeNames(Session* session) {
  std::vector<std::string> names;
  std::string after;
  while (names.size() < kMaxNamesCompared) {
    SREHUB_TRY(const std::vector<store::ServiceRow> rows,
               session->store().ListServices(after, limits::kMaxPage, session->cost()));
    for (const store::ServiceRow& row : rows) names.push_back(row.service_id);
    if (rows.size() < limits::kMaxPage) break;
    after = rows.back().service_id;
  }
  return names;
}

Result<Family> Unknown(Session* session, std::string_view service) {
  const std::string asked(TruncateUtf8(service, limits::kMaxServiceIdBytes));
  SREHUB_TRY(const std::vector<std::string> names, SomeNames(session));
  const std::vector<std::string> nearest = NearestNames(asked, names, kNamesSuggested);
  std::string message = "no service is called \"" + asked + "\"";
  if (names.empty()) {
    message += "; nothing was taken in yet";
  } else if (!nearest.empty()) {
    message += "; did you mean " + JoinNames(nearest) + "?";
  }
  return Fail(ErrorCode::kNotFound, std::move(message));
}

}  // namespace

std::string JoinNames(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

std::vector<std::string> NearestNames(std::string_view name, const std::vector<std::string>& names,
                                      size_t count) {
  // The same stem first, then one inside the other, then by edit distance.
  const std::string stem = model::ServiceStem(name);
  std::vector<std::tuple<int, size_t, std::string>> ranked;
  for (const std::string& candidate : names) {
    const size_t distance = EditDistance(name, candidate);
    int kind = 2;
    if (model::ServiceStem(candidate) == stem) {
      kind = 0;
    } else if (name.size() >= 3 && (candidate.find(name) != std::string::npos ||
                                    name.find(candidate) != std::string_view::npos)) {
      kind = 1;
    } else if (distance > std::max<size_t>(2, std::max(name.size(), candidate.size()) / 2)) {
      continue;  // nothing in common
    }
    ranked.emplace_back(kind, distance, candidate);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> nearest;
  for (size_t i = 0; i < ranked.size() && i < count; ++i) nearest.push_back(std::get<2>(ranked[i]));
  return nearest;
}

std::string AliasLine(std::string_view sibling, std::string_view service) {
  return std::string(sibling) + ": " + std::string(service);
}

Result<Family> FindFamily(Session* session, std::string_view service, bool exact) {
  if (service.empty())
    return Fail(ErrorCode::kInvalidArgument, "which service? \"service\" is empty");
  Family family;
  SREHUB_TRY(const std::optional<store::ServiceRow> row,
             session->store().GetService(service, session->cost()));
  if (!row) return Unknown(session, service);
  family.row = *row;
  if (!exact) {
    SREHUB_TRY(family.siblings,
               session->store().ServicesOfStem(model::ServiceStem(service), session->cost()));
    std::erase(family.siblings, service);
    std::sort(family.siblings.begin(), family.siblings.end());
  }
  return family;
}

}  // namespace srehub::insight
