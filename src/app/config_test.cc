#include "app/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "app/config_file.h"
#include "app/config_settings.h"

namespace srehub::app {
namespace {

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              ("srehub_config_" + std::to_string(::getpid()) + "_" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }
  Result<LoadedConfig> LoadText(const std::string& yaml) const {
    return LoadConfig({.file = Write("srehub.yaml", yaml), .environment = {}, .flags = {}});
  }
  // The error of a file, its place without the folder.
  std::string ErrorOf(const std::string& yaml) const {
    const auto loaded = LoadText(yaml);
    if (loaded) return "loaded";
    std::string where = loaded.error().where;
    if (where.starts_with(folder_.string())) where = where.substr(folder_.string().size() + 1);
    return where + " " + loaded.error().message;
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigTest, EachLayerOverridesTheOneBelowAndIsRemembered) {
  const std::string file = Write("srehub.yaml",
                                 "data: /from/file\n"
                                 "retention: 7d\n"
                                 "log:\n"
                                 "  level: debug\n");
  const auto loaded = LoadConfig(
      {.file = file,
       .environment = {{"SREHUB_DATA", "/from/environment"}, {"SREHUB_LOG_LEVEL", "error"}},
       .flags = {{.key = "data", .value = "/from/flag", .flag = "--data"}}});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->config.data, "/from/flag");
  EXPECT_EQ(loaded->origins.at("data").text, "--data");
  EXPECT_EQ(loaded->config.log_level, "error");
  EXPECT_EQ(loaded->origins.at("log.level").text, "SREHUB_LOG_LEVEL");
  EXPECT_EQ(loaded->config.retention, 7 * kDay);
  EXPECT_EQ(loaded->origins.at("retention").text, file + ":2:12");
  EXPECT_EQ(loaded->config.expire_after, limits::kExpireAfter);
  EXPECT_FALSE(loaded->origins.contains("expire_after"));
}

TEST_F(ConfigTest, AnUnknownKeyNamesItsPlaceAndTheNearestKnownOne) {
  EXPECT_EQ(ErrorOf("data: x\nretension: 3d\n"),
            "srehub.yaml:2:1 unknown key 'retension'; did you mean 'retention'?");
  EXPECT_EQ(ErrorOf("tls:\n  certifcate: x\n"),
            "srehub.yaml:2:3 unknown key 'tls.certifcate'; did you mean 'tls.certificate'?");
  EXPECT_EQ(ErrorOf("zzzzzzzz: x\n"), "srehub.yaml:1:1 unknown key 'zzzzzzzz'");
  EXPECT_EQ(ErrorOf("sources: {logs: {trust_clok: false}}\n"),
            "srehub.yaml:1:18 unknown key 'trust_clok'; did you mean 'trust_clock'?");
  EXPECT_EQ(ErrorOf("data: x\ndata: y\n"), "srehub.yaml:2:1 key 'data' is given twice");
}

TEST_F(ConfigTest, ValuesOutsideTheirRangeAreRefusedWithTheirPlace) {
  EXPECT_EQ(ErrorOf("retention: 1000d\n"), "srehub.yaml:1:12 retention: 1000d is outside 1d..400d");
  EXPECT_EQ(ErrorOf("durability: maybe\n"),
            "srehub.yaml:1:13 durability: 'maybe' is not one of synced, relaxed");
  EXPECT_EQ(ErrorOf("backend: dynamo\n"),
            "srehub.yaml:1:10 backend: 'dynamo' is not one of embedded");
  EXPECT_EQ(ErrorOf("listen: {a: b}\n"), "srehub.yaml:1:9 'listen' must be a list of words");
  EXPECT_EQ(ErrorOf("rules: /no/such/folder\n"),
            "srehub.yaml:1:8 rules: '/no/such/folder' is not a folder");
  EXPECT_NE(ErrorOf("listen: [\n").find("srehub.yaml:"), std::string::npos);
  EXPECT_NE(ErrorOf("time_zone: Europe/Berlon\n").find("srehub.yaml:1:12 time_zone:"),
            std::string::npos);
  EXPECT_EQ(ErrorOf("time_zone: \"+05:45\"\n"), "loaded");
}

TEST_F(ConfigTest, AMissingFileIsSaid) {
  const auto loaded =
      LoadConfig({.file = (folder_ / "absent.yaml").string(), .environment = {}, .flags = {}});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kNotFound);
}

TEST_F(ConfigTest, SecretsComeFromFilesOrTheEnvironmentOnly) {
  Write("ci.token", "0123456789abcdef0123456789abcdef\n");
  const auto loaded = LoadText(
      "tokens:\n"
      "  - name: ci\n"
      "    scopes: [ingest]\n"
      "    sources: [github]\n"
      "    token_file: ci.token\n");
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->config.tokens.size(), 1u);
  const auto same =
      http::MakeToken("ci", "0123456789abcdef0123456789abcdef", {http::Scope::kIngest});
  EXPECT_EQ(loaded->config.tokens[0].digest, same->digest);
  EXPECT_TRUE(loaded->config.tokens[0].ingest);
  EXPECT_FALSE(loaded->config.tokens[0].admin);

  EXPECT_NE(ErrorOf("tokens: [{name: ci, scopes: [read], token: hunter2}]\n").find("token_file"),
            std::string::npos);
  EXPECT_NE(ErrorOf("tokens: [{name: ci, scopes: [read]}]\n").find("exactly one of"),
            std::string::npos);
  EXPECT_NE(ErrorOf("tokens: [{name: ci, scopes: [root], sha256: x}]\n").find("scope 'root'"),
            std::string::npos);
  EXPECT_NE(ErrorOf("tokens: [{name: ci, scopes: [read], sha256: abc}]\n").find("64 hex"),
            std::string::npos);

  const auto from_environment =
      LoadConfig({.file = {},
                  .environment = {{"SREHUB_TOKEN", "0123456789abcdef0123456789abcdef"}},
                  .flags = {}});
  ASSERT_TRUE(from_environment);
  ASSERT_EQ(from_environment->config.tokens.size(), 1u);
  EXPECT_TRUE(from_environment->config.tokens[0].admin);
  const std::string printed = PrintConfig(*from_environment);
  EXPECT_EQ(printed.find("0123456789abcdef0123456789abcdef"), std::string::npos);
}

TEST_F(ConfigTest, AnUnknownVariableIsAWarningBecauseKubernetesMakesThem) {
  const auto loaded =
      LoadConfig({.file = {},
                  .environment = {{"SREHUB_RETENTOIN", "3d"}, {"SREHUB_SERVER", "x"}},
                  .flags = {}});
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->warnings.size(), 1u);
  EXPECT_NE(loaded->warnings[0].find("SREHUB_RETENTION"), std::string::npos);
}

TEST_F(ConfigTest, AnotherAddressThanLoopbackNeedsAToken) {
  const auto refused =
      LoadConfig({.file = {},
                  .environment = {},
                  .flags = {{.key = "listen", .value = "0.0.0.0:8484", .flag = "--listen"}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "--listen");
  const auto taken =
      LoadConfig({.file = {},
                  .environment = {{"SREHUB_TOKEN", "0123456789abcdef0123456789abcdef"}},
                  .flags = {{.key = "listen", .value = "0.0.0.0:8484", .flag = "--listen"}}});
  EXPECT_TRUE(taken);
}

TEST_F(ConfigTest, WhatIsPrintedCanBeLoadedAgain) {
  const auto first = LoadText(
      "listen: [\"127.0.0.1:1\", \"[::1]:2\"]\n"
      "retention_by_severity: {info: 2d}\n"
      "limits: {max_body_bytes: 1MiB}\n"
      "sources: {kubernetes: {trust_clock: false, silent_after: 1h}}\n"
      "tokens:\n"
      "  - name: ci\n"
      "    scopes: [ingest, read]\n"
      "    sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n");
  ASSERT_TRUE(first) << first.error().message;
  const std::string printed = PrintConfig(*first);
  EXPECT_NE(printed.find("# default"), std::string::npos);
  EXPECT_NE(printed.find("srehub.yaml:2:"), std::string::npos);
  const auto second = LoadText(printed);
  ASSERT_TRUE(second) << second.error().message << "\n" << printed;
  for (const Setting& setting : Settings())
    EXPECT_EQ(setting.get(second->config), setting.get(first->config)) << setting.key;
  EXPECT_EQ(second->config.tokens.at(0).digest, first->config.tokens.at(0).digest);
  EXPECT_FALSE(second->config.sources.at("kubernetes").trust_clock);
  EXPECT_EQ(second->config.sources.at("kubernetes").silent_after, 1h);
}

TEST(ConfigSettings, SizesAreReadAndWritten) {
  EXPECT_EQ(*ParseBytes("4096"), 4096u);
  EXPECT_EQ(*ParseBytes("8MiB"), size_t{8} << 20);
  EXPECT_FALSE(ParseBytes("8 MiB"));
  EXPECT_FALSE(ParseBytes("8MB"));
  EXPECT_FALSE(ParseBytes(""));
  EXPECT_FALSE(ParseBytes("99999999999999999999"));
  EXPECT_FALSE(ParseBytes("99999999999GiB"));
  EXPECT_EQ(FormatBytes(size_t{8} << 20), "8MiB");
  EXPECT_EQ(FormatBytes(1500), "1500");
}

TEST(ConfigSettings, EverySettingHasOneVariableAndAHelpText) {
  std::map<std::string, std::string_view> names;
  for (const Setting& setting : Settings()) {
    EXPECT_FALSE(setting.help.empty()) << setting.key;
    EXPECT_TRUE(names.emplace(EnvironmentName(setting.key), setting.key).second) << setting.key;
  }
  EXPECT_EQ(EnvironmentName("tls.certificate"), "SREHUB_TLS_CERTIFICATE");
}

}  // namespace
}  // namespace srehub::app
