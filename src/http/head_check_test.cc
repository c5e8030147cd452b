#include "http/head_check.h"

#include <gtest/gtest.h>

namespace srehub::http {
namespace {

constexpr size_t kMax = 1024;

HeadScan Scan(std::string_view bytes) { return ScanHead(bytes, kMax); }

TEST(HeadCheckTest, TakesWhatClientsSend) {
  for (const std::string_view head : {
           "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET /a%20b?c=d&e HTTP/1.1\r\nHost: [::1]:8484\r\nAccept:\t*/*  \r\n\r\n",
           "POST /x HTTP/1.1\r\nhost: a\r\ncontent-length: 12\r\n\r\n",
           "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n",
           "GET / HTTP/1.0\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nX-High: caf\xc3\xa9\r\n\r\n",
       }) {
    const HeadScan scan = Scan(head);
    EXPECT_EQ(scan.state, HeadScan::State::kComplete) << head << scan.reason;
    EXPECT_EQ(scan.length, head.size());
    EXPECT_EQ(scan.skip, 0u);
    // What follows belongs to the body and is not looked at.
    EXPECT_EQ(Scan(std::string(head) + "\n\x01").length, head.size());
    for (size_t n = 0; n < head.size(); ++n)
      EXPECT_EQ(Scan(head.substr(0, n)).state, HeadScan::State::kNeedMore) << n;
  }
}

TEST(HeadCheckTest, OneEmptyLineBeforeTheRequestIsDropped) {
  const HeadScan scan = Scan("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(scan.state, HeadScan::State::kComplete);
  EXPECT_EQ(scan.skip, 2u);
  EXPECT_EQ(Scan("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").state, HeadScan::State::kBad);
}

struct BadHead {
  const char* name;
  std::string_view head;
  int status = 400;
};

class BadHeadTest : public testing::TestWithParam<BadHead> {};

TEST_P(BadHeadTest, IsRefused) {
  const HeadScan scan = Scan(GetParam().head);
  EXPECT_EQ(scan.state, HeadScan::State::kBad);
  EXPECT_EQ(scan.status, GetParam().status);
  EXPECT_FALSE(scan.reason.empty());
}

using namespace std::string_view_literals;

INSTANTIATE_TEST_SUITE_P(
    All, BadHeadTest,
    testing::Values(
        BadHead{"LengthAndCoding",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
                "Transfer-Encoding: chunked\r\n\r\n"},
        BadHead{"CodingAndLength",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                "Content-Length: 4\r\n\r\n"},
        BadHead{"TwoLengths",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\n"},
        BadHead{"LengthList", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4, 4\r\n\r\n"},
        BadHead{"LengthPlus", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n"},
        BadHead{"LengthMinus", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"},
        BadHead{"LengthHex", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n"},
        BadHead{"LengthEmpty", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"},
        BadHead{"LengthOverflow",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n"},
        BadHead{"TwoCodings",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                "Transfer-Encoding: chunked\r\n\r\n"},
        BadHead{"CodingList",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
        BadHead{"CodingUnknown",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n"},
        BadHead{"CodingInOldVersion", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        BadHead{"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
        BadHead{"Folded", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n"},
        BadHead{"FoldedFirst", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
        BadHead{"BareLineFeed", "GET / HTTP/1.1\nHost: a\n\n"},
        BadHead{"BareLineFeedInField", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\nY: 2\r\n\r\n"},
        BadHead{"BareReturn", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n"},
        BadHead{"Nul", "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"sv},
        BadHead{"NoHost", "GET / HTTP/1.1\r\n\r\n"},
        BadHead{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
        BadHead{"NoColon", "GET / HTTP/1.1\r\nHost a\r\n\r\n"},
        BadHead{"EmptyName", "GET / HTTP/1.1\r\n: a\r\n\r\n"},
        BadHead{"TwoSpaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
        BadHead{"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"},
        BadHead{"FragmentInTarget", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
        BadHead{"NoVersion", "GET /\r\nHost: a\r\n\r\n"},
        BadHead{"WrongVersion", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        BadHead{"Tls", "\x16\x03\x01\x02"}),
    [](const auto& test) { return test.param.name; });

TEST(HeadCheckTest, LimitsAreKept) {
  const std::string long_field =
      "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(kMax, 'x') + "\r\n\r\n";
  EXPECT_EQ(Scan(long_field).status, 431);
  // It does not wait for the end of a head that is too large already.
  EXPECT_EQ(Scan(long_field.substr(0, kMax + 1)).state, HeadScan::State::kBad);

  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (size_t i = 0; i < kMaxHeaderFields; ++i) many += "X: 1\r\n";
  EXPECT_EQ(ScanHead(many + "\r\n", 16 * 1024).status, 431);
}

}  // namespace
}  // namespace srehub::http
