// The only way in which a hub asks somebody else for something: one HTTPS GET, to a public address,
// without redirects, bounded in time and size.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct sockaddr;

namespace srehub::trust {

inline constexpr long kOutboundSeconds = 5;
inline constexpr size_t kMaxOutboundBytes = 64 * 1024;

// Thread-safe.
class HttpsGetter {
 public:
  virtual ~HttpsGetter() = default;
  // The body of a 200. `url` was checked by the caller. Errors: kForbidden (the name leads to an
  // address that is not public; nothing was connected), kUnavailable, kDeadlineExceeded,
  // kTooLarge.
  virtual Result<std::string> Get(const std::string& url) = 0;
};

// Over libcurl. Proxies of the environment are not used: what is judged is the address that is
// connected to.
std::unique_ptr<HttpsGetter> MakeCurlGetter();

// An address on the internet: not private, loopback, link-local, shared (CGNAT), documentation,
// multicast or reserved, in IPv4, IPv6 or IPv4 inside IPv6.
// https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 sister.
bool IsPublicAddress(const sockaddr* address);
// The same for a literal; anything else is not public.
bool IsPublicAddress(const std::string& literal);

}  // namespace srehub::trust
