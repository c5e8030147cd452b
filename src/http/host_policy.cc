#include "http/host_policy.h"

#include <algorithm>

#include "base/text.h"
#include "http/auth.h"

namespace srehub::http {

std::optional<std::string> HostName(std::string_view host_header) {
  std::string_view host = TrimAscii(host_header);
  std::string_view port;
  if (host.starts_with('[')) {
    const size_t close = host.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    port = host.substr(close + 1);
    host = host.substr(1, close - 1);
    if (host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos)
      return std::nullopt;
  } else {
    const size_t colon = host.find(':');
    if (colon != std::string_view::npos) port = host.substr(colon);
    host = host.substr(0, colon);
    const std::string lower = ToLowerAscii(host);
    if (lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") != std::string::npos)
      return std::nullopt;
  }
  if (!port.empty() && (port[0] != ':' || port.size() > 6 ||
                        port.find_first_not_of("0123456789", 1) != std::string_view::npos))
    return std::nullopt;
  // "localhost." is localhost.
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty()) return std::nullopt;
  return ToLowerAscii(host);
}

std::optional<Problem> CheckHost(const Request& request, const std::vector<std::string>& names) {
  const std::string_view header = request.Header("host");
  // HTTP/1.0 without a Host: no browser sends that, so there is nothing to rebind.
  if (header.empty()) return std::nullopt;
  const std::optional<std::string> host = HostName(header);
  const auto known = [&] { return std::find(names.begin(), names.end(), *host) != names.end(); };
  if (host && (known() || (request.loopback ? IsLoopback(*host) : names.empty())))
    return std::nullopt;
  Problem problem;
  problem.status = 421;
  problem.code = "misdirected";
  problem.detail = "The hub does not answer under this Host name.";
  problem.value = std::string(header.substr(0, 256));
  problem.setting = "host_names";
  return problem;
}

std::optional<Problem> CheckOrigin(const Request& request, const std::vector<std::string>& names) {
  if (request.method == "GET" || request.method == "HEAD") return std::nullopt;
  const std::string_view site = request.Header("sec-fetch-site");
  const std::string_view origin = request.Header("origin");
  bool foreign = site == "cross-site" || site == "same-site";
  if (!foreign && !origin.empty()) {
    const size_t scheme = origin.find("://");
    const std::string_view authority =
        scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
    const std::optional<std::string> host = HostName(authority);
    foreign = !EqualsIgnoreCase(authority, request.Header("host")) &&
              (!host || std::find(names.begin(), names.end(), *host) == names.end());
  }
  if (!foreign) return std::nullopt;
  Problem problem;
  problem.status = 403;
  problem.code = "forbidden";
  problem.detail = "A page of another site may not change anything here.";
  problem.value = std::string((origin.empty() ? site : origin).substr(0, 256));
  return problem;
}

}  // namespace srehub::http
