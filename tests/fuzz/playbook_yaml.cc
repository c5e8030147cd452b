// A user's playbook file.
#include "fuzz.h"
#include "playbook/library.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  const auto books = playbook::ParsePlaybooks({"mine.yaml", std::string(fuzz::Text(data, size))});
  if (!books) FUZZ_CHECK(!books.error().message.empty() && !books.error().where.empty());
  return 0;
}
