// A user's rule file. Errors say where; nothing that yaml-cpp or RE2 throws gets out.
#include "classify/rules.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const auto rules = classify::LoadRules({{"rules.yaml", std::string(fuzz::Text(data, size))}});
  if (!rules) FUZZ_CHECK(!rules.error().message.empty() && !rules.error().where.empty());
  return 0;
}
