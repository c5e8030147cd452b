#include "http/request_reader.h"

#include <gtest/gtest.h>

namespace srehub::http {
namespace {

constexpr ReaderLimits kLimits{1024, 64};

// Feeds `bytes` in pieces of `step`, as a connection does, until the reader wants no more.
std::string FeedAll(RequestReader* reader, std::string_view bytes, size_t step) {
  std::string waiting;
  while (reader->state() != RequestReader::State::kDone &&
         reader->state() != RequestReader::State::kBad) {
    const size_t used = reader->Feed(waiting);
    waiting.erase(0, used);
    if (used > 0) continue;
    if (bytes.empty()) break;
    waiting += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  return waiting + std::string(bytes);
}

TEST(RequestReaderTest, ReadsHowEverTheBytesAreCut) {
  const std::string_view chunked =
      "POST /api/v1/events?since=15m&text=a+b%26 HTTP/1.1\r\nHost: hub:1\r\nX-Odd:  v \r\n"
      "Transfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n1;ext=\"v\"\r\n \r\n5\r\nworld\r\n0\r\nTrailer: dropped\r\n\r\nGET /next";
  for (size_t step = 1; step <= chunked.size(); ++step) {
    RequestReader reader(kLimits, nullptr);
    EXPECT_EQ(FeedAll(&reader, chunked, step), "GET /next");
    ASSERT_EQ(reader.state(), RequestReader::State::kDone) << step << reader.reason();
    const Request& request = reader.request();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/api/v1/events");
    EXPECT_EQ(request.Query("text"), "a b&");
    EXPECT_EQ(request.Header("x-odd"), "v");
    EXPECT_EQ(request.Header("trailer"), "");
    EXPECT_EQ(request.body, "hello world");
  }
}

TEST(RequestReaderTest, StopsBehindTheHeadOnce) {
  RequestReader reader(kLimits, nullptr);
  const std::string_view bytes = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
  const size_t used = reader.Feed(bytes);
  EXPECT_EQ(reader.state(), RequestReader::State::kBody);
  EXPECT_EQ(reader.content_length(), 3u);
  EXPECT_EQ(reader.Feed(bytes.substr(used)), 3u);
  EXPECT_EQ(reader.state(), RequestReader::State::kDone);
  EXPECT_EQ(reader.request().body, "abc");
}

TEST(RequestReaderTest, AbsoluteFormNamesTheHost) {
  RequestReader reader(kLimits, nullptr);
  FeedAll(&reader, "GET http://evil.example?a=1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 99);
  ASSERT_EQ(reader.state(), RequestReader::State::kDone);
  EXPECT_EQ(reader.request().Header("host"), "evil.example");
  EXPECT_EQ(reader.request().path, "/");
  EXPECT_EQ(reader.request().Query("a"), "1");
}

TEST(RequestReaderTest, KeepAlive) {
  const auto keeps = [](std::string_view head) {
    RequestReader reader(kLimits, nullptr);
    FeedAll(&reader, head, 1000);
    EXPECT_EQ(reader.state(), RequestReader::State::kDone);
    return reader.keep_alive();
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

struct BadCase {
  const char* name;
  std::string_view tail;  // behind a chunked head
  int status;
};
class BadChunkTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadChunkTest, IsRefusedHowEverItIsCut) {
  const std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
                            std::string(GetParam().tail) + "0\r\n\r\n0\r\n\r\n";
  for (size_t step = 1; step <= bytes.size(); ++step) {
    RequestReader reader(kLimits, nullptr);
    FeedAll(&reader, bytes, step);
    ASSERT_EQ(reader.state(), RequestReader::State::kBad) << step;
    EXPECT_EQ(reader.status(), GetParam().status) << reader.reason();
    EXPECT_FALSE(reader.keep_alive());
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BadChunkTest,
    testing::Values(
        BadCase{"SizeOverflow", "fffffffffffffffff\r\n", 400},
        BadCase{"NotHex", "xyz\r\nabc\r\n", 400}, BadCase{"HexPrefix", "0x3\r\nabc\r\n", 400},
        BadCase{"Negative", "-3\r\nabc\r\n", 400}, BadCase{"BareLineFeed", "3\nabc\n", 400},
        BadCase{"LongerThanItSays", "3\r\nabcd\r\n", 400}, BadCase{"TooLarge", "ff\r\n", 413},
        BadCase{"TooLargeTogether", "20\r\n01234567890123456789012345678901\r\n30\r\n", 413}),
    [](const auto& test) { return test.param.name; });

TEST(RequestReaderTest, BodyLimit) {
  RequestReader reader(kLimits, nullptr);
  FeedAll(&reader, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\n", 1000);
  EXPECT_EQ(reader.state(), RequestReader::State::kBad);
  EXPECT_EQ(reader.status(), 413);
}

TEST(RequestReaderTest, EndlessChunkHeaderIsRefused) {
  RequestReader reader(kLimits, nullptr);
  std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;";
  bytes += std::string(4000, 'x');
  FeedAll(&reader, bytes, 100);
  EXPECT_EQ(reader.state(), RequestReader::State::kBad);
  EXPECT_EQ(reader.status(), 400);
}

TEST(RequestReaderTest, BodiesAreChargedToTheBudget) {
  MemoryBudget budget(10);
  {
    RequestReader reader(kLimits, &budget);
    const std::string_view head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n";
    FeedAll(&reader, std::string(head) + "12345678", 1000);
    EXPECT_EQ(reader.state(), RequestReader::State::kDone);
    EXPECT_EQ(budget.used(), 8u);

    RequestReader second(kLimits, &budget);
    FeedAll(&second, std::string(head) + "12345678", 1000);
    EXPECT_EQ(second.state(), RequestReader::State::kBad);
    EXPECT_EQ(second.status(), 503);

    RequestReader third(kLimits, &budget);
    third.Feed(head);
    third.DiscardBody();
    FeedAll(&third, "12345678", 1000);
    EXPECT_EQ(third.state(), RequestReader::State::kDone);
    EXPECT_EQ(third.request().body, "");
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(RequestReaderTest, ExpectationsBesides100ContinueAreRefused) {
  RequestReader reader(kLimits, nullptr);
  FeedAll(&reader, "POST / HTTP/1.1\r\nHost: a\r\nExpect: gold\r\nContent-Length: 1\r\n\r\nx", 99);
  EXPECT_EQ(reader.status(), 417);
}

}  // namespace
}  // namespace srehub::http
