#include "trust/signature.h"

#include <gtest/gtest.h>

#include <map>

namespace srehub::trust {
namespace {

const Instant kNow = *ParseRfc3339("2025-08-26T14:10:00Z");
const std::string kOld = "It's a Secret to Everybody", kNew = "another-secret-0123456789";

bool Verify(const SignatureCheck& check, const std::map<std::string, std::string>& headers,
            std::string_view body) {
  return check.Verify(
      [&](std::string_view name) -> std::string_view {
        const auto it = headers.find(std::string(name));
        return it == headers.end() ? std::string_view() : std::string_view(it->second);
      },
      body, kNow);
}

SignatureCheck Make(Scheme scheme, std::vector<std::string> secrets = {kOld, kNew}) {
  auto check = SignatureCheck::Create(scheme, std::move(secrets));
  EXPECT_TRUE(check) << check.error().message;
  return check ? std::move(*check) : SignatureCheck();
}

// GitHub's documentation gives this vector.
TEST(Signature, GithubsOwnExample) {
  const std::string hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  EXPECT_EQ(HmacSha256Hex(kOld, "Hello, World!"), hex);
  const SignatureCheck check = Make(Scheme::kGithub);
  EXPECT_TRUE(Verify(check, {{"x-hub-signature-256", "sha256=" + hex}}, "Hello, World!"));
  EXPECT_FALSE(Verify(check, {{"x-hub-signature-256", "sha256=" + hex}}, "Hello, World?"));
}

// RFC 4231, test case 2.
TEST(Signature, Rfc4231) {
  EXPECT_EQ(HmacSha256Hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Signature, BothSecretsLiveWhileTheyRotate) {
  const SignatureCheck check = Make(Scheme::kGithub);
  for (const std::string& secret : {kOld, kNew})
    EXPECT_TRUE(
        Verify(check, {{"x-hub-signature-256", "sha256=" + HmacSha256Hex(secret, "{}")}}, "{}"));
  EXPECT_FALSE(
      Verify(check, {{"x-hub-signature-256", "sha256=" + HmacSha256Hex("third-secret-1234", "{}")}},
             "{}"));
}

TEST(Signature, ForgedGithubSignatures) {
  const SignatureCheck check = Make(Scheme::kGithub);
  const std::string good = HmacSha256Hex(kOld, "{}");
  EXPECT_FALSE(Verify(check, {}, "{}"));
  for (const std::string& bad : std::vector<std::string>{
           std::string(), good, "sha256=", "sha256=" + good.substr(1), "sha256=" + good + "0",
           "sha1=" + good, "sha256=" + std::string(64, '0'), "sha256=" + std::string(64, 'g'),
           "SHA256=" + good, "sha256= " + good, "sha256=" + good + "\n",
           "sha256=" + HmacSha256Hex("", "{}"), "sha256=" + HmacSha256Hex(kOld, "")})
    EXPECT_FALSE(Verify(check, {{"x-hub-signature-256", bad}}, "{}")) << bad;
  for (size_t i = 0; i < good.size(); ++i) {
    std::string flipped = good;
    flipped[i] = flipped[i] == 'a' ? 'b' : 'a';
    EXPECT_FALSE(Verify(check, {{"x-hub-signature-256", "sha256=" + flipped}}, "{}")) << i;
  }
}

TEST(Signature, GitlabAndBearerAreTheSecretItself) {
  EXPECT_TRUE(Verify(Make(Scheme::kGitlab), {{"x-gitlab-token", kNew}}, "{}"));
  EXPECT_FALSE(Verify(Make(Scheme::kGitlab), {{"x-gitlab-token", kNew + "x"}}, "{}"));
  EXPECT_FALSE(Verify(Make(Scheme::kGitlab), {{"x-gitlab-token", kNew.substr(1)}}, "{}"));
  EXPECT_FALSE(Verify(Make(Scheme::kGitlab), {}, "{}"));
  EXPECT_TRUE(Verify(Make(Scheme::kBearer), {{"authorization", "Bearer " + kNew}}, "{}"));
  EXPECT_TRUE(Verify(Make(Scheme::kBearer), {{"authorization", "bearer " + kOld}}, "{}"));
  EXPECT_FALSE(Verify(Make(Scheme::kBearer), {{"authorization", kOld}}, "{}"));
  EXPECT_FALSE(Verify(Make(Scheme::kBearer), {}, "{}"));
}

TEST(Signature, CircleciSendsAListOfVersions) {
  const SignatureCheck check = Make(Scheme::kCircleci);
  const std::string good = HmacSha256Hex(kNew, "{}");
  EXPECT_TRUE(Verify(check, {{"circleci-signature", "v1=" + good}}, "{}"));
  EXPECT_TRUE(Verify(check, {{"circleci-signature", "v2=zzz,v1=" + good}}, "{}"));
  EXPECT_FALSE(Verify(check, {{"circleci-signature", "v2=" + good}}, "{}"));
  EXPECT_FALSE(Verify(check, {{"circleci-signature", good}}, "{}"));
}

TEST(Signature, AGenericSignatureNamesItsInstant) {
  const SignatureCheck check = Make(Scheme::kGeneric);
  const int64_t now = Nanos(kNow) / 1'000'000'000;
  const auto signed_at = [&](const std::string& stamp) {
    return std::map<std::string, std::string>{
        {"x-srehub-timestamp", stamp},
        {"x-srehub-signature", "v1=" + HmacSha256Hex(kOld, stamp + ".{}")}};
  };
  for (const int64_t offset : {0, 299, 300, -300})
    EXPECT_TRUE(Verify(check, signed_at(std::to_string(now + offset)), "{}")) << offset;
  for (const int64_t offset : {301, -301, 86400})
    EXPECT_FALSE(Verify(check, signed_at(std::to_string(now + offset)), "{}")) << offset;
  for (const char* stamp : {"", "-1", "99999999999999999999", "9223372036854775807", "1e9", " 1"})
    EXPECT_FALSE(Verify(check, signed_at(stamp), "{}")) << stamp;
  auto moved = signed_at(std::to_string(now));
  moved["x-srehub-timestamp"] = std::to_string(now + 1);
  EXPECT_FALSE(Verify(check, moved, "{}"));
}

TEST(Signature, WhatIsNoSecretIsRefusedAtTheStart) {
  EXPECT_FALSE(SignatureCheck::Create(Scheme::kGithub, {}));
  EXPECT_FALSE(SignatureCheck::Create(Scheme::kGithub, {""}));
  EXPECT_FALSE(SignatureCheck::Create(Scheme::kGithub, {"short"}));
  EXPECT_FALSE(SignatureCheck::Create(Scheme::kGithub, {kOld, kNew, kOld}));
  EXPECT_FALSE(SignatureCheck::Create(Scheme::kNone, {kOld}));
  EXPECT_TRUE(SignatureCheck::Create(Scheme::kNone, {}));
  EXPECT_FALSE(Verify(SignatureCheck(), {}, "{}"));
}

}  // namespace
}  // namespace srehub::trust
