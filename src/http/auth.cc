#include "http/auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/base64.h"
#include "base/text.h"

namespace srehub::http {
namespace {

std::array<unsigned char, 32> Sha256(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  unsigned int length = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
  return digest;
}

// The secret of a Bearer or Basic header (Basic: the password), or nothing.
std::optional<std::string> SecretOf(std::string_view authorization) {
  const size_t space = authorization.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = authorization.substr(0, space);
  const std::string_view credentials = TrimAscii(authorization.substr(space + 1));
  if (EqualsIgnoreCase(scheme, "Bearer")) return std::string(credentials);
  if (!EqualsIgnoreCase(scheme, "Basic")) return std::nullopt;
  const Result<std::string> pair = Base64Decode(credentials);
  if (!pair) return std::nullopt;
  const size_t colon = pair->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return pair->substr(colon + 1);
}

}  // namespace

bool Token::Allows(Scope scope) const {
  switch (scope) {
    case Scope::kNone: return true;
    case Scope::kIngest: return ingest || admin;
    case Scope::kRead: return read || admin;
    case Scope::kAdmin: return admin;
  }
  return false;
}

Result<Token> MakeToken(std::string name, std::string_view secret, const std::vector<Scope>& scopes,
                        std::vector<std::string> sources) {
  if (name.empty()) return Fail(ErrorCode::kInvalidArgument, "A token needs a name.", "tokens");
  if (secret.size() < kMinTokenBytes)
    return Fail(ErrorCode::kInvalidArgument,
                "The secret of token '" + name + "' has " + std::to_string(secret.size()) +
                    " characters; at least " + std::to_string(kMinTokenBytes) +
                    " random ones are needed.",
                "tokens." + name);
  if (std::any_of(secret.begin(), secret.end(), [](char c) { return c <= ' ' || c > '~'; }))
    return Fail(ErrorCode::kInvalidArgument,
                "The secret of token '" + name + "' holds a space or a byte that is not ASCII.",
                "tokens." + name);
  Token token;
  token.name = std::move(name);
  token.digest = Sha256(secret);
  token.sources = std::move(sources);
  for (const Scope scope : scopes) {
    token.ingest |= scope == Scope::kIngest;
    token.read |= scope == Scope::kRead;
    token.admin |= scope == Scope::kAdmin;
  }
  if (!token.ingest && !token.read && !token.admin)
    return Fail(ErrorCode::kInvalidArgument,
                "Token '" + token.name + "' has no scope; give it ingest, read or admin.",
                "tokens." + token.name);
  return token;
}

Result<std::string> GenerateToken() {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  // 43 characters of 6 bits hold 258; one random byte gives one character, so none is favoured.
  std::array<unsigned char, 43> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    return Fail(ErrorCode::kInternal, "The system gave no random bytes.");
  std::string token = "srehub_";
  for (const unsigned char byte : random) token += kAlphabet[byte & 63];
  return token;
}

std::string Address::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Address> ParseAddress(std::string_view text) {
  const auto bad = [&] {
    return Fail(ErrorCode::kInvalidArgument,
                "'" + std::string(text) +
                    "' is not an address; write HOST:PORT, for example "
                    "127.0.0.1:8484 or [::1]:8484.",
                "listen");
  };
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[') != host.ends_with(']')) return bad();
  if (host.starts_with('[')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return bad();
  }
  if (host.empty() || host.size() > 253) return bad();
  Address address{std::string(host), 0};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return bad();
  return address;
}

bool IsLoopback(std::string_view host) {
  if (EqualsIgnoreCase(host, "localhost") || host == "::1") return true;
  if (!host.starts_with("127.")) return false;
  const std::vector<std::string_view> parts = Split(host, '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && part.size() <= 3 &&
                  part.find_first_not_of("0123456789") == std::string_view::npos;
         });
}

Status CheckListen(const std::vector<Address>& addresses, const std::vector<Token>& tokens) {
  if (!tokens.empty()) return {};
  for (const Address& address : addresses) {
    if (IsLoopback(address.host)) continue;
    return Fail(ErrorCode::kInvalidArgument,
                "Listening on " + address.text() +
                    " would let everyone who reaches it write and read: it is not a loopback "
                    "address and no token is configured. Put one under 'tokens' in the "
                    "configuration or into SREHUB_TOKEN, or listen on 127.0.0.1.",
                "listen");
  }
  return {};
}

const Token* Authenticator::Match(std::string_view secret) const {
  const std::array<unsigned char, 32> digest = Sha256(secret);
  const Token* found = nullptr;
  for (const Token& token : tokens_)
    if (CRYPTO_memcmp(token.digest.data(), digest.data(), digest.size()) == 0) found = &token;
  return found;
}

Status Authenticator::Authorize(Scope scope, Request* request) const {
  request->caller = {};
  if (tokens_.empty() && request->loopback) {
    request->caller.name = "loopback";
    return {};
  }
  if (scope == Scope::kNone) return {};
  const std::string_view header = request->Header("authorization");
  if (header.empty())
    return Fail(ErrorCode::kUnauthenticated,
                "This needs a token: send 'Authorization: Bearer TOKEN'.", "authorization");
  const std::optional<std::string> secret = SecretOf(header);
  const Token* token = secret ? Match(*secret) : nullptr;
  if (token == nullptr)
    return Fail(ErrorCode::kUnauthenticated, "The credentials are not those of a known token.",
                "authorization");
  if (!token->Allows(scope))
    return Fail(ErrorCode::kForbidden,
                "Token '" + token->name + "' does not have the scope '" +
                    std::string(ScopeName(scope)) + "' that this needs.",
                "authorization");
  request->caller.name = token->name;
  request->caller.by_token = true;
  request->caller.sources = token->sources;
  return {};
}

}  // namespace srehub::http
