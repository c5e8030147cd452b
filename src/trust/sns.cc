#include "trust/sns.h"

#include <algorithm>

#include "base/base64.h"
#include "base/json_reader.h"
#include "base/text.h"

namespace srehub::trust {
namespace {

constexpr size_t kMaxUrlBytes = 2048;

tl::unexpected<Error> Bad(std::string_view key, std::string rule) {
  return Fail(ErrorCode::kInvalidArgument, std::string(key) + " " + std::move(rule),
              "/" + std::string(key));
}

Status ReadText(const JsonElement& root, std::string_view key, std::string* out) {
  const auto text = FindString(root, key);
  if (!text || text->empty()) return Bad(key, "must be a text");
  *out = *text;
  return {};
}

bool IsWord(std::string_view text, std::string_view more) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           more.find(c) != std::string_view::npos;
  });
}
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

tl::unexpected<Error> Forbidden(std::string rule) {
  return Fail(ErrorCode::kForbidden, "the URL " + std::move(rule));
}

// What follows "https://sns.REGION.amazonaws.com", or why the URL is none of SNS'. The expected
// beginning is compared as a whole, so there is nothing to be clever about in between.
Result<std::string_view> PathAndQuery(std::string_view url, std::string_view region) {
  if (url.size() > kMaxUrlBytes) return Forbidden("is too long");
  if (!IsWord(region, "-")) return Forbidden("belongs to no region");
  for (const char c : url)
    if (c <= ' ' || c > '~' || c == '\\' || c == '@' || c == '#')
      return Forbidden("holds a character that no URL of SNS has");
  const std::string host = "https://sns." + std::string(region) + ".amazonaws.com" +
                           (region.starts_with("cn-") ? ".cn" : "");
  if (!url.starts_with(host)) return Forbidden("does not begin with " + host);
  std::string_view rest = url.substr(host.size());
  if (rest.starts_with(":443/")) rest.remove_prefix(4);
  if (!rest.starts_with('/')) return Forbidden("names another host or port than SNS'");
  return rest;
}

}  // namespace

Result<SnsMessage> ParseSns(std::string_view body) {
  if (body.size() > kMaxSnsBytes)
    return Fail(ErrorCode::kTooLarge,
                "an SNS message has at most " + std::to_string(kMaxSnsBytes) + " bytes");
  JsonReader reader;
  SREHUB_TRY(const JsonElement root, reader.Parse(body));
  if (!root.is_object()) return Fail(ErrorCode::kInvalidArgument, "the body is no JSON object");
  SnsMessage out;
  SREHUB_CHECK_OK(ReadText(root, "Type", &out.type));
  const bool confirms =
      out.type == "SubscriptionConfirmation" || out.type == "UnsubscribeConfirmation";
  if (!out.is_notification() && !confirms) return Bad("Type", "is none of SNS' types");
  SREHUB_CHECK_OK(ReadText(root, "Message", &out.message));
  SREHUB_CHECK_OK(ReadText(root, "MessageId", &out.message_id));
  SREHUB_CHECK_OK(ReadText(root, "Timestamp", &out.timestamp));
  SREHUB_CHECK_OK(ReadText(root, "TopicArn", &out.topic_arn));
  SREHUB_CHECK_OK(ReadText(root, "SigningCertURL", &out.certificate_url));
  if (const auto subject = Find(root, "Subject")) {
    std::string_view text;
    if (subject->get_string().get(text) != simdjson::SUCCESS)
      return Bad("Subject", "must be a text or null");
    out.subject = std::string(text);
  }
  if (confirms) {
    SREHUB_CHECK_OK(ReadText(root, "SubscribeURL", &out.subscribe_url));
    SREHUB_CHECK_OK(ReadText(root, "Token", &out.token));
  }
  std::string version, signature;
  SREHUB_CHECK_OK(ReadText(root, "SignatureVersion", &version));
  if (version != "1" && version != "2") return Bad("SignatureVersion", "is neither 1 nor 2");
  out.signature_version = version.front() - '0';
  SREHUB_CHECK_OK(ReadText(root, "Signature", &signature));
  auto bytes = Base64Decode(signature);
  if (!bytes) return Bad("Signature", "is not base64");
  out.signature = std::move(*bytes);
  return out;
}

std::string CanonicalText(const SnsMessage& m) {
  std::string out;
  const auto add = [&out](std::string_view key, std::string_view value) {
    out.append(key).append("\n").append(value).append("\n");
  };
  add("Message", m.message);
  add("MessageId", m.message_id);
  if (m.is_notification()) {
    if (m.subject) add("Subject", *m.subject);
  } else {
    add("SubscribeURL", m.subscribe_url);
  }
  add("Timestamp", m.timestamp);
  if (!m.is_notification()) add("Token", m.token);
  add("TopicArn", m.topic_arn);
  add("Type", m.type);
  return out;
}

std::string RegionOfTopic(std::string_view topic_arn) {
  const auto parts = Split(topic_arn, ':');
  if (parts.size() != 6 || parts[0] != "arn" || parts[2] != "sns") return {};
  if (parts[1] != "aws" && parts[1] != "aws-cn" && parts[1] != "aws-us-gov") return {};
  const bool account =
      parts[4].size() == 12 && parts[4].find_first_not_of("0123456789") == std::string_view::npos;
  const std::string more = std::string(kUpper) + "-_.";
  if (!account || !IsWord(parts[3], "-") || parts[5].size() > 256 || !IsWord(parts[5], more))
    return {};
  return std::string(parts[3]);
}

Status CheckCertificateUrl(std::string_view url, std::string_view region) {
  constexpr std::string_view kBegin = "/SimpleNotificationService-", kEnd = ".pem";
  SREHUB_TRY(std::string_view path, PathAndQuery(url, region));
  const bool shaped =
      path.starts_with(kBegin) && path.ends_with(kEnd) && path.size() > kBegin.size() + kEnd.size();
  if (!shaped) return Forbidden("is not that of a signing certificate");
  path.remove_prefix(kBegin.size());
  path.remove_suffix(kEnd.size());
  if (!IsWord(path, kUpper)) return Forbidden("is not that of a signing certificate");
  return {};
}

Status CheckSubscribeUrl(const SnsMessage& message) {
  const std::string region = RegionOfTopic(message.topic_arn);
  SREHUB_TRY(const std::string_view path, PathAndQuery(message.subscribe_url, region));
  if (!path.starts_with("/?")) return Forbidden("has a path; SNS' has none");
  bool action = false, topic = false, token = false;
  for (const std::string_view pair : Split(path.substr(2), '&')) {
    const size_t equals = pair.find('=');
    std::string value;
    if (equals == std::string_view::npos || !PercentDecode(pair.substr(equals + 1), &value))
      return Forbidden("has a query that is not SNS'");
    const std::string_view key = pair.substr(0, equals);
    bool* seen = key == "Action" ? &action : key == "TopicArn" ? &topic : &token;
    const std::string_view wanted = key == "Action"     ? std::string_view("ConfirmSubscription")
                                    : key == "TopicArn" ? std::string_view(message.topic_arn)
                                                        : std::string_view(message.token);
    if ((seen == &token && key != "Token") || *seen || value != wanted)
      return Forbidden("asks for something else than to confirm this subscription");
    *seen = true;
  }
  if (!action || !topic || !token) return Forbidden("does not confirm this subscription");
  return {};
}

}  // namespace srehub::trust
