// What a delivery must prove before a configured source takes it. Immutable once shared.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "http/message.h"
#include "model/observation.h"
#include "trust/signature.h"
#include "trust/sns_verifier.h"

namespace srehub::api {

// One entry of the configuration's `sources`. A name that is a format's speaks of that format's own
// path; any other has the path /api/v1/ingest/NAME.
struct SourcePolicy {
  std::string name;
  model::Format format = model::Format::kAuto;
  bool has_own_path = false;
  trust::SignatureCheck signature{};
  std::vector<std::string> topic_arns{};  // SNS topics whose signed messages it takes
  bool confirm = false;                   // subscriptions of those topics are confirmed by the hub
  // The operator's own copies; null: fetched from SNS.
  std::shared_ptr<trust::CertificateSource> certificates{};
  std::optional<Duration> silent_after{};

  // A stranger without a token may deliver here, if what it sends is signed.
  bool takes_signed() const { return signature.required() || !topic_arns.empty(); }
};
using SourcePolicies = std::map<std::string, SourcePolicy, std::less<>>;

// A subscription that waits for the operator.
struct PendingConfirmation {
  std::string source, topic_arn, subscribe_url;
  Instant received{};
};

// What outlives a reload: fetched certificates, and what is still to be confirmed. Thread-safe.
class SenderTrust {
 public:
  static constexpr size_t kMaxPending = 32;  // the oldest goes first
  explicit SenderTrust(std::shared_ptr<trust::HttpsGetter> getter)
      : getter_(std::move(getter)), fetched_(getter_) {}

  trust::HttpsGetter* getter() { return getter_.get(); }
  trust::CertificateSource* fetched() { return &fetched_; }
  void AddPending(PendingConfirmation pending);  // replaces one of the same source and topic
  void RemovePending(const std::string& source, const std::string& topic_arn);
  std::vector<PendingConfirmation> Pending() const;

 private:
  const std::shared_ptr<trust::HttpsGetter> getter_;
  trust::FetchedCertificates fetched_;
  mutable std::mutex mutex_;
  std::vector<PendingConfirmation> pending_;
};

}  // namespace srehub::api
