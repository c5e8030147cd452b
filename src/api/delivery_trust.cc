#include "api/delivery_trust.h"

#include <algorithm>

#include "base/json_reader.h"
#include "trust/sns.h"

namespace srehub::api {
namespace {

tl::unexpected<Error> Refused() {
  return Fail(ErrorCode::kUnauthenticated,
              "The delivery does not prove who sent it, as this source demands.");
}

void Tell(const Services& services, std::string_view source, std::string text) {
  if (services.tell) services.tell(source, std::move(text));
}

// Whether the message has to be looked at as one of SNS: it says so, by header or by shape. A
// header that is missing must not be a way around the signature.
bool ClaimsSns(const http::Request& request) {
  if (!request.Header("x-amz-sns-message-type").empty()) return true;
  JsonReader reader;
  const auto root = reader.Parse(request.body);
  return root && root->is_object() && Find(*root, "Type") && Find(*root, "TopicArn");
}

void Wait(const Services& services, const SourcePolicy& policy, const trust::SnsMessage& message,
          std::string_view why, std::vector<std::string>* notices) {
  services.trust->AddPending({.source = policy.name,
                              .topic_arn = message.topic_arn,
                              .subscribe_url = message.subscribe_url,
                              .received = services.clock->Now()});
  std::string text = "SNS asks to confirm the subscription of " + message.topic_arn +
                     "; to confirm it, open " + message.subscribe_url;
  if (!why.empty()) text += " (" + std::string(why) + ")";
  Tell(services, policy.name, text);
  notices->push_back(std::move(text));
}

// The message is signed and its topic expected. Only the operator's word makes the hub ask SNS.
void Confirm(const Services& services, const SourcePolicy& policy, const trust::SnsMessage& message,
             std::vector<std::string>* notices) {
  if (message.type != "SubscriptionConfirmation") return;
  const Status url = trust::CheckSubscribeUrl(message);
  if (!url) {
    // A URL that is not SNS' is not even shown: an operator might open it.
    std::string text = "SNS asks to confirm the subscription of " + message.topic_arn +
                       ", but its SubscribeURL is not SNS': " + url.error().message;
    Tell(services, policy.name, text);
    notices->push_back(std::move(text));
    return;
  }
  if (!policy.confirm) return Wait(services, policy, message, {}, notices);
  if (const auto answer = services.trust->getter()->Get(message.subscribe_url); !answer)
    return Wait(services, policy, message, answer.error().message, notices);
  services.trust->RemovePending(policy.name, message.topic_arn);
  std::string text = "the subscription of " + message.topic_arn + " is confirmed";
  Tell(services, policy.name, text);
  notices->push_back(std::move(text));
}

Status CheckSns(const Services& services, const SourcePolicy& policy, const http::Request& request,
                std::vector<std::string>* notices) {
  const Instant now = services.clock->Now();
  const auto refuse = [&](const std::string& why) {
    Tell(services, policy.name, "refused: " + why);
    return Refused();
  };
  const auto message = trust::ParseSns(request.body);
  if (!message) return refuse(message.error().message);
  const std::string_view type = request.Header("x-amz-sns-message-type");
  if (!type.empty() && type != message->type)
    return refuse("the header x-amz-sns-message-type and the message differ");
  trust::CertificateSource* certificates =
      policy.certificates ? policy.certificates.get() : services.trust->fetched();
  if (const Status valid = trust::VerifySns(*message, policy.topic_arns, certificates, now);
      !valid) {
    if (valid.error().code == ErrorCode::kUnavailable) return valid;
    return refuse(valid.error().message);
  }
  if (!message->is_notification()) Confirm(services, policy, *message, notices);
  return {};
}

}  // namespace

bool MayBeSigned(const Services& services, const http::Request& request) {
  if (!services.policies) return false;
  const auto policy = services.policies->find(request.Param("format"));
  return policy != services.policies->end() && policy->second.takes_signed();
}

Status CheckSender(const Services& services, const SourcePolicy* policy,
                   const http::Request& request, std::vector<std::string>* notices) {
  const bool admitted = !request.caller.unproven;
  if (policy == nullptr || !policy->takes_signed()) {
    if (admitted) return {};
    return Refused();
  }
  if (policy->signature.required()) {
    const auto header = [&](std::string_view name) { return request.Header(name); };
    if (policy->signature.Verify(header, request.body, services.clock->Now())) return {};
    Tell(services, policy->name,
         "refused: the delivery has no valid signature of the scheme " +
             std::string(trust::SchemeName(policy->signature.scheme())));
    return Refused();
  }
  // Topics: a signed message, or raw delivery by somebody with a token.
  if (ClaimsSns(request)) return CheckSns(services, *policy, request, notices);
  if (request.caller.by_token) return {};
  Tell(services, policy->name, "refused: neither a signed SNS message nor a token");
  return Refused();
}

void SenderTrust::AddPending(PendingConfirmation pending) {
  const std::lock_guard lock(mutex_);
  std::erase_if(pending_, [&](const PendingConfirmation& p) {
    return p.source == pending.source && p.topic_arn == pending.topic_arn;
  });
  if (pending_.size() >= kMaxPending) pending_.erase(pending_.begin());
  pending_.push_back(std::move(pending));
}

void SenderTrust::RemovePending(const std::string& source, const std::string& topic_arn) {
  const std::lock_guard lock(mutex_);
  std::erase_if(pending_, [&](const PendingConfirmation& p) {
    return p.source == source && p.topic_arn == topic_arn;
  });
}

std::vector<PendingConfirmation> SenderTrust::Pending() const {
  const std::lock_guard lock(mutex_);
  return pending_;
}

}  // namespace srehub::api
