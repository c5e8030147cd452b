// A matcher of Alertmanager's, applied to labels.
#include "api/alert_matcher.h"

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const std::string text(fuzz::Text(data, size));
  const auto matcher = api::ParseAlertMatcher(text);
  if (!matcher) {
    FUZZ_CHECK(!matcher.error().message.empty());
    return 0;
  }
  FUZZ_CHECK(!matcher->name.empty());
  FUZZ_CHECK(matcher->is_regex == (matcher->pattern != nullptr));
  const model::Labels with = {{matcher->name, matcher->value}};
  if (!matcher->is_regex) FUZZ_CHECK(matcher->Fits(with) == matcher->is_equal);
  matcher->Fits({});
  return 0;
}
