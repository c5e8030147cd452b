#include "insight/timeline_cursor.h"

#include <array>

#include "base/hash.h"

namespace srehub::insight {

namespace {

constexpr size_t kHexDigits = 16;
constexpr size_t kNumbers = 4;

std::string CheckOf(std::string_view body) { return Hex64(Hash64(body)).substr(0, 4); }

}  // namespace

std::string EncodeCursor(const TimelineCursor& cursor) {
  std::string body;
  for (const Instant t : {cursor.window.after, cursor.window.up_to, cursor.timestamp})
    body += Hex64(static_cast<uint64_t>(Nanos(t)));
  body += Hex64(cursor.event_id);
  body += cursor.service_id;
  return CheckOf(body) + body;
}

Result<TimelineCursor> DecodeCursor(std::string_view text) {
  const auto refuse = [] {
    return Fail(ErrorCode::kInvalidArgument,
                "this cursor is not one of ours: take it from the answer's \"cursor\"");
  };
  constexpr size_t kCheck = 4;
  if (text.size() <= kCheck + kNumbers * kHexDigits) return refuse();
  const std::string_view body = text.substr(kCheck);
  if (text.substr(0, kCheck) != CheckOf(body)) return refuse();
  std::array<uint64_t, kNumbers> numbers{};
  for (size_t i = 0; i < kNumbers; ++i)
    if (!ParseHex64(body.substr(i * kHexDigits, kHexDigits), &numbers[i])) return refuse();
  TimelineCursor cursor;
  cursor.window = {FromNanos(static_cast<int64_t>(numbers[0])),
                   FromNanos(static_cast<int64_t>(numbers[1]))};
  cursor.timestamp = FromNanos(static_cast<int64_t>(numbers[2]));
  cursor.event_id = numbers[3];
  cursor.service_id = std::string(body.substr(kNumbers * kHexDigits));
  if (!cursor.window.Contains(cursor.timestamp)) return refuse();
  return cursor;
}

}  // namespace srehub::insight
