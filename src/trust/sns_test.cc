#include "trust/sns.h"

#include <gtest/gtest.h>

#include "trust/signer_for_test.h"
#include "trust/sns_verifier.h"

namespace srehub::trust {
namespace {

const Instant kNow = kSnsNow;

// Counts who asks for what; gives the test's certificate.
class FakeCertificates final : public CertificateSource {
 public:
  Result<std::vector<std::string>> Get(const std::string& url, Instant) override {
    asked.push_back(url);
    return std::vector<std::string>{pem};
  }
  std::string pem = Amazon().pem;
  std::vector<std::string> asked;
};

Status Verify(const std::string& body, FakeCertificates* certificates) {
  SREHUB_TRY(const SnsMessage message, ParseSns(body));
  return VerifySns(message, {kTopic}, certificates, kNow);
}
bool Accepted(const std::string& body) {
  FakeCertificates certificates;
  return Verify(body, &certificates).has_value();
}

TEST(Sns, BothVersionsAndAllTypes) {
  for (const int version : {1, 2}) {
    EXPECT_TRUE(Accepted(ToBody(Signed(Notification(version))))) << version;
    Members plain = Notification(version);
    plain.erase("Subject");
    EXPECT_TRUE(Accepted(ToBody(Signed(plain)))) << version;
    EXPECT_TRUE(Accepted(ToBody(Signed(Confirmation(version))))) << version;
    Members leaves = Confirmation(version);
    leaves["Type"] = "UnsubscribeConfirmation";
    EXPECT_TRUE(Accepted(ToBody(Signed(leaves)))) << version;
  }
}

TEST(Sns, ANullSubjectIsNone) {
  Members members = Notification();
  members.erase("Subject");
  std::string body = ToBody(Signed(members));
  body.insert(1, "\"Subject\":null,");
  EXPECT_TRUE(Accepted(body));
}

TEST(Sns, Forged) {
  const Members good = Signed(Notification());
  ASSERT_TRUE(Accepted(ToBody(good)));
  const Signer other;
  const Signer weak(1024), expired(2048, -20L * 86400, -10), early(2048, 10, 86400);
  size_t variants = 0;
  const auto refuse = [&](const std::string& what, const Members& members) {
    EXPECT_FALSE(Accepted(ToBody(members))) << what;
    ++variants;
  };
  for (const char* key : {"Message", "MessageId", "Subject", "Timestamp", "TopicArn"}) {
    Members changed = good;
    changed[key] += "x";
    refuse(std::string("changed ") + key, changed);
  }
  for (const auto& [key, value] : good) {
    Members without = good;
    without.erase(key);
    refuse("without " + key, without);
    Members empty = good;
    empty[key] = "";
    refuse("empty " + key, empty);
  }
  const auto with = [&](const char* key, const std::string& value) {
    Members changed = good;
    changed[key] = value;
    refuse(std::string(key) + " " + value, changed);
  };
  with("Type", "SubscriptionConfirmation");
  with("Type", "notification");
  with("SignatureVersion", "2");
  with("SignatureVersion", "3");
  with("SignatureVersion", "01");
  with("Signature", "EXAMPLE");
  with("Signature", "not base64!");
  with("Signature", Base64Encode(std::string(256, '\0')));
  with("Signature", Base64Encode(std::string(256, '\xff')));
  std::string bytes = *Base64Decode(good.at("Signature"));
  with("Signature", Base64Encode(bytes + std::string(1, '\0')));
  with("Signature", Base64Encode(bytes.substr(1)));
  bytes[17] = static_cast<char>(bytes[17] ^ 1);
  with("Signature", Base64Encode(bytes));
  refuse("another key", Signed(Notification(), other));
  // A signature of other parts of the text, moved over the border of two members.
  Members moved = good;
  moved["Message"] += "\nMessageId\nx";
  refuse("a border moved", moved);
  Members topic = Notification();
  topic["TopicArn"] = "arn:aws:sns:eu-west-1:999999999999:alarms";
  refuse("another account's topic, well signed", Signed(topic));
  for (const Signer* signer : {&weak, &expired, &early}) {
    FakeCertificates certificates;
    certificates.pem = signer->pem;
    EXPECT_FALSE(Verify(ToBody(Signed(Notification(), *signer)), &certificates));
    ++variants;
  }
  EXPECT_GE(variants, 30U);
}

TEST(Sns, TypesOfMembersAndRepeatedOnes) {
  const std::string good = ToBody(Signed(Notification()));
  for (const char* value : {"1", "true", "[]", "{}", "null", "1.5"}) {
    for (const char* key : {"Type", "Message", "MessageId", "TopicArn", "Timestamp", "Signature",
                            "SignatureVersion", "SigningCertURL"}) {
      const std::string name = std::string("\"") + key + "\":";
      std::string body = good;
      const size_t at = body.find(name) + name.size();
      const size_t end = std::string_view(key) == "Message" ? body.find("\",\"MessageId\"", at) + 1
                                                            : body.find('"', at + 1) + 1;
      body.replace(at, end - at, value);
      EXPECT_FALSE(Accepted(body)) << body;
    }
  }
  EXPECT_FALSE(Accepted(good.substr(0, good.size() - 1) + ",\"Message\":\"x\"}"));
  EXPECT_FALSE(Accepted("[" + good + "]"));
  EXPECT_FALSE(Accepted(good + good));
  EXPECT_FALSE(Accepted(""));
}

// Hostile places for a certificate; none of them may be asked.
TEST(Sns, HostileCertificateUrlsAreNeverFetched) {
  const std::string path = "/SimpleNotificationService-0123.pem";
  size_t tried = 0;
  for (const std::string& url : std::vector<std::string>{
           "http://sns.eu-west-1.amazonaws.com" + path,
           "https://169.254.169.254" + path,
           "https://sns.eu-west-1.amazonaws.com.evil.example" + path,
           "https://sns.eu-west-1.amazonaws.com@evil.example" + path,
           "https://user@sns.eu-west-1.amazonaws.com" + path,
           "https://sns.eu-west-1.amazonaws.com:8443" + path,
           "https://sns.eu-west-1.amazonaws.com:443@evil.example" + path,
           "https://sns.us-east-1.amazonaws.com" + path,
           "https://sns.evil.amazonaws.com" + path,
           "https://sns.eu-west-1.amazonaws.com.cn" + path,
           "https://s3.eu-west-1.amazonaws.com" + path,
           "https://sns.eu-west-1.amazonaws.com\\@evil.example" + path,
           "https://sns.eu-west-1.amazonaws.com#@evil.example" + path,
           "https://sns.eu-west-1.amazonaws.com/evil.pem",
           "https://sns.eu-west-1.amazonaws.com/x/../SimpleNotificationService-1.pem",
           "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem?x=.pem",
           "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-.pem",
           "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a%2fb.pem",
           "https://[::ffff:169.254.169.254]" + path,
           "https://localhost" + path,
           "file:///etc/passwd",
           "HTTPS://sns.eu-west-1.amazonaws.com" + path,
           "https://sns.eu-west-1.amazonaws.com\n.evil.example" + path,
           "//sns.eu-west-1.amazonaws.com" + path,
           "gopher://sns.eu-west-1.amazonaws.com" + path}) {
    Members members = Notification();
    members["SigningCertURL"] = url;
    FakeCertificates certificates;
    EXPECT_FALSE(Verify(ToBody(Signed(members)), &certificates)) << url;
    EXPECT_TRUE(certificates.asked.empty()) << url;
    ++tried;
  }
  EXPECT_GE(tried, 20U);
}

// The same for the URL that would confirm.
TEST(Sns, HostileSubscribeUrls) {
  const std::string query = "/?Action=ConfirmSubscription&TopicArn=" + kTopic + "&Token=" + kToken;
  const std::string host = "https://sns.eu-west-1.amazonaws.com";
  Members members = Confirmation();
  SnsMessage message = *ParseSns(ToBody(Signed(members)));
  EXPECT_TRUE(CheckSubscribeUrl(message));
  message.subscribe_url = host + ":443" + query;
  EXPECT_TRUE(CheckSubscribeUrl(message));
  message.subscribe_url = host + "/?Action=ConfirmSubscription&TopicArn=" +
                          "arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aalarms&Token=" + kToken;
  EXPECT_TRUE(CheckSubscribeUrl(message));
  for (const std::string& url : std::vector<std::string>{
           "http://sns.eu-west-1.amazonaws.com" + query,
           "https://169.254.169.254/latest/meta-data",
           "https://127.0.0.1:8484/api/v1/verify",
           "https://[::1]" + query,
           "https://sns.eu-west-1.amazonaws.com.evil.example" + query,
           "https://evil.example/?x=sns.eu-west-1.amazonaws.com",
           "https://sns.eu-west-1.amazonaws.com@evil.example" + query,
           "https://user:pw@sns.eu-west-1.amazonaws.com" + query,
           host + ":444" + query,
           host + ":443.evil.example" + query,
           "https://sns.us-east-1.amazonaws.com" + query,
           "https://sqs.eu-west-1.amazonaws.com" + query,
           host + "/x" + query,
           host + "/",
           host,
           host + "/?Action=DeleteTopic&TopicArn=" + kTopic + "&Token=" + kToken,
           host + "/?Action=ConfirmSubscription&TopicArn=" + kTopic + "x&Token=" + kToken,
           host + "/?Action=ConfirmSubscription&TopicArn=" + kTopic + "&Token=" + kToken + "0",
           host + "/?Action=ConfirmSubscription&TopicArn=" + kTopic,
           host + query + "&Action=ConfirmSubscription",
           host + query + "&Endpoint=http%3A%2F%2Fevil",
           host + query + "#x",
           host + "\t" + query,
           "javascript:alert(1)",
           std::string()}) {
    message.subscribe_url = url;
    EXPECT_FALSE(CheckSubscribeUrl(message)) << url;
  }
}

TEST(Sns, Topics) {
  EXPECT_EQ(RegionOfTopic(kTopic), "eu-west-1");
  EXPECT_EQ(RegionOfTopic("arn:aws-cn:sns:cn-north-1:123456789012:a.fifo"), "cn-north-1");
  EXPECT_TRUE(CheckCertificateUrl(
      "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-1.pem", "cn-north-1"));
  EXPECT_FALSE(CheckCertificateUrl(
      "https://sns.cn-north-1.amazonaws.com/SimpleNotificationService-1.pem", "cn-north-1"));
  for (const char* arn :
       {"", "alarms", "arn:aws:sqs:eu-west-1:123456789012:a", "arn:aws:sns:eu.west:123456789012:a",
        "arn:aws:sns:eu-west-1:12:a", "arn:aws:sns:evil@x:123456789012:a",
        "arn:aws:sns::123456789012:a", "arn:aws:sns:eu-west-1:123456789012:a:b"})
    EXPECT_EQ(RegionOfTopic(arn), "") << arn;
}

class CountingGetter final : public HttpsGetter {
 public:
  Result<std::string> Get(const std::string&) override {
    ++gets;
    return answer;
  }
  std::string answer = Amazon().pem;
  int gets = 0;
};

TEST(Certificates, AreFetchedOnceAndNotTooOften) {
  auto getter = std::make_shared<CountingGetter>();
  FetchedCertificates certificates(getter);
  EXPECT_TRUE(certificates.Get(kCertificate, kNow));
  EXPECT_TRUE(certificates.Get(kCertificate, kNow));
  EXPECT_EQ(getter->gets, 1);
  getter->answer = "no certificate";
  EXPECT_FALSE(certificates.Get("x", kNow));
  EXPECT_FALSE(certificates.Get("x", kNow));
  EXPECT_EQ(getter->gets, 2) << "a failure is remembered for a while";
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(certificates.Get(std::to_string(i), kNow));
  EXPECT_EQ(getter->gets, 6);
  getter->answer = Amazon().pem;
  EXPECT_TRUE(certificates.Get("x", kNow + std::chrono::minutes(2)));
}

TEST(Outbound, OnlyPublicAddresses) {
  for (const char* address : {"8.8.8.8", "54.239.28.85", "2600:1f18::1", "::ffff:8.8.8.8"})
    EXPECT_TRUE(IsPublicAddress(address)) << address;
  for (const char* address : {"127.0.0.1",
                              "10.1.2.3",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.168.1.1",
                              "169.254.169.254",
                              "100.64.0.1",
                              "0.0.0.0",
                              "198.18.0.1",
                              "224.0.0.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "192.0.2.1",
                              "::1",
                              "::",
                              "fe80::1",
                              "fc00::1",
                              "fd00:ec2::254",
                              "::ffff:127.0.0.1",
                              "::ffff:169.254.169.254",
                              "::127.0.0.1",
                              "64:ff9b::a9fe:a9fe",
                              "2002:7f00:1::",
                              "ff02::1",
                              "2001:db8::1",
                              "2001::1",
                              "not an address",
                              ""})
    EXPECT_FALSE(IsPublicAddress(address)) << address;
}

// The real getter, on names that lead home: refused before a packet is sent.
TEST(Outbound, TheRealGetterConnectsToNoPrivateAddress) {
  const auto getter = MakeCurlGetter();
  for (const char* url : {"https://localhost:1/", "https://127.0.0.1:1/", "https://[::1]:1/"}) {
    const auto answer = getter->Get(url);
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().code, ErrorCode::kForbidden) << answer.error().message;
  }
  EXPECT_FALSE(getter->Get("http://example.com/"));
  EXPECT_FALSE(getter->Get("file:///etc/passwd"));
}

}  // namespace
}  // namespace srehub::trust
