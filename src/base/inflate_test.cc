#include "base/inflate.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <random>

namespace srehub {
namespace {

constexpr int kGzip = 31, kZlib = 15, kRaw = -15;

std::string Deflate(std::string_view text, int window_bits) {
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

std::string Zstd(std::string_view text, int window_log = 0) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  if (window_log > 0) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  // Streamed, so that the frame keeps the window asked for.
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  std::string out(ZSTD_compressBound(text.size()), '\0');
  ZSTD_inBuffer in{text.data(), text.size(), 0};
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  while (in.pos < in.size) ZSTD_compressStream2(context, &to, &in, ZSTD_e_continue);
  while (ZSTD_compressStream2(context, &to, &in, ZSTD_e_end) != 0) {
  }
  ZSTD_freeCCtx(context);
  out.resize(to.pos);
  return out;
}

std::string Noise(size_t size) {
  std::mt19937_64 random(size);
  std::string out(size, '\0');
  for (char& c : out) c = static_cast<char>('a' + random() % 16);
  return out;
}

struct Case {
  ContentEncoding encoding;
  std::string bytes;
};
std::vector<Case> AllForms(std::string_view text) {
  return {{ContentEncoding::kIdentity, std::string(text)},
          {ContentEncoding::kGzip, Deflate(text, kGzip)},
          {ContentEncoding::kDeflate, Deflate(text, kZlib)},
          {ContentEncoding::kDeflate, Deflate(text, kRaw)},
          {ContentEncoding::kZstd, Zstd(text)}};
}

TEST(ContentEncodingTest, NamesReadBackInAnyCase) {
  EXPECT_EQ(ParseContentEncoding("GZIP"), ContentEncoding::kGzip);
  EXPECT_EQ(ParseContentEncoding("x-gzip"), ContentEncoding::kGzip);
  EXPECT_EQ(ParseContentEncoding("identity"), ContentEncoding::kIdentity);
  EXPECT_FALSE(ParseContentEncoding("br"));
  EXPECT_FALSE(ParseContentEncoding(""));
}

TEST(InflateTest, GivesBackWhatWasPacked) {
  for (const size_t size : {0u, 1u, 2u, 100u, 65'535u, 65'536u, 65'537u, 700'000u}) {
    const std::string text = Noise(size);
    for (const Case& c : AllForms(text)) {
      const auto got = Inflate(c.encoding, c.bytes);
      ASSERT_TRUE(got) << ContentEncodingName(c.encoding) << size << got.error().message;
      EXPECT_EQ(*got, text);
    }
  }
}

TEST(InflateTest, TakesTheBodyInPieces) {
  const std::string text = Noise(3000);
  for (const size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
    for (const Case& c : AllForms(text)) {
      Inflater inflater(c.encoding);
      std::string out;
      for (size_t i = 0; i < c.bytes.size(); i += piece) {
        ASSERT_TRUE(inflater.Append(std::string_view(c.bytes).substr(i, piece), &out));
      }
      ASSERT_TRUE(inflater.Finish());
      EXPECT_EQ(out, text);
    }
  }
}

TEST(InflateTest, ReadsMembersAndFramesInARow) {
  EXPECT_EQ(Inflate(ContentEncoding::kGzip, Deflate("ab", kGzip) + Deflate("cd", kGzip)).value(),
            "abcd");
  EXPECT_EQ(Inflate(ContentEncoding::kZstd, Zstd("ab") + Zstd("cd")).value(), "abcd");
  EXPECT_FALSE(Inflate(ContentEncoding::kDeflate, Deflate("ab", kZlib) + "x"));
  EXPECT_FALSE(Inflate(ContentEncoding::kGzip, Deflate("ab", kGzip) + "x"));
}

TEST(InflateTest, RefusesWhatBreaksOffAtEveryByte) {
  for (const Case& c : AllForms(Noise(300))) {
    if (c.encoding == ContentEncoding::kIdentity) continue;
    for (size_t size = 0; size < c.bytes.size(); ++size) {
      const auto got = Inflate(c.encoding, std::string_view(c.bytes).substr(0, size));
      ASSERT_FALSE(got) << ContentEncodingName(c.encoding) << " " << size;
      EXPECT_EQ(got.error().code, ErrorCode::kMalformed);
    }
  }
}

TEST(InflateTest, RefusesWhatItIsNot) {
  for (const ContentEncoding encoding :
       {ContentEncoding::kGzip, ContentEncoding::kDeflate, ContentEncoding::kZstd}) {
    const auto got = Inflate(encoding, "{\"plain\": \"JSON\"}");
    ASSERT_FALSE(got) << ContentEncodingName(encoding);
    EXPECT_EQ(got.error().code, ErrorCode::kMalformed);
    EXPECT_NE(got.error().message.find(ContentEncodingName(encoding)), std::string::npos);
  }
}

TEST(InflateTest, DamagedBytesNeverGiveOtherText) {
  const std::string text = Noise(500);
  std::string bytes = Deflate(text, kGzip);
  std::mt19937_64 random(1);
  for (int i = 0; i < 500; ++i) {
    std::string damaged = bytes;
    damaged[10 + random() % (bytes.size() - 10)] ^= static_cast<char>(1 << (random() % 8));
    const auto got = Inflate(ContentEncoding::kGzip, damaged);
    if (got) {
      EXPECT_EQ(*got, text);
    }
  }
}

TEST(InflateTest, HoldsTheCapToTheByte) {
  const std::string text = Noise(200'000);
  for (const Case& c : AllForms(text)) {
    EXPECT_TRUE(Inflate(c.encoding, c.bytes, text.size()));
    const auto got = Inflate(c.encoding, c.bytes, text.size() - 1);
    ASSERT_FALSE(got) << ContentEncodingName(c.encoding);
    EXPECT_EQ(got.error().code, ErrorCode::kTooLarge);
  }
}

TEST(InflateTest, StopsABombByItsRatioLongBeforeTheCap) {
  const std::string zeros(32 * 1024 * 1024, '\0');
  for (const Case& c : AllForms(zeros)) {
    if (c.encoding == ContentEncoding::kIdentity) continue;
    Inflater inflater(c.encoding);
    std::string out;
    const auto got = inflater.Append(c.bytes, &out);
    ASSERT_FALSE(got) << ContentEncodingName(c.encoding);
    EXPECT_EQ(got.error().code, ErrorCode::kTooLarge);
    EXPECT_LE(out.size(),
              std::max(kInflationRatioFrom, c.bytes.size() * kMaxInflationRatio) + 256 * 1024);
  }
}

TEST(InflateTest, TakesSmallOutputsAtAnyRatio) {
  const std::string zeros(kInflationRatioFrom, '\0');
  for (const Case& c : AllForms(zeros)) EXPECT_TRUE(Inflate(c.encoding, c.bytes));
}

TEST(InflateTest, BoundsTheZstdWindow) {
  const std::string text = Noise(100'000);
  EXPECT_TRUE(Inflate(ContentEncoding::kZstd, Zstd(text, kMaxZstdWindowLog)));
  const auto got = Inflate(ContentEncoding::kZstd, Zstd(text, kMaxZstdWindowLog + 1));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace srehub
