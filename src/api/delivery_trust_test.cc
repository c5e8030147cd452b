#include "api/delivery_trust.h"

#include <gtest/gtest.h>

#include "api/hub_for_test.h"
#include "trust/signer_for_test.h"

namespace srehub::api {
namespace {

const std::string kSecret = "signing-secret-0123456789";
const std::string kAlarm =
    R"({"AlarmName":"HighCPU-PaymentsAPI","NewStateValue":"ALARM",)"
    R"("StateChangeTime":"2025-08-26T14:03:00Z","Trigger":{"MetricName":"CPUUtilization"}})";
const std::string kLog =
    R"({"timestamp":"2025-08-26T14:05:00Z","level":"ERROR","service":"a","message":"m"})";

class DeliveryTrustTest : public HubForTest {
 protected:
  DeliveryTrustTest() {
    getter_->answer = trust::Amazon().pem;
    SourcePolicy signed_logs{.name = "billing", .format = model::Format::kLogs};
    signed_logs.has_own_path = true;
    signed_logs.signature = *trust::SignatureCheck::Create(trust::Scheme::kGithub, {kSecret});
    policies_->emplace("billing", signed_logs);
    SourcePolicy topics{.name = "alarms", .format = model::Format::kCloudWatch};
    topics.has_own_path = true;
    topics.topic_arns = {trust::kTopic};
    policies_->emplace("alarms", topics);
    SourcePolicy plain{.name = "plain", .format = model::Format::kLogs};
    plain.has_own_path = true;
    policies_->emplace("plain", plain);
  }

  http::Request Signed(const std::string& path, const std::string& body) {
    http::Request request = Make("POST", path, body);
    request.headers.emplace_back("x-hub-signature-256",
                                 "sha256=" + trust::HmacSha256Hex(kSecret, body));
    return request;
  }
  static http::Request Sns(const std::map<std::string, std::string>& members) {
    http::Request request = Make("POST", "/api/v1/ingest/alarms", trust::ToBody(members));
    request.headers.back().second = "text/plain; charset=UTF-8";
    return request;
  }
  static std::map<std::string, std::string> Alarm() {
    auto members = trust::Notification();
    members["Message"] = kAlarm;
    return trust::Signed(members);
  }
  static http::Request Away(http::Request request) {
    request.loopback = false;
    return request;
  }
};

TEST_F(DeliveryTrustTest, ASignatureStandsInForATokenAndIsNeededEvenOnLoopback) {
  const auto good = Call(Away(Signed("/api/v1/ingest/billing", kLog)), Tokens());
  EXPECT_EQ(good.status, 200) << good.body;
  EXPECT_EQ(Call(Signed("/api/v1/ingest/billing", kLog)).status, 200);
  EXPECT_EQ(Call(Make("POST", "/api/v1/ingest/billing", kLog)).status, 401);
  EXPECT_EQ(Call(Away(Make("POST", "/api/v1/ingest/billing", kLog)), Tokens()).status, 401);
  // Nor does a token stand in for the signature.
  http::Request admin = Make("POST", "/api/v1/ingest/billing", kLog);
  admin.headers.emplace_back("authorization", "Bearer " + kAdminSecret);
  EXPECT_EQ(Call(admin, Tokens()).status, 401);
  // The signature opens its own source only.
  EXPECT_EQ(Call(Away(Signed("/api/v1/ingest/logs", kLog)), Tokens()).status, 401);
  EXPECT_EQ(Call(Away(Signed("/api/v1/ingest/plain", kLog)), Tokens()).status, 401);
  EXPECT_EQ(Call(Away(Signed("/api/v1/events", kLog)), Tokens()).status, 401);
}

TEST_F(DeliveryTrustTest, EveryRefusalReadsTheSame) {
  http::Request changed = Signed("/api/v1/ingest/billing", kLog);
  changed.body += " ";
  const http::Response a = Call(Make("POST", "/api/v1/ingest/billing", kLog));
  const http::Response b = Call(changed);
  EXPECT_EQ(a.status, 401);
  EXPECT_EQ(Member(a, "detail"), Member(b, "detail"));
  EXPECT_EQ(a.body.find("github"), std::string::npos) << a.body;
}

TEST_F(DeliveryTrustTest, ATokenMayBeBoundToASource) {
  const http::Authenticator bound(
      {*http::MakeToken("plain", kIngestSecret, {http::Scope::kIngest}, {"plain"})});
  const auto post = [&](const std::string& path) {
    http::Request request = Make("POST", path, kLog);
    request.headers.emplace_back("authorization", "Bearer " + kIngestSecret);
    return Call(request, bound).status;
  };
  EXPECT_EQ(post("/api/v1/ingest/plain"), 200);
  EXPECT_EQ(post("/api/v1/ingest/logs"), 403);
  EXPECT_EQ(post("/api/v1/ingest/billing"), 403);
  const auto rows = pipeline_->health().Snapshot();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].feed, "plain");
}

TEST_F(DeliveryTrustTest, SignedSnsIsTakenFromAnywhere) {
  const auto good = Call(Away(Sns(Alarm())), Tokens());
  EXPECT_EQ(good.status, 200) << good.body;
  EXPECT_EQ(Member(good, "accepted"), "1");
  EXPECT_EQ(getter_->asked, std::vector<std::string>{trust::kCertificate});
  const auto again = Call(Away(Sns(Alarm())), Tokens());
  EXPECT_EQ(Member(again, "duplicate"), "1");
  EXPECT_EQ(getter_->asked.size(), 1u) << "the certificate is remembered";
}

TEST_F(DeliveryTrustTest, ForgedSnsIsNot) {
  auto members = Alarm();
  members["Message"] += " ";
  EXPECT_EQ(Call(Sns(members)).status, 401);
  auto stranger = trust::Notification();
  stranger["TopicArn"] = "arn:aws:sns:eu-west-1:999999999999:alarms";
  EXPECT_EQ(Call(Sns(trust::Signed(stranger))).status, 401);
  // Without its header and with, raw: no way around the signature.
  EXPECT_EQ(Call(Make("POST", "/api/v1/ingest/alarms", kAlarm)).status, 401);
  http::Request raw = Make("POST", "/api/v1/ingest/alarms", kAlarm);
  raw.headers.emplace_back("x-amz-sns-rawdelivery", "true");
  EXPECT_EQ(Call(raw).status, 401);
  // The header and the message must say the same.
  http::Request other = Sns(Alarm());
  other.headers.emplace_back("x-amz-sns-message-type", "SubscriptionConfirmation");
  EXPECT_EQ(Call(other).status, 401);
  // One signed envelope does not carry unsigned records in after it.
  http::Request two = Sns(Alarm());
  two.body += "\n" + kAlarm;
  EXPECT_EQ(Call(two).status, 401);
  EXPECT_TRUE(pipeline_->health().Snapshot().empty());
}

TEST_F(DeliveryTrustTest, RawDeliveryNeedsAToken) {
  http::Request raw = Make("POST", "/api/v1/ingest/alarms", kAlarm);
  raw.headers.emplace_back("x-amz-sns-rawdelivery", "true");
  raw.headers.emplace_back("authorization", "Bearer " + kAdminSecret);
  const auto answer = Call(Away(raw), Tokens());
  EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST_F(DeliveryTrustTest, ASubscriptionWaitsForTheOperator) {
  const auto answer = Call(Away(Sns(trust::Signed(trust::Confirmation()))), Tokens());
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_NE(answer.body.find("open https://sns.eu-west-1"), std::string::npos) << answer.body;
  for (const std::string& url : getter_->asked) EXPECT_EQ(url, trust::kCertificate);
  ASSERT_EQ(trust_.Pending().size(), 1u);
  EXPECT_EQ(trust_.Pending()[0].subscribe_url, trust::kSubscribe);
  ASSERT_FALSE(told_.empty());
  EXPECT_NE(told_.back().find(trust::kSubscribe), std::string::npos);
  const auto listed = Get("/api/v1/sources");
  EXPECT_NE(listed.body.find(trust::kSubscribe), std::string::npos) << listed.body;
}

TEST_F(DeliveryTrustTest, ConfirmsOnlyWhatIsAllowedAndOnlyAtSns) {
  policies_->at("alarms").confirm = true;
  EXPECT_EQ(Call(Away(Sns(trust::Signed(trust::Confirmation()))), Tokens()).status, 200);
  ASSERT_FALSE(getter_->asked.empty());
  EXPECT_EQ(getter_->asked.back(), trust::kSubscribe);
  EXPECT_TRUE(trust_.Pending().empty());
  for (const std::string& url : std::vector<std::string>{
           "https://169.254.169.254/latest", "http://sns.eu-west-1.amazonaws.com/",
           "https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription"}) {
    getter_->asked.clear();
    auto members = trust::Confirmation();
    members["SubscribeURL"] = url;
    const auto answer = Call(Away(Sns(trust::Signed(members))), Tokens());
    EXPECT_TRUE(getter_->asked.empty()) << url;
    EXPECT_EQ(answer.body.find(url), std::string::npos) << "nor is it shown: " << answer.body;
  }
}

}  // namespace
}  // namespace srehub::api
