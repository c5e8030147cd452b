// What the command line prints or cuts up: texts of unknown origin, event streams, record files.
#include "base/text.h"
#include "cli/event_stream.h"
#include "cli/record_chunker.h"
#include "cli/terminal_text.h"
#include "fuzz.h"

namespace srehub::fuzz {
namespace {

void CheckNeutral(std::string_view text) {
  const std::string safe = cli::Neutralise(text);
  FUZZ_CHECK(IsValidUtf8(safe));
  for (const char c : safe) FUZZ_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  FUZZ_CHECK(safe.find("\xc2\x9b") == std::string::npos);  // the C1 form of ESC [
  FUZZ_CHECK(cli::DisplayWidth(cli::Fit(safe, 20)) == 20);
}

std::vector<std::string> EventsOf(std::string_view bytes, size_t piece) {
  std::vector<std::string> events;
  cli::EventStreamParser parser([&](const cli::StreamEvent& event) {
    events.push_back(event.id + '\n' + event.name + '\n' + event.data);
  });
  for (size_t at = 0; at < bytes.size(); at += piece) parser.Feed(bytes.substr(at, piece));
  return events;
}

std::string ChunksOf(std::string_view bytes, size_t piece) {
  cli::RecordChunker chunker;
  for (size_t at = 0; at < bytes.size(); at += piece) chunker.Feed(bytes.substr(at, piece));
  return chunker.Take(true);
}

}  // namespace
}  // namespace srehub::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  std::string_view bytes = fuzz::Text(data, size);
  const size_t piece = 1 + fuzz::TakeByte(&bytes);
  fuzz::CheckNeutral(bytes);
  FUZZ_CHECK(fuzz::EventsOf(bytes, piece) == fuzz::EventsOf(bytes, bytes.size() + 1));
  FUZZ_CHECK(fuzz::ChunksOf(bytes, piece) == fuzz::ChunksOf(bytes, bytes.size() + 1));
  return 0;
}
