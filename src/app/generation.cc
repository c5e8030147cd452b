#include "app/generation.h"

#include <utility>

#include "app/rules_folder.h"
#include "ingest/source_health.h"

namespace srehub::app {

namespace {

std::vector<insight::ExpectedSource> ExpectedSources(const Config& config) {
  std::vector<insight::ExpectedSource> expected;
  for (const auto& [name, source] : config.sources) {
    if (!source.silent_after) continue;
    insight::ExpectedSource entry{
        .source = {}, .format = {}, .feed = {}, .silent_after = *source.silent_after};
    // A name that is both ("kubernetes", "logs") means the source.
    if (source.has_own_path) {
      entry.source = model::SourceOfFormat(source.format);
      entry.format = std::string(model::FormatName(source.format));
      entry.feed = name;
    } else if (const auto known = model::ParseSource(name)) {
      entry.source = *known;
    } else {
      entry.source = model::SourceOfFormat(*model::ParseFormat(name));
      entry.format = name;
    }
    expected.push_back(std::move(entry));
  }
  return expected;
}

std::shared_ptr<const api::SourcePolicies> PoliciesOf(const Config& config) {
  auto policies = std::make_shared<api::SourcePolicies>();
  for (const auto& [name, source] : config.sources) {
    if (!source.has_own_path && !model::ParseFormat(name)) continue;
    api::SourcePolicy policy{.name = name,
                             .format = source.format,
                             .has_own_path = source.has_own_path,
                             .signature = source.signature,
                             .topic_arns = source.topic_arns,
                             .confirm = source.confirm,
                             .certificates = nullptr,
                             .silent_after = source.silent_after};
    if (!source.certificates.empty())
      policy.certificates = std::make_shared<trust::PinnedCertificates>(source.certificates);
    policies->emplace(name, std::move(policy));
  }
  return policies;
}

}  // namespace

classify::Settings ClassifierSettings(const Config& config) {
  return {.retention = config.retention,
          .retention_by_severity = config.retention_by_severity,
          .expire_after = config.expire_after,
          .namespaced_services = config.namespaced_services};
}

Result<classify::Classifier> MakeClassifier(const Config& config) {
  SREHUB_TRY(std::vector<TextFile> files, ReadYamlFolder(config.rules));
  std::vector<classify::RuleText> rules;
  for (TextFile& file : files)
    rules.push_back({.name = std::move(file.name), .yaml = std::move(file.text)});
  return classify::Classifier::Create(rules, ClassifierSettings(config));
}

Result<playbook::Library> MakePlaybooks(const Config& config) {
  SREHUB_TRY(std::vector<TextFile> files, ReadYamlFolder(config.playbooks));
  std::vector<playbook::PlaybookText> playbooks;
  for (TextFile& file : files)
    playbooks.push_back({.name = std::move(file.name), .yaml = std::move(file.text)});
  return playbook::Library::Load(playbooks);
}

Result<std::shared_ptr<const Generation>> MakeGeneration(const Config& config,
                                                         const api::Services& base) {
  SREHUB_TRY(classify::Classifier classifier, MakeClassifier(config));
  SREHUB_TRY(playbook::Library library, MakePlaybooks(config));
  auto generation = std::make_shared<Generation>();
  generation->config = config;
  generation->classifier = std::make_shared<const classify::Classifier>(std::move(classifier));
  generation->playbooks = std::move(library);
  generation->context = base.insight;
  generation->context.playbooks = &generation->playbooks;
  generation->context.default_zone = config.time_zone;
  generation->context.retention = LongestRetention(config);
  generation->context.expected_sources = ExpectedSources(config);
  generation->context.depends_on = config.depends_on;
  api::Services services = base;
  services.policies = PoliciesOf(config);
  services.insight = generation->context;
  api::RegisterRoutes(&generation->router, services);
  generation->routes = generation->router.routes();
  return generation;
}

void AddForwardingRoutes(http::Router* router, const Generation& pattern,
                         std::function<std::shared_ptr<const Generation>()> current) {
  for (size_t i = 0; i < pattern.routes.size(); ++i) {
    http::Route route = *pattern.routes[i];
    // Every generation registers the same routes in the same order.
    route.handler = [i, current](const http::Request& request) {
      const std::shared_ptr<const Generation> generation = current();
      http::Response response = generation->routes[i]->handler(request);
      if (response.stream)
        response.stream = [generation, stream = std::move(response.stream)](const auto& write) {
          stream(write);
        };
      return response;
    };
    if (route.may_be_signed)
      route.may_be_signed = [i, current](const http::Request& request) {
        const std::shared_ptr<const Generation> generation = current();
        return generation->routes[i]->may_be_signed(request);
      };
    router->Add(std::move(route));
  }
}

}  // namespace srehub::app
