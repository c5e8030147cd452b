// A key pair that signs as SNS does, and its messages. For tests.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <map>
#include <string>
#include <vector>

#include "base/base64.h"
#include "base/json_writer.h"
#include "base/time.h"

namespace srehub::trust {

inline const Instant kSnsNow = *ParseRfc3339("2025-08-26T14:10:00Z");
inline const std::string kTopic = "arn:aws:sns:eu-west-1:123456789012:alarms";
inline const std::string kCertificate =
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abcDEF.pem";
inline const std::string kToken = "2336412f37fb687f5d51e6e2425929";
inline const std::string kSubscribe =
    "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=" + kTopic +
    "&Token=" + kToken;

// A key pair and its self-signed certificate.
struct Signer {
  explicit Signer(int bits = 2048, long from_seconds = -365L * 86400,
                  long to_seconds = 365L * 86400)
      : key(EVP_RSA_gen(static_cast<unsigned>(bits))) {
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    const time_t now = static_cast<time_t>(Nanos(kSnsNow) / 1'000'000'000);
    ASN1_TIME_set(X509_getm_notBefore(certificate), now + from_seconds);
    ASN1_TIME_set(X509_getm_notAfter(certificate), now + to_seconds);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    pem.assign(data, static_cast<size_t>(size));
    BIO_free(bio);
    X509_free(certificate);
  }
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;
  ~Signer() { EVP_PKEY_free(key); }

  std::string Sign(const std::string& text, int version) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, version == 2 ? EVP_sha256() : EVP_sha1(), nullptr, key);
    size_t size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    EVP_DigestSign(context, nullptr, &size, bytes, text.size());
    std::string out(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                   text.size());
    EVP_MD_CTX_free(context);
    out.resize(size);
    return out;
  }

  EVP_PKEY* key;
  std::string pem;
};

inline const Signer& Amazon() {
  static const Signer signer;
  return signer;
}

using Members = std::map<std::string, std::string>;

inline Members Notification(int version = 1) {
  return {{"Type", "Notification"},
          {"MessageId", "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"},
          {"TopicArn", kTopic},
          {"Subject", "ALARM: HighCPU"},
          {"Message", "{\"AlarmName\":\"HighCPU\"}"},
          {"Timestamp", "2025-08-26T14:09:59.000Z"},
          {"SignatureVersion", std::to_string(version)},
          {"SigningCertURL", kCertificate}};
}

inline Members Confirmation(int version = 2) {
  return {{"Type", "SubscriptionConfirmation"},
          {"MessageId", "165545c9-2a5c-472c-8df2-7ff2be2b3b1b"},
          {"Token", kToken},
          {"TopicArn", kTopic},
          {"Message", "You have chosen to subscribe"},
          {"SubscribeURL", kSubscribe},
          {"Timestamp", "2025-08-26T14:09:59.000Z"},
          {"SignatureVersion", std::to_string(version)},
          {"SigningCertURL", kCertificate}};
}

inline std::string ToBody(const Members& members) {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [key, value] : members) json.Field(key, value);
  return json.EndObject().Take();
}

// Signs by the documentation's own list of keys, not by the code under test.
inline Members Signed(Members members, const Signer& signer = Amazon()) {
  std::string text;
  const bool confirms = members.contains("Token");
  const std::vector<const char*> keys =
      confirms ? std::vector<const char*>{"Message", "MessageId", "SubscribeURL", "Timestamp",
                                          "Token",   "TopicArn",  "Type"}
               : std::vector<const char*>{"Message",   "MessageId", "Subject",
                                          "Timestamp", "TopicArn",  "Type"};
  for (const char* key : keys)
    if (members.contains(key)) text += std::string(key) + "\n" + members[key] + "\n";
  members["Signature"] =
      Base64Encode(signer.Sign(text, members["SignatureVersion"] == "2" ? 2 : 1));
  return members;
}

}  // namespace srehub::trust
