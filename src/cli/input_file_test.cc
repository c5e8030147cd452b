#include "cli/input_file.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>

namespace srehub::cli {
namespace {

class InputFileTest : public ::testing::Test {
 protected:
  ~InputFileTest() override { std::filesystem::remove(path_); }
  Result<std::string> ReadAll(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    SREHUB_TRY(InputFile file, InputFile::Open(path_));
    std::string out;
    for (bool more = true; more;) {
      SREHUB_TRY(more, file.Read(&out));
    }
    EXPECT_EQ(file.bytes_read(), bytes.size());
    EXPECT_EQ(file.size(), bytes.size());
    return out;
  }
  const std::string path_ = ::testing::TempDir() + "srehub-input-file-" + std::to_string(getpid());
};

std::string Zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST_F(InputFileTest, PlainAndCompressed) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "line " + std::to_string(i) + "\n";
  EXPECT_EQ(*ReadAll(text), text);
  EXPECT_EQ(*ReadAll(Gzip(text)), text);
  EXPECT_EQ(*ReadAll(Gzip("one") + Gzip("two")), "onetwo");
  EXPECT_EQ(*ReadAll(Zstd(text)), text);
  EXPECT_EQ(*ReadAll(""), "");
}

TEST_F(InputFileTest, BrokenOffOrNotThere) {
  const std::string whole = Gzip("some text, some text, some text");
  EXPECT_EQ(ReadAll(whole.substr(0, whole.size() - 9)).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(InputFile::Open("/nowhere/at/all").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace srehub::cli
