// Did SNS sign this, for a topic that is expected here? Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "trust/outbound.h"
#include "trust/sns.h"

namespace srehub::trust {

// Where the certificates come from that SNS signs with.
class CertificateSource {
 public:
  virtual ~CertificateSource() = default;
  // PEM texts of which one may have signed. `url` obeys CheckCertificateUrl.
  virtual Result<std::vector<std::string>> Get(const std::string& url, Instant now) = 0;
};

// Files of the operator's: nothing is ever fetched.
class PinnedCertificates final : public CertificateSource {
 public:
  explicit PinnedCertificates(std::vector<std::string> pems) : pems_(std::move(pems)) {}
  Result<std::vector<std::string>> Get(const std::string&, Instant) override { return pems_; }

 private:
  const std::vector<std::string> pems_;
};

// Fetched over verified HTTPS and remembered. A failure is remembered too, for a minute, and at
// most kMaxFetchesAMinute new ones are asked for: whoever posts URLs cannot make the hub busy.
class FetchedCertificates final : public CertificateSource {
 public:
  static constexpr size_t kMaxKept = 32;
  static constexpr size_t kMaxFetchesAMinute = 6;
  explicit FetchedCertificates(std::shared_ptr<HttpsGetter> getter) : getter_(std::move(getter)) {}
  Result<std::vector<std::string>> Get(const std::string& url, Instant now) override;

 private:
  const std::shared_ptr<HttpsGetter> getter_;
  std::mutex mutex_;
  std::map<std::string, std::string> kept_;
  std::map<std::string, Instant> failed_;
  Minute minute_ = INT64_MIN;
  size_t fetches_ = 0;  // in minute_
};

// `topics`: the ARNs that are expected here; none means that nothing is. Errors: kUnauthenticated,
// for a log and never for the sender; kUnavailable when the certificate cannot be had now.
Status VerifySns(const SnsMessage& message, const std::vector<std::string>& topics,
                 CertificateSource* certificates, Instant now);

// True when the certificate (PEM, RSA of at least 2048 bits, valid at `now`) made the signature.
bool SignedBy(const SnsMessage& message, const std::string& pem, Instant now);

}  // namespace srehub::trust
