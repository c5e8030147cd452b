#include "trust/outbound.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <mutex>

namespace srehub::trust {
namespace {

struct Block4 {
  uint32_t network;
  int bits;
};
constexpr uint32_t Ip(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}
constexpr std::array kNotPublic4 = {
    Block4{Ip(0, 0, 0, 0), 8},      Block4{Ip(10, 0, 0, 0), 8},     Block4{Ip(100, 64, 0, 0), 10},
    Block4{Ip(127, 0, 0, 0), 8},    Block4{Ip(169, 254, 0, 0), 16}, Block4{Ip(172, 16, 0, 0), 12},
    Block4{Ip(192, 0, 0, 0), 24},   Block4{Ip(192, 0, 2, 0), 24},   Block4{Ip(192, 88, 99, 0), 24},
    Block4{Ip(192, 168, 0, 0), 16}, Block4{Ip(198, 18, 0, 0), 15},  Block4{Ip(198, 51, 100, 0), 24},
    Block4{Ip(203, 0, 113, 0), 24}, Block4{Ip(224, 0, 0, 0), 3}};

bool IsPublic4(uint32_t address) {
  for (const Block4& block : kNotPublic4)
    if ((address ^ block.network) >> (32 - block.bits) == 0) return false;
  return true;
}

// Only 2000::/3 is global unicast; inside it, tunnels and documentation lead elsewhere.
bool IsPublic6(const unsigned char* a) {
  static constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0,    0,
                                                            0, 0, 0, 0, 0xff, 0xff};
  if (std::memcmp(a, kMapped.data(), kMapped.size()) == 0)
    return IsPublic4(Ip(a[12], a[13], a[14], a[15]));
  if ((a[0] & 0xe0) != 0x20) return false;
  if (a[0] == 0x20 && a[1] == 0x02) return false;                                  // 6to4
  if (a[0] == 0x20 && a[1] == 0x01 && a[2] < 0x02) return false;                   // 2001::/23
  if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8) return false;  // documents
  if (a[0] == 0x3f && a[1] == 0xff && (a[2] & 0xf0) == 0) return false;            // documents
  return true;
}

struct CurlDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};

struct Transfer {
  std::string body;
  bool too_large = false;
  bool not_public = false;
};

size_t Take(char* data, size_t size, size_t count, void* out) {
  auto* transfer = static_cast<Transfer*>(out);
  if (transfer->body.size() + size * count > kMaxOutboundBytes) {
    transfer->too_large = true;
    return 0;
  }
  transfer->body.append(data, size * count);
  return size * count;
}

// Called with the address that is about to be connected to, after name resolution: whatever the
// name says, and however it resolves this time, nothing but a public address gets a packet.
curl_socket_t OpenSocket(void* out, curlsocktype, curl_sockaddr* address) {
  if (!IsPublicAddress(&address->addr)) {
    static_cast<Transfer*>(out)->not_public = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

class CurlGetter final : public HttpsGetter {
 public:
  CurlGetter() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  }

  Result<std::string> Get(const std::string& url) override {
    const std::unique_ptr<CURL, CurlDeleter> curl(curl_easy_init());
    if (!curl) return Fail(ErrorCode::kUnavailable, "libcurl gave no handle");
    Transfer transfer;
    CURL* c = curl.get();
    curl_easy_setopt(c, CURLOPT_URL, url.c_str());
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, kOutboundSeconds);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "srehub");
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, Take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, &transfer);
    const CURLcode code = curl_easy_perform(c);
    if (transfer.not_public)
      return Fail(ErrorCode::kForbidden, "the name leads to an address that is not public");
    if (transfer.too_large) return Fail(ErrorCode::kTooLarge, "the answer is too large");
    if (code == CURLE_OPERATION_TIMEDOUT)
      return Fail(ErrorCode::kDeadlineExceeded,
                  "no answer within " + std::to_string(kOutboundSeconds) + " s");
    if (code != CURLE_OK)
      return Fail(ErrorCode::kUnavailable, std::string("no answer: ") + curl_easy_strerror(code));
    long status = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
      return Fail(ErrorCode::kUnavailable, "the answer has the status " + std::to_string(status));
    return std::move(transfer.body);
  }
};

}  // namespace

std::unique_ptr<HttpsGetter> MakeCurlGetter() { return std::make_unique<CurlGetter>(); }

bool IsPublicAddress(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    return IsPublic4(ntohl(in.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, address, sizeof in);
    return IsPublic6(in.sin6_addr.s6_addr);
  }
  return false;
}

bool IsPublicAddress(const std::string& literal) {
  sockaddr_storage storage{};
  sockaddr_in in4{};
  if (inet_pton(AF_INET, literal.c_str(), &in4.sin_addr) == 1) {
    in4.sin_family = AF_INET;
    std::memcpy(&storage, &in4, sizeof in4);
    return IsPublicAddress(reinterpret_cast<const sockaddr*>(&storage));
  }
  sockaddr_in6 in6{};
  if (inet_pton(AF_INET6, literal.c_str(), &in6.sin6_addr) != 1) return false;
  in6.sin6_family = AF_INET6;
  std::memcpy(&storage, &in6, sizeof in6);
  return IsPublicAddress(reinterpret_cast<const sockaddr*>(&storage));
}

}  // namespace srehub::trust
