// What a reload replaces as a whole: rules, playbooks, and the routes that answer with them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/services.h"
#include "app/config.h"
#include "base/result.h"
#include "classify/classifier.h"
#include "http/router.h"
#include "playbook/library.h"

namespace srehub::app {

// Immutable; requests that began with one keep it until they are answered.
struct Generation {
  Config config;
  std::shared_ptr<const classify::Classifier> classifier;
  playbook::Library playbooks;
  insight::Context context;
  http::Router router;                     // its handlers work on this generation
  std::vector<const http::Route*> routes;  // of `router`, in the order registered
};

// `base` names everything that outlives generations. Errors: kInvalidArgument with the place in
// the user's rules or playbooks.
Result<std::shared_ptr<const Generation>> MakeGeneration(const Config& config,
                                                         const api::Services& base);

// The rules and the playbooks by themselves: `config check`, `explain`. Errors as MakeGeneration.
Result<classify::Classifier> MakeClassifier(const Config& config);
Result<playbook::Library> MakePlaybooks(const Config& config);
classify::Settings ClassifierSettings(const Config& config);

// A router whose every route asks `current` for the generation to answer with. A stream keeps its
// generation alive until it ends.
void AddForwardingRoutes(http::Router* router, const Generation& pattern,
                         std::function<std::shared_ptr<const Generation>()> current);

}  // namespace srehub::app
