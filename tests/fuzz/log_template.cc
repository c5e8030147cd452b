// Template mining: "level\nlogger\nmessage".
#include "classify/log_template.h"

#include "base/limits.h"
#include "base/text.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  std::string_view input = fuzz::Text(data, size);
  const std::string level(fuzz::TakeUntil(&input, '\n'));
  const std::string logger(fuzz::TakeUntil(&input, '\n'));
  const std::string message(input);
  const classify::LogTemplate mined = classify::MineTemplate(message, level, logger);
  FUZZ_CHECK(mined.event_type.starts_with("Log"));
  FUZZ_CHECK(mined.event_type.size() <= limits::kMaxEventTypeBytes);
  if (IsValidUtf8(message)) FUZZ_CHECK(IsValidUtf8(mined.event_type));
  // The kind depends on the first line, not on the case of the level nor on what follows.
  const auto same = classify::MineTemplate(message + "\nmore", ToLowerAscii(level), logger);
  if (!TrimAscii(message).empty()) FUZZ_CHECK(same.id == mined.id);
  const std::string masked = classify::MaskLine(message);
  FUZZ_CHECK(masked.find('\n') == std::string::npos);
  return 0;
}
