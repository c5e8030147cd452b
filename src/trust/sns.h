// Messages that Amazon SNS posts over HTTP(S): their fields, the text that is signed, and the rules
// for the URLs they carry. Pure; nothing here fetches anything.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace srehub::trust {

// SNS' own limit on a message is 256 KiB; the envelope escapes it.
inline constexpr size_t kMaxSnsBytes = 1024 * 1024;

struct SnsMessage {
  std::string type;  // Notification, SubscriptionConfirmation, UnsubscribeConfirmation
  std::string message, message_id, timestamp, topic_arn;
  std::optional<std::string> subject;  // absent and null are the same
  std::string subscribe_url, token;    // confirmations only
  std::string signature;               // decoded from base64
  std::string certificate_url;
  int signature_version = 0;  // 1 or 2

  bool is_notification() const { return type == "Notification"; }
};

// The whole body must be one envelope. Errors: kMalformed, kInvalidArgument naming the member.
Result<SnsMessage> ParseSns(std::string_view body);

// The text that SNS signs: "Key\nValue\n" in the order of the documentation.
std::string CanonicalText(const SnsMessage& message);

// "eu-west-1" of "arn:aws:sns:eu-west-1:123456789012:alarms"; empty when it is no topic's ARN.
std::string RegionOfTopic(std::string_view topic_arn);

// https, the host sns.REGION.amazonaws.com (.cn in China) of exactly this region, port 443, no user
// information, the path of a signing certificate. Errors: kForbidden with the rule that is broken.
Status CheckCertificateUrl(std::string_view url, std::string_view region);
// The same host rule; the query must confirm this very topic with this very token.
Status CheckSubscribeUrl(const SnsMessage& message);

}  // namespace srehub::trust
