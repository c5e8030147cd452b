#include "app/hub.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/demo.h"
#include "base/json_reader.h"

namespace srehub::app {
namespace {

class HubTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("srehub_hub_" + std::to_string(::getpid()) + "_" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
    request_.flags = {{.key = "data", .value = (folder_ / "data").string(), .flag = "--data"},
                      {.key = "clock", .value = "2025-08-26T14:10:00Z", .flag = "--clock"},
                      {.key = "listen", .value = "127.0.0.1:0", .flag = "--listen"},
                      {.key = "otlp_listen", .value = "off", .flag = "--otlp-listen"}};
  }
  void TearDown() override {
    hub_.reset();
    std::filesystem::remove_all(folder_);
  }

  Status Open() {
    hub_.reset();
    SREHUB_TRY(LoadedConfig loaded, LoadConfig(request_));
    SREHUB_TRY(hub_, Hub::Open(request_, std::move(loaded), {.log = false}));
    return {};
  }
  void Write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  http::Response Send(const std::string& method, const std::string& target,
                      const std::string& body = {}) const {
    http::Request request;
    request.method = method;
    EXPECT_TRUE(http::ParseTarget(target, &request));
    if (!body.empty()) request.headers = {{"content-type", "application/json"}};
    request.body = body;
    return hub_->Handle(std::move(request));
  }
  // The string member of an answer.
  static std::string Member(const http::Response& response, std::string_view key) {
    JsonReader reader;
    const auto json = reader.Parse(response.body);
    return json ? std::string(FindString(*json, key).value_or("")) : "";
  }

  static constexpr const char* kLog =
      "{\"timestamp\":\"2025-08-26T14:05:00Z\",\"level\":\"ERROR\",\"service\":\"auth-service\","
      "\"message\":\"Login DB connection timeout\",\"traceId\":\"abc123\"}";

  std::filesystem::path folder_;
  ConfigRequest request_;
  std::unique_ptr<Hub> hub_;
};

TEST_F(HubTest, TakesARecordAndAnswersAfterARestart) {
  ASSERT_TRUE(Open());
  const http::Response receipt = Send("POST", "/api/v1/ingest/logs", kLog);
  EXPECT_EQ(receipt.status, 200) << receipt.body;
  const http::Response before = Send("GET", "/api/v1/services/auth-service/events");
  EXPECT_EQ(before.status, 200);
  EXPECT_NE(before.body.find("DatabaseConnectionTimeout"), std::string::npos) << before.body;
  ASSERT_TRUE(Open());
  const http::Response after = Send("GET", "/api/v1/services/auth-service/events");
  EXPECT_NE(after.body.find("abc123"), std::string::npos) << after.body;
  EXPECT_NE(after.body.find("\"accepted\":1"), std::string::npos) << "the feed's health is kept";
}

TEST_F(HubTest, RecommendationsFollowWhatCameIn) {
  ASSERT_TRUE(Open());
  Send("POST", "/api/v1/ingest/logs", kLog);
  hub_->Settle();
  const http::Response answer = Send("GET", "/api/v1/services/auth-service/recommendations");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("\"stored\":true"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find("auth-service#DatabaseConnectionTimeout"), std::string::npos);
}

TEST_F(HubTest, AReloadTakesNewRulesAndKeepsTheOldOnesOnAnError) {
  Write("rules/aliases.yaml", "aliases:\n  auth-service: identity\n");
  request_.flags.push_back(
      {.key = "rules", .value = (folder_ / "rules").string(), .flag = "--rules"});
  ASSERT_TRUE(Open());
  Send("POST", "/api/v1/ingest/logs", kLog);
  EXPECT_EQ(Send("GET", "/api/v1/services/identity/events").status, 200);

  Write("rules/aliases.yaml", "aliases: [not, a, map]\n");
  const http::Response refused = Send("POST", "/-/reload");
  EXPECT_EQ(refused.status, 400) << refused.body;
  EXPECT_NE(refused.body.find("aliases.yaml"), std::string::npos) << refused.body;
  std::string other = kLog;
  other.replace(other.find("14:05"), 5, "14:06");
  Send("POST", "/api/v1/ingest/logs", other);
  EXPECT_EQ(Send("GET", "/api/v1/services/auth-service/events?exact=true").status, 404);

  Write("rules/aliases.yaml", "aliases:\n  auth-service: login\n");
  EXPECT_EQ(Send("POST", "/-/reload").status, 204);
  other.replace(other.find("14:06"), 5, "14:07");
  Send("POST", "/api/v1/ingest/logs", other);
  EXPECT_EQ(Send("GET", "/api/v1/services/login/events").status, 200);
  EXPECT_EQ(Send("GET", "/metrics").status, 200);
}

TEST_F(HubTest, AnExpectedFeedIsSilentUntilItSpeaks) {
  Write("srehub.yaml", "sources: {logs: {silent_after: 15m}}\n");
  request_.file = (folder_ / "srehub.yaml").string();
  ASSERT_TRUE(Open());
  const http::Response before = Send("GET", "/api/v1/sources");
  EXPECT_NE(before.body.find("\"silent\":true,\"expected\":true"), std::string::npos)
      << before.body;
  Send("POST", "/api/v1/ingest/logs", kLog);
  const http::Response after = Send("GET", "/api/v1/sources");
  EXPECT_NE(after.body.find("\"silent\":false,\"expected\":true"), std::string::npos) << after.body;
  EXPECT_EQ(after.body.find("\"silent\":true"), std::string::npos) << after.body;
}

TEST_F(HubTest, TwoProcessesCannotHoldOneFolder) {
  ASSERT_TRUE(Open());
  auto loaded = LoadConfig(request_);
  ASSERT_TRUE(loaded);
  const auto second = Hub::Open(request_, std::move(*loaded), {.log = false});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable) << second.error().message;
}

TEST_F(HubTest, ServesAndStopsInTime) {
  ASSERT_TRUE(Open());
  ASSERT_TRUE(hub_->Serve());
  ASSERT_EQ(hub_->listeners().size(), 1u);
  EXPECT_NE(hub_->listeners()[0].address.port, 0);
  const auto began = std::chrono::steady_clock::now();
  hub_->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
  EXPECT_EQ(Send("POST", "/api/v1/ingest/logs", kLog).status, 503);
}

TEST_F(HubTest, OtlpsPortIsTakenOrLeft) {
  request_.flags.back().value = "127.0.0.1:0";
  ASSERT_TRUE(Open());
  ASSERT_TRUE(hub_->Serve());
  ASSERT_EQ(hub_->listeners().size(), 2u);
  EXPECT_TRUE(hub_->listeners()[1].optional);
  const std::string taken = hub_->listeners()[1].address.text();

  // Another program has it: this one goes on without it.
  ConfigRequest request = request_;
  request.flags[0].value = (folder_ / "other").string();
  request.flags.back().value = taken;
  auto loaded = LoadConfig(request);
  ASSERT_TRUE(loaded) << loaded.error().message;
  auto other = Hub::Open(request, std::move(*loaded), {.log = false});
  ASSERT_TRUE(other) << other.error().message;
  ASSERT_TRUE((*other)->Serve());
  EXPECT_EQ((*other)->listeners().size(), 1u);
}

TEST_F(HubTest, OtlpsPortNeedsATokenToo) {
  request_.flags.back().value = "0.0.0.0:4318";
  const auto loaded = LoadConfig(request_);
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().where.find("--otlp-listen"), std::string::npos) << loaded.error().where;
}

TEST_F(HubTest, TheDemosFiveAnswersAreRightAndToldOnce) {
  ASSERT_TRUE(Open());
  auto demo = Demo::Begin(hub_.get(), 4821);
  ASSERT_TRUE(demo) << demo.error().message;
  size_t told = 0;
  const Status status = demo->Tell([&](const std::string&) { ++told; });
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_GT(told, 20u);
  hub_->Settle();
  for (const std::string& wrong : demo->CheckAnswers()) ADD_FAILURE() << wrong;
  const std::string top = Send("GET", "/api/v1/incidents/top").body;
  const http::Response verify = Send("GET", "/api/v1/verify");
  EXPECT_NE(verify.body.find("\"differenceCount\":0"), std::string::npos) << verify.body;

  // A second start at the same instant has nothing to add.
  ASSERT_TRUE(Open());
  auto again = Demo::Begin(hub_.get(), 1);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->state().seed, 4821u);
  EXPECT_EQ(again->state().start, demo->state().start);
  told = 0;
  ASSERT_TRUE(again->Tell([&](const std::string&) { ++told; }));
  EXPECT_EQ(told, 0u);
  for (const std::string& wrong : again->CheckAnswers()) ADD_FAILURE() << wrong;
}

TEST_F(HubTest, ABadClockIsRefused) {
  EXPECT_TRUE(MakeClock("2025-08-26T14:10:00Z+"));
  EXPECT_FALSE(MakeClock("yesterday"));
  const auto still = MakeClock("2025-08-26T14:10:00Z");
  ASSERT_TRUE(still);
  EXPECT_EQ((*still)->Now(), *ParseRfc3339("2025-08-26T14:10:00Z"));
}

}  // namespace
}  // namespace srehub::app
