#include "trust/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace srehub::trust {
namespace {

using Digest = std::array<unsigned char, 32>;

// Past it a difference of two instants could overflow.
constexpr int64_t kLatestSecond = int64_t{1} << 40;

constexpr std::array<std::pair<Scheme, std::string_view>, 6> kSchemes = {
    {{Scheme::kNone, "none"},
     {Scheme::kGithub, "github"},
     {Scheme::kGitlab, "gitlab"},
     {Scheme::kCircleci, "circleci"},
     {Scheme::kGeneric, "generic"},
     {Scheme::kBearer, "bearer"}}};

Digest Hmac(std::string_view secret, std::string_view text) {
  Digest digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return digest;
}

Digest Sha256(std::string_view text) {
  Digest digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return digest;
}

bool Equal(const Digest& a, const Digest& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Exactly 64 hex digits.
bool ParseDigest(std::string_view hex, Digest* digest) {
  if (hex.size() != 2 * digest->size()) return false;
  for (size_t i = 0; i < digest->size(); ++i) {
    const char* begin = hex.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, (*digest)[i], 16);
    if (error != std::errc() || end != begin + 2) return false;
  }
  return true;
}

std::string_view BearerOf(std::string_view authorization) {
  constexpr std::string_view kPrefix = "Bearer ";
  if (!StartsWithIgnoreCase(authorization, kPrefix)) return {};
  return TrimAscii(authorization.substr(kPrefix.size()));
}

}  // namespace

std::string_view SchemeName(Scheme scheme) {
  for (const auto& [known, name] : kSchemes)
    if (known == scheme) return name;
  return {};
}

std::optional<Scheme> ParseScheme(std::string_view name) {
  for (const auto& [scheme, known] : kSchemes)
    if (known == name) return scheme;
  return std::nullopt;
}

std::string HmacSha256Hex(std::string_view secret, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : Hmac(secret, text)) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

Result<SignatureCheck> SignatureCheck::Create(Scheme scheme, std::vector<std::string> secrets) {
  SignatureCheck check;
  check.scheme_ = scheme;
  if (scheme == Scheme::kNone) {
    if (secrets.empty()) return check;
    return Fail(ErrorCode::kInvalidArgument,
                "secrets need a scheme: github, gitlab, circleci, generic or bearer");
  }
  if (secrets.empty() || secrets.size() > kMaxSecrets)
    return Fail(ErrorCode::kInvalidArgument, "the scheme '" + std::string(SchemeName(scheme)) +
                                                 "' needs one secret, or two while they rotate");
  for (const std::string& secret : secrets)
    if (secret.size() < kMinSecretBytes)
      return Fail(ErrorCode::kInvalidArgument,
                  "a secret has " + std::to_string(secret.size()) + " bytes; at least " +
                      std::to_string(kMinSecretBytes) + " random ones are needed");
  check.secrets_ = std::move(secrets);
  return check;
}

// Every secret is tried, whatever the first one says.
bool SignatureCheck::AnyHmac(std::string_view presented, std::string_view text) const {
  Digest wanted{};
  if (!ParseDigest(presented, &wanted)) return false;
  bool found = false;
  for (const std::string& secret : secrets_) found |= Equal(Hmac(secret, text), wanted);
  return found;
}

// By their hashes: those have one length, whatever is presented.
bool SignatureCheck::AnySecret(std::string_view presented) const {
  const Digest digest = Sha256(presented);
  bool found = false;
  for (const std::string& secret : secrets_) found |= Equal(Sha256(secret), digest);
  return found;
}

// "v1=…,v2=…": only version 1 is known; others are passed over.
bool SignatureCheck::VerifyList(std::string_view list, std::string_view text) const {
  constexpr std::string_view kVersion = "v1=";
  bool found = false;
  size_t looked_at = 0;
  for (std::string_view part : Split(list, ',')) {
    if (++looked_at > kMaxSignatures) break;
    part = TrimAscii(part);
    if (part.starts_with(kVersion)) found |= AnyHmac(part.substr(kVersion.size()), text);
  }
  return found;
}

bool SignatureCheck::Verify(const Headers& headers, std::string_view body, Instant now) const {
  switch (scheme_) {
    case Scheme::kNone: return false;
    case Scheme::kGithub: {
      constexpr std::string_view kPrefix = "sha256=";
      const std::string_view signature = headers("x-hub-signature-256");
      return signature.starts_with(kPrefix) && AnyHmac(signature.substr(kPrefix.size()), body);
    }
    case Scheme::kGitlab: return AnySecret(headers("x-gitlab-token"));
    case Scheme::kCircleci: return VerifyList(headers("circleci-signature"), body);
    case Scheme::kGeneric: {
      const std::string_view stamp = headers("x-srehub-timestamp");
      int64_t seconds = 0;
      const auto [end, error] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), seconds);
      if (stamp.empty() || error != std::errc() || end != stamp.data() + stamp.size()) return false;
      if (seconds < 0 || seconds > kLatestSecond) return false;
      const int64_t apart = Nanos(now) / 1'000'000'000 - seconds;
      const int64_t window =
          std::chrono::duration_cast<std::chrono::seconds>(kTimestampWindow).count();
      if (apart > window || apart < -window) return false;
      return VerifyList(headers("x-srehub-signature"),
                        std::string(stamp) + "." + std::string(body));
    }
    case Scheme::kBearer: return AnySecret(BearerOf(headers("authorization")));
  }
  return false;
}

}  // namespace srehub::trust
