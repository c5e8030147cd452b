#include "collect/syslog_framer.h"

#include <gtest/gtest.h>

#include <vector>

namespace srehub::collect {
namespace {

// All messages of a stream that comes in pieces of `step` bytes; cut ones with a "~" behind them.
std::vector<std::string> Cut(std::string_view stream, size_t step, size_t most = 32) {
  SyslogFramer framer(most);
  std::vector<std::string> out;
  const auto drain = [&](auto next) {
    while (const auto message = next()) out.push_back(message->text + (message->cut ? "~" : ""));
  };
  for (size_t at = 0; at < stream.size(); at += step) {
    framer.Feed(stream.substr(at, step));
    drain([&] { return framer.Next(); });
    EXPECT_LE(framer.waiting(), most + step + 10);
  }
  drain([&] { return framer.Finish(); });
  return out;
}

TEST(SyslogFramer, TellsTheFramingOfEachMessage) {
  struct Row {
    std::string stream;
    std::vector<std::string> messages;
  };
  const std::string long_text(50, 'x');
  const Row rows[] = {
      {"<1>a\n<2>b\n", {"<1>a", "<2>b"}},
      {"4 <1>a4 <2>b", {"<1>a", "<2>b"}},
      {"6 <1>a\nb<2>c\n", {"<1>a\nb", "<2>c"}},
      {"4 <1>a\n<2>b\n5 <3>cc\n\n", {"<1>a", "<2>b", "<3>cc"}},
      {std::string("<1>a\0<2>b\0", 10), {"<1>a", "<2>b"}},
      {"\r\n<1>a\r\n", {"<1>a\r"}},
      {"2025-08-26 plain text\n<1>a\n", {"2025-08-26 plain text", "<1>a"}},
      {"0 not a count\n", {"0 not a count"}},
      {"1234567890 ten digits\n", {"1234567890 ten digits"}},
      {"<1>rest", {"<1>rest"}},
      {"10 <1>rest", {"<1>rest~"}},
      {"50 " + long_text + "4 <1>a", {long_text.substr(0, 32) + "~", "<1>a"}},
      {long_text + "\n<1>a\n", {long_text.substr(0, 32) + "~", "<1>a"}},
      {"12", {"12"}},
      {"", {}},
  };
  for (const Row& row : rows)
    for (const size_t step : {1, 2, 3, 7, 1000})
      EXPECT_EQ(Cut(row.stream, step), row.messages) << row.stream << " in steps of " << step;
}

TEST(SyslogFramer, AMessageIsOneLine) {
  EXPECT_EQ(AsSyslogLine("<1>a\nb\r\n"), "<1>a#012b");
  EXPECT_EQ(AsSyslogLine("\n"), "");
  EXPECT_EQ(AsSyslogLine(" \t"), "");
}

}  // namespace
}  // namespace srehub::collect
