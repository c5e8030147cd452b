// Which rule gave which field: noted as views while classifying, turned into text only when asked
// for.
#pragma once

#include <string>
#include <string_view>

#include "classify/classifier.h"

namespace srehub::classify {

// "label" and "app". Both live in the rules, the observation or the program.
struct Why {
  std::string_view rule;
  std::string_view detail = {};
};

class Explainer {
 public:
  explicit Explainer(Explanation* out) : out_(out) {}
  void Add(std::string_view field, std::string_view value, Why why) const {
    if (out_ == nullptr) return;
    std::string rule(why.rule);
    if (!why.detail.empty()) rule.append(1, ' ').append(why.detail);
    out_->push_back({std::string(field), std::string(value), std::move(rule)});
  }

 private:
  Explanation* out_;
};

}  // namespace srehub::classify
