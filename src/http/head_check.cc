#include "http/head_check.h"

#include <algorithm>

#include "base/text.h"

namespace srehub::http {
namespace {

HeadScan Bad(std::string reason, int status = 400) {
  HeadScan scan;
  scan.state = HeadScan::State::kBad;
  scan.status = status;
  scan.reason = std::move(reason);
  return scan;
}

bool IsTokenChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

// Refuses what no head may hold, also while it is still incomplete: a sender that ends lines with
// LF alone would otherwise wait for its timeout.
const char* BadByte(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(bytes[i]);
    if (c >= 0x20 && c != 0x7f) continue;
    if (c == '\t') continue;
    if (c == '\r') {
      if (i + 1 < bytes.size() && bytes[i + 1] != '\n')
        return "A carriage return stands alone in the head.";
      continue;
    }
    if (c == '\n') {
      if (i == 0 || bytes[i - 1] != '\r') return "A line of the head ends with a bare line feed.";
      continue;
    }
    return "The head holds a control character.";
  }
  return nullptr;
}

// What the fields seen so far say about the body.
struct Framing {
  size_t hosts = 0, lengths = 0, codings = 0;
};

// Empty: fine.
std::string CheckField(std::string_view line, bool http11, Framing* framing) {
  if (line.front() == ' ' || line.front() == '\t')
    return "A header field is folded over two lines.";
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon)))
    return "A header field's name is not a token followed by a colon.";
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = TrimAscii(line.substr(colon + 1));
  if (EqualsIgnoreCase(name, "host")) {
    ++framing->hosts;
  } else if (EqualsIgnoreCase(name, "content-length")) {
    ++framing->lengths;
    if (value.empty() || value.size() > 18 ||
        value.find_first_not_of("0123456789") != std::string_view::npos)
      return "Content-Length is not a plain number.";
  } else if (EqualsIgnoreCase(name, "transfer-encoding")) {
    ++framing->codings;
    if (!EqualsIgnoreCase(value, "chunked")) return "The only transfer coding taken is chunked.";
    if (!http11) return "HTTP/1.0 has no transfer codings.";
  }
  return {};
}

std::string CheckFraming(const Framing& framing, bool http11) {
  if (framing.hosts > 1) return "Two Host fields.";
  if (http11 && framing.hosts == 0) return "HTTP/1.1 needs a Host field.";
  if (framing.lengths > 1) return "Two Content-Length fields.";
  if (framing.codings > 1) return "Two Transfer-Encoding fields.";
  if (framing.lengths + framing.codings > 1)
    return "Content-Length and Transfer-Encoding exclude each other.";
  return {};
}

// "METHOD target HTTP/1.x". On success `http11` is set.
HeadScan CheckRequestLine(std::string_view line, bool* http11) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first)
    return Bad("The request line is not 'METHOD target HTTP/1.1'.");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(line.substr(0, first)) || first > 32) return Bad("The method is not a token.");
  if (target.empty() || std::any_of(target.begin(), target.end(),
                                    [](char c) { return c <= ' ' || c > '~' || c == '#'; }))
    return Bad("The request target holds a byte that must be percent-encoded.");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    if (version.starts_with("HTTP/"))
      return Bad("Only HTTP/1.1 and HTTP/1.0 are spoken here.", 505);
    return Bad("The request line is not 'METHOD target HTTP/1.1'.");
  }
  *http11 = version == "HTTP/1.1";
  HeadScan scan;
  scan.state = HeadScan::State::kComplete;
  return scan;
}

}  // namespace

HeadScan ScanHead(std::string_view bytes, size_t max_bytes) {
  HeadScan scan;
  // One empty line before the request line is tolerated, as RFC 9112 section 2.2 asks.
  if (bytes.starts_with("\r\n")) scan.skip = 2;
  const std::string_view all = bytes.substr(scan.skip);
  const size_t end = all.find("\r\n\r\n");
  const std::string_view head = all.substr(0, end == std::string_view::npos ? end : end + 4);
  if (const char* reason = BadByte(head.substr(0, max_bytes))) return Bad(reason);
  if (head.size() > max_bytes)
    return Bad("The head is larger than " + std::to_string(max_bytes) + " bytes.", 431);
  if (end == std::string_view::npos) return scan;

  bool http11 = true;
  Framing framing;
  size_t fields = 0, position = 0;
  while (position < end) {
    const size_t eol = head.find("\r\n", position);
    const std::string_view line = head.substr(position, eol - position);
    if (position == 0) {
      HeadScan bad = CheckRequestLine(line, &http11);
      if (bad.state == HeadScan::State::kBad) return bad;
    } else {
      if (++fields > kMaxHeaderFields) return Bad("More than 100 header fields.", 431);
      if (std::string reason = CheckField(line, http11, &framing); !reason.empty())
        return Bad(std::move(reason));
    }
    position = eol + 2;
  }
  if (std::string reason = CheckFraming(framing, http11); !reason.empty())
    return Bad(std::move(reason));
  scan.state = HeadScan::State::kComplete;
  scan.length = end + 4;
  return scan;
}

}  // namespace srehub::http
