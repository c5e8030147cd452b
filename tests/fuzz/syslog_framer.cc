// A TCP stream of syslog messages: the same messages in whatever pieces it comes, none too long.
#include "collect/syslog_framer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "fuzz.h"

namespace srehub::fuzz {
namespace {

constexpr size_t kMaxMessage = 512;

std::vector<std::string> MessagesOf(std::string_view stream, size_t piece) {
  collect::SyslogFramer framer(kMaxMessage);
  std::vector<std::string> messages;
  const auto keep = [&](const collect::SyslogFramer::Message& message) {
    FUZZ_CHECK(message.text.size() <= kMaxMessage);
    FUZZ_CHECK(collect::AsSyslogLine(message.text).find('\n') == std::string::npos);
    messages.push_back(message.text);
  };
  while (!stream.empty()) {
    framer.Feed(stream.substr(0, piece));
    stream.remove_prefix(std::min(piece, stream.size()));
    while (const auto message = framer.Next()) keep(*message);
  }
  if (const auto message = framer.Finish()) keep(*message);
  return messages;
}

}  // namespace
}  // namespace srehub::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace srehub;
  if (size == 0) return 0;
  const std::string_view stream = fuzz::Text(data + 1, size - 1);
  const auto whole = fuzz::MessagesOf(stream, std::max<size_t>(1, stream.size()));
  FUZZ_CHECK(whole == fuzz::MessagesOf(stream, size_t{1} + data[0] % 64));
  return 0;
}
