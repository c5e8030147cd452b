#include "http/response_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "http/problem.h"

namespace srehub::http {
namespace {

void AppendClean(std::string* out, std::string_view text) {
  for (const char c : text)
    if (c != '\r' && c != '\n' && c != '\0') *out += c;
}

}  // namespace

bool StatusHasBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::string HttpDate(Instant t) {
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(t - day));
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
      time.seconds().count());
}

std::string WriteHead(const Response& response, BodyFraming framing, bool keep_alive, Instant now) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                                 ReasonPhrase(response.status), HttpDate(now));
  for (const auto& [name, value] : response.headers) {
    AppendClean(&head, name);
    head += ": ";
    AppendClean(&head, value);
    head += "\r\n";
  }
  if (StatusHasBody(response.status)) {
    if (framing == BodyFraming::kLength)
      head += fmt::format("Content-Length: {}\r\n", response.body.size());
    else if (framing == BodyFraming::kChunked) head += "Transfer-Encoding: chunked\r\n";
  }
  head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

std::string WriteChunk(std::string_view data) {
  std::string chunk = fmt::format("{:x}\r\n", data.size());
  chunk += data;
  chunk += "\r\n";
  return chunk;
}

}  // namespace srehub::http
