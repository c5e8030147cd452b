// A mapping: how to read a record of any JSON shape as an event. Data of the user's; plain values.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/event.h"

namespace srehub::model {

// Where one field comes from: the first of the terms that gives a text.
struct MappedField {
  struct Term {
    bool is_pointer = false;  // a JSON pointer (RFC 6901), else a constant
    std::string text;
  };
  std::vector<Term> terms;
  bool empty() const { return terms.empty(); }
};

struct Mapping {
  std::string name;   // part of the identity of its events
  std::string place;  // "rules.yaml:12", for explanations
  Source source = Source::kLogs;
  // JSON pointer -> the texts of which it holds one; none: any value but null. All must fit.
  std::vector<std::pair<std::string, std::vector<std::string>>> match;

  MappedField service, event_type;  // needed
  MappedField severity, timestamp, title, message, id, phase, signal, link, environment, closes;
  // Words of the sender, lower-case, and what they mean here.
  std::map<std::string, std::string, std::less<>> severities, phases;
};
using Mappings = std::vector<Mapping>;

}  // namespace srehub::model
