// Who may do what. Tokens are kept as SHA-256 only and compared in constant time.
// An Authenticator is immutable; a reload makes a new one.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "http/router.h"

namespace srehub::http {

// 128 bits in base64url; shorter secrets are refused.
inline constexpr size_t kMinTokenBytes = 22;

struct Token {
  std::string name;                        // for logs and for "who acknowledged"; never the secret
  std::array<unsigned char, 32> digest{};  // SHA-256 of the secret
  bool ingest = false, read = false, admin = false;  // admin may do everything
  std::vector<std::string> sources;  // formats and sources it is bound to; empty: every one

  bool Allows(Scope scope) const;
};

// Errors: kInvalidArgument for a secret that is too short or not visible ASCII, a token without a
// name or a scope.
Result<Token> MakeToken(std::string name, std::string_view secret, const std::vector<Scope>& scopes,
                        std::vector<std::string> sources = {});
// 256 random bits, "srehub_" and base64url. Errors: kInternal when the system has no randomness.
Result<std::string> GenerateToken();

// "127.0.0.1:8484", "[::1]:8484", "localhost:8484", "0.0.0.0:8484", "hub.example:8484".
struct Address {
  std::string host;   // without brackets
  uint16_t port = 0;  // 0: any free one
  std::string text() const;
};
Result<Address> ParseAddress(std::string_view text);
// Only literal loopback addresses and "localhost"; a name is judged by what it says, not by DNS.
bool IsLoopback(std::string_view host);

// Any address but loopback needs a token. Errors: kInvalidArgument naming address and setting.
Status CheckListen(const std::vector<Address>& addresses, const std::vector<Token>& tokens);

class Authenticator {
 public:
  // Without tokens everything that came in on a loopback address is allowed, and nothing else.
  explicit Authenticator(std::vector<Token> tokens = {}) : tokens_(std::move(tokens)) {}

  // On success `request->caller` is set. Errors: kUnauthenticated (no or unknown credentials),
  // kForbidden (known, but without the scope).
  Status Authorize(Scope scope, Request* request) const;
  bool open() const { return tokens_.empty(); }

 private:
  // The token whose secret this is, or null. Looks at every token, whatever it finds.
  const Token* Match(std::string_view secret) const;
  std::vector<Token> tokens_;
};

}  // namespace srehub::http
