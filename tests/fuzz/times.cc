// Texts that stand for instants, lengths of time, keys and ids: what is read must be written back
// to something that reads the same.
#include "base/time.h"

#include <string>

#include "base/zone.h"
#include "fuzz.h"
#include "model/event.h"

namespace srehub::fuzz {
namespace {

void CheckInstant(const Result<Instant>& t) {
  if (!t) {
    FUZZ_CHECK(!t.error().message.empty());
    return;
  }
  FUZZ_CHECK(ParseRfc3339(FormatTime(*t)).value() == *t);
  const std::string fixed = FormatTimeFixed(*t);
  FUZZ_CHECK(fixed.size() == 30 && ParseRfc3339(fixed).value() == *t);
  FUZZ_CHECK(ParseSenderTime(fixed).value() == *t);
}

}  // namespace
}  // namespace srehub::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const std::string_view text = fuzz::Text(data, size);
  fuzz::CheckInstant(ParseSenderTime(text));
  if (const auto strict = ParseRfc3339(text)) {
    fuzz::CheckInstant(strict);
    FUZZ_CHECK(ParseSenderTime(text).value() == *strict);
  }
  if (const auto length = ParseDuration(text)) {
    FUZZ_CHECK(!FormatDuration(*length).empty());
    FUZZ_CHECK(ParseDuration(FormatDurationShort(*length)).value() == *length);
  }
  if (const auto key = model::ParseSortKey(text))
    FUZZ_CHECK(model::SortKey(key->first, key->second) == text);
  if (const auto id = model::ParseIncidentId(text)) {
    const auto again = model::ParseIncidentId(model::IncidentId(id->first, id->second));
    FUZZ_CHECK(again && *again == *id);
  }
  FUZZ_CHECK(text.empty() || !model::ServiceStem(text).empty());
  (void)Zone::Utc().ParseDate(text);
  return 0;
}
