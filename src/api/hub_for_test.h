// A whole API over a store in memory, called without sockets. For the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "api/services.h"
#include "base/clock.h"
#include "base/json_reader.h"
#include "http/dispatcher.h"
#include "ingest/fake_store_for_test.h"
#include "playbook/library.h"

namespace srehub::api {

inline const std::string kIngestSecret = "ingest-secret-0123456789abcdef";
inline const std::string kReadSecret = "read-secret-0123456789abcdefgh";
inline const std::string kAdminSecret = "admin-secret-0123456789abcdefg";

class HubForTest : public testing::Test {
 protected:
  // Counts what the hub would ask the world for.
  class Getter final : public trust::HttpsGetter {
   public:
    Result<std::string> Get(const std::string& url) override {
      asked.push_back(url);
      return answer;
    }
    std::vector<std::string> asked;
    std::string answer;
  };

  HubForTest() {
    auto classifier = classify::Classifier::Create({}, {});
    EXPECT_TRUE(classifier) << classifier.error().message;
    pipeline_ = std::make_unique<ingest::Pipeline>(
        &store_, std::make_shared<const classify::Classifier>(std::move(*classifier)), &clock_,
        ingest::Limits{}, [](const auto&) {});
    pipeline_->SetTap([this](auto events, auto results) { feed_.Publish(events, results); });
    auto library = playbook::Library::Load({});
    EXPECT_TRUE(library) << library.error().message;
    library_ = std::move(*library);

    Services services;
    services.pipeline = pipeline_.get();
    services.insight.store = &store_;
    services.insight.clock = &clock_;
    services.insight.playbooks = &library_;
    services.insight.source_health = [this] { return pipeline_->health().Snapshot(); };
    services.store = &store_;
    services.clock = &clock_;
    services.metrics = &metrics_;
    services.feed = &feed_;
    services.build = {"0.0.0", "abc"};
    services.started = clock_.Now();
    services.reload = [this]() -> Status {
      ++reloads_;
      return reload_result_;
    };
    services.not_ready = [this] { return not_ready_; };
    services.policies = policies_;
    services.trust = &trust_;
    services.tell = [this](std::string_view, std::string text) {
      told_.push_back(std::move(text));
    };
    RegisterRoutes(&router_, services);
  }

  static http::Request Make(std::string method, std::string_view target, std::string body = {}) {
    http::Request request;
    request.method = std::move(method);
    EXPECT_TRUE(http::ParseTarget(target, &request)) << target;
    request.headers.emplace_back("host", "localhost");
    if (request.method == "POST") request.headers.emplace_back("content-type", "application/json");
    request.body = std::move(body);
    return request;
  }

  http::Response Call(http::Request request,
                      http::Authenticator authenticator = http::Authenticator()) {
    const http::Dispatcher dispatcher(&router_, std::move(authenticator), &metrics_, {});
    return dispatcher.Call(std::move(request));
  }
  http::Response Get(std::string_view target) { return Call(Make("GET", target)); }
  http::Response Post(std::string_view target, std::string body) {
    return Call(Make("POST", target, std::move(body)));
  }

  static http::Authenticator Tokens() {
    return http::Authenticator(
        {*http::MakeToken("feed", kIngestSecret, {http::Scope::kIngest}, {"kubernetes"}),
         *http::MakeToken("desk", kReadSecret, {http::Scope::kRead}),
         *http::MakeToken("ops", kAdminSecret, {http::Scope::kAdmin})});
  }

  // A member of an answer, as compact JSON; "" when it is not there.
  static std::string Member(const http::Response& response, std::string_view key) {
    JsonReader reader;
    const auto json = reader.Parse(response.body);
    if (!json) return "not JSON: " + response.body;
    const auto found = Find(*json, key);
    return found ? ToJson(*found) : "";
  }

  ManualClock clock_{*ParseRfc3339("2025-08-26T14:10:00Z")};
  ingest::FakeStore store_;
  http::Metrics metrics_;
  EventFeed feed_{0x1234};
  playbook::Library library_;
  std::unique_ptr<ingest::Pipeline> pipeline_;
  std::shared_ptr<Getter> getter_ = std::make_shared<Getter>();
  SenderTrust trust_{getter_};
  std::shared_ptr<SourcePolicies> policies_ = std::make_shared<SourcePolicies>();
  std::vector<std::string> told_;
  http::Router router_;
  int reloads_ = 0;
  Status reload_result_;
  std::vector<std::string> not_ready_;
};

}  // namespace srehub::api
