// Is a delivery from who knows the secret? The senders' own signature schemes over the body as it
// was sent (inflated). Comparisons take as long for a wrong answer as for a right one.
// Thread-safe: everything here is immutable or pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace srehub::trust {

enum class Scheme : uint8_t {
  kNone,      // no secret of its own: whoever may use the route may use the source
  kGithub,    // X-Hub-Signature-256: sha256=HEX
  kGitlab,    // X-Gitlab-Token: the secret itself
  kCircleci,  // circleci-signature: v1=HEX[,…]
  kGeneric,   // x-srehub-timestamp: seconds, x-srehub-signature: v1=HEX[,…] over "timestamp.body"
  kBearer,    // Authorization: Bearer SECRET
};
std::string_view SchemeName(Scheme scheme);  // none, github, gitlab, circleci, generic, bearer
std::optional<Scheme> ParseScheme(std::string_view name);

// Shorter secrets are guessed; they are refused when the configuration is read.
inline constexpr size_t kMinSecretBytes = 16;
inline constexpr size_t kMaxSecrets = 2;  // the one in use and the next one
// A generic signature is believed for so long before and after the instant it names.
inline constexpr Duration kTimestampWindow = std::chrono::minutes(5);
// Signatures of one header that are looked at.
inline constexpr size_t kMaxSignatures = 8;

// A header's value by its lower-case name; empty when absent.
using Headers = std::function<std::string_view(std::string_view lower_case_name)>;

// 64 lower-case hex digits. (https://www.rfc-editor.org/rfc/rfc2104)
std::string HmacSha256Hex(std::string_view secret, std::string_view text);

class SignatureCheck {
 public:
  SignatureCheck() = default;
  // Errors: kInvalidArgument for a secret that is empty or too short, for none or too many.
  static Result<SignatureCheck> Create(Scheme scheme, std::vector<std::string> secrets);

  Scheme scheme() const { return scheme_; }
  bool required() const { return scheme_ != Scheme::kNone; }
  // True when one of the secrets signed this. False says no more than that.
  bool Verify(const Headers& headers, std::string_view body, Instant now) const;

 private:
  bool AnyHmac(std::string_view presented, std::string_view text) const;
  bool AnySecret(std::string_view presented) const;
  bool VerifyList(std::string_view list, std::string_view text) const;

  Scheme scheme_ = Scheme::kNone;
  std::vector<std::string> secrets_;
};

}  // namespace srehub::trust
