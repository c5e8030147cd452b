#include "trust/sns_verifier.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>

namespace srehub::trust {
namespace {

constexpr int kMinKeyBits = 2048;

struct Deleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Deleter>;

Owned<X509> ReadCertificate(const std::string& pem) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Owned<X509>(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
}

bool ValidAt(const X509* certificate, Instant now) {
  time_t seconds = static_cast<time_t>(Nanos(now) / 1'000'000'000);
  return X509_cmp_time(X509_get0_notBefore(certificate), &seconds) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate), &seconds) > 0;
}

tl::unexpected<Error> Unsigned(std::string why) {
  return Fail(ErrorCode::kUnauthenticated, std::move(why));
}

}  // namespace

bool SignedBy(const SnsMessage& message, const std::string& pem, Instant now) {
  const Owned<X509> certificate = ReadCertificate(pem);
  if (!certificate || !ValidAt(certificate.get(), now)) return false;
  const Owned<EVP_PKEY> key(X509_get_pubkey(certificate.get()));
  if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) return false;
  if (EVP_PKEY_bits(key.get()) < kMinKeyBits) return false;
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const EVP_MD* digest = message.signature_version == 2 ? EVP_sha256() : EVP_sha1();
  const std::string text = CanonicalText(message);
  return context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(),
                          reinterpret_cast<const unsigned char*>(message.signature.data()),
                          message.signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

Status VerifySns(const SnsMessage& message, const std::vector<std::string>& topics,
                 CertificateSource* certificates, Instant now) {
  // What costs nothing comes first: a stranger's message makes the hub ask nobody anything.
  if (std::find(topics.begin(), topics.end(), message.topic_arn) == topics.end())
    return Unsigned("the topic " + message.topic_arn + " is not among topic_arns");
  const std::string region = RegionOfTopic(message.topic_arn);
  if (const Status url = CheckCertificateUrl(message.certificate_url, region); !url)
    return Unsigned("SigningCertURL: " + url.error().message);
  const auto pems = certificates->Get(message.certificate_url, now);
  if (!pems) return tl::unexpected(pems.error());
  for (const std::string& pem : *pems)
    if (SignedBy(message, pem, now)) return {};
  return Unsigned("the signature is not that of the message");
}

Result<std::vector<std::string>> FetchedCertificates::Get(const std::string& url, Instant now) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto kept = kept_.find(url); kept != kept_.end())
      return std::vector<std::string>{kept->second};
    const Minute minute = MinuteOf(now);
    if (minute != minute_) {
      minute_ = minute;
      fetches_ = 0;
      std::erase_if(failed_, [&](const auto& entry) {
        return now - entry.second > std::chrono::minutes(1) || now < entry.second;
      });
    }
    if (failed_.contains(url) || fetches_ >= kMaxFetchesAMinute)
      return Fail(ErrorCode::kUnavailable,
                  "the signing certificate could not be fetched a moment ago");
    ++fetches_;
  }
  const Result<std::string> pem = getter_->Get(url);
  const std::lock_guard lock(mutex_);
  if (!pem || !ReadCertificate(*pem)) {
    failed_[url] = now;
    return Fail(ErrorCode::kUnavailable,
                "the signing certificate: " + (pem ? "no PEM came back" : pem.error().message));
  }
  if (kept_.size() >= kMaxKept) kept_.erase(kept_.begin());
  kept_[url] = *pem;
  return std::vector<std::string>{*pem};
}

}  // namespace srehub::trust
