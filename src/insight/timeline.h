// Q1: what happened to this service. Newest first, folded where one thing repeats.
#pragma once

#include "insight/answer.h"
#include "insight/context.h"

namespace srehub::insight {

struct TimelineQuery {
  std::string service;
  WindowSpec window;  // default: the last 15 minutes
  std::optional<model::Severity> min_severity;
  std::optional<model::Source> source;
  std::string type, text, trace_id;
  size_t limit = limits::kDefaultPage;
  std::string cursor;
  bool exact = false;   // no siblings
  bool expand = false;  // do not fold flapping signals and series
};
struct TimelineAnswer;
Result<TimelineAnswer> Timeline(const Context& context, const TimelineQuery& query);
std::string ToJson(const TimelineAnswer& answer);

}  // namespace srehub::insight
