#include "base/base64.h"

#include <gtest/gtest.h>

#include <random>

namespace srehub {
namespace {

TEST(Base64Test, TheVectorsOfTheStandard) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(Base64Encode(bytes), text);
    EXPECT_EQ(Base64Decode(text).value(), bytes);
  }
  EXPECT_EQ(Base64Encode("\xFB\xFF\xFE"), "+//+");
  EXPECT_EQ(Base64Encode("\xFB\xFF\xFE", Base64Alphabet::kUrl), "-__-");
  EXPECT_EQ(Base64Encode("f", Base64Alphabet::kUrl), "Zg");
}

TEST(Base64Test, TakesMissingPaddingAndRefusesTheRest) {
  EXPECT_EQ(Base64Decode("Zg").value(), "f");
  EXPECT_EQ(Base64Decode("Zm8").value(), "fo");
  for (const char* text : {"Z", "Zg=", "Zg===", "=", "====", "Zm9v=", "Zh==", "Zm9=", "Zm 9v",
                           "Zm9v\n", "Zm-v", "Zm9vY", "Z=g=", "Zg==Zg=="}) {
    const auto got = Base64Decode(text);
    EXPECT_FALSE(got) << text;
    if (!got) {
      EXPECT_EQ(got.error().code, ErrorCode::kMalformed);
    }
  }
  EXPECT_EQ(Base64Decode("Zm9*").error().where, "byte 3");
  EXPECT_FALSE(Base64Decode("+//+", Base64Alphabet::kUrl));
}

TEST(Base64Test, GivesBackAnyBytes) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 1000; ++i) {
    std::string bytes(random() % 50, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    for (const auto alphabet : {Base64Alphabet::kStandard, Base64Alphabet::kUrl}) {
      EXPECT_EQ(Base64Decode(Base64Encode(bytes, alphabet), alphabet).value(), bytes);
    }
  }
}

}  // namespace
}  // namespace srehub
