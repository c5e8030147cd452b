#include "app/config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include "app/config_file.h"
#include "app/config_settings.h"
#include "base/text.h"

namespace srehub::app {
namespace {

// Variables of the hub that are not settings: what the command line takes from the environment,
// and the one token that may come from there.
constexpr std::string_view kTokenVariable = "SREHUB_TOKEN";
constexpr std::string_view kOtherVariables[] = {kTokenVariable, "SREHUB_SERVER", "SREHUB_CONFIG",
                                                "SREHUB_MUTANTS"};

std::vector<std::string> SplitList(const Setting& setting, const std::string& text) {
  if (!setting.is_list) return {text};
  std::vector<std::string> values;
  for (const std::string_view part : Split(text, ','))
    if (const std::string_view trimmed = TrimAscii(part); !trimmed.empty())
      values.emplace_back(trimmed);
  return values;
}

class Loader {
 public:
  explicit Loader(const ConfigRequest& request) : request_(request) {}

  Result<LoadedConfig> Load() {
    if (!request_.file.empty()) SREHUB_CHECK_OK(File());
    SREHUB_CHECK_OK(Environment());
    for (const FlagValue& flag : request_.flags)
      SREHUB_CHECK_OK(Set(flag.key, flag.value, Origin::Kind::kFlag, flag.flag));
    SREHUB_CHECK_OK(CheckWhole());
    return std::move(loaded_);
  }

 private:
  Status Set(std::string_view key, const std::string& text, Origin::Kind kind,
             const std::string& origin) {
    const Setting* setting = FindSetting(key);
    if (setting == nullptr)
      return Fail(ErrorCode::kInternal, "no setting '" + std::string(key) + "'", origin);
    return SetValues(*setting, SplitList(*setting, text), kind, origin);
  }

  Status SetValues(const Setting& setting, const std::vector<std::string>& values,
                   Origin::Kind kind, const std::string& origin) {
    if (values.empty() && !setting.may_be_empty)
      return Fail(ErrorCode::kInvalidArgument,
                  "'" + std::string(setting.key) + "' needs at least one value", origin);
    if (auto status = setting.set(&loaded_.config, values); !status)
      return Fail(ErrorCode::kInvalidArgument,
                  std::string(setting.key) + ": " + status.error().message, origin);
    loaded_.origins[std::string(setting.key)] = {.kind = kind, .text = origin};
    return {};
  }

  Status File() {
    SREHUB_TRY(const std::string text, ReadWholeFile(request_.file));
    const std::filesystem::path folder = std::filesystem::path(request_.file).parent_path();
    SREHUB_TRY(FileContent content, ParseConfigFile(request_.file, text, folder.string()));
    for (const FileValue& value : content.values)
      SREHUB_CHECK_OK(
          SetValues(*FindSetting(value.key), value.values, Origin::Kind::kFile, value.where));
    loaded_.config.sources = std::move(content.sources);
    loaded_.config.tokens = std::move(content.tokens);
    loaded_.config.depends_on = std::move(content.depends_on);
    if (!content.sources_where.empty())
      loaded_.origins["sources"] = {Origin::Kind::kFile, content.sources_where};
    if (!content.tokens_where.empty())
      loaded_.origins["tokens"] = {Origin::Kind::kFile, content.tokens_where};
    return {};
  }

  Status Environment() {
    std::vector<std::string> known(std::begin(kOtherVariables), std::end(kOtherVariables));
    for (const Setting& setting : Settings()) known.push_back(EnvironmentName(setting.key));
    for (const auto& [name, value] : request_.environment) {
      const auto setting = std::ranges::find_if(
          Settings(), [&](const Setting& s) { return EnvironmentName(s.key) == name; });
      if (setting != Settings().end()) {
        SREHUB_CHECK_OK(Set(setting->key, value, Origin::Kind::kEnvironment, name));
      } else if (name == kTokenVariable) {
        SREHUB_CHECK_OK(TokenFromEnvironment(value));
      } else if (std::ranges::find(known, name) == known.end()) {
        // Not an error: Kubernetes puts variables such as SREHUB_SERVICE_HOST into every pod
        // beside a service of this name.
        const std::string nearest = Nearest(name, known);
        loaded_.warnings.push_back("environment variable " + name + " is not a setting" +
                                   (nearest.empty() ? "" : "; did you mean " + nearest + "?"));
      }
    }
    return {};
  }

  Status TokenFromEnvironment(const std::string& secret) {
    if (secret.empty()) return {};
    auto token = http::MakeToken("environment", secret, {http::Scope::kAdmin});
    if (!token)
      return Fail(ErrorCode::kInvalidArgument, token.error().message, std::string(kTokenVariable));
    loaded_.config.tokens.push_back(std::move(*token));
    loaded_.origins["tokens"] = {Origin::Kind::kEnvironment, std::string(kTokenVariable)};
    return {};
  }

  std::string WhereOf(std::string_view key) const {
    const auto it = loaded_.origins.find(key);
    return it == loaded_.origins.end() ? "default" : it->second.text;
  }

  Status CheckSyslog() const {
    const SyslogConfig& syslog = loaded_.config.syslog;
    if (syslog.allow_remote) return {};
    for (const auto& [key, list] :
         {std::pair{"syslog.tcp", &syslog.tcp}, std::pair{"syslog.udp", &syslog.udp}}) {
      for (const std::string& text : *list) {
        SREHUB_TRY(const http::Address address, http::ParseAddress(text));
        if (!http::IsLoopback(address.host))
          return Fail(ErrorCode::kInvalidArgument,
                      std::string(key) + ": " + text +
                          " is not a loopback address, and syslog has no authentication: whoever "
                          "reaches it is believed. Set syslog.allow_remote: true if that is meant",
                      WhereOf(key));
      }
    }
    return {};
  }

  // What only the whole can tell.
  Status CheckWhole() const {
    const Config& config = loaded_.config;
    if (config.tls_certificate.empty() != config.tls_key.empty()) {
      const bool has_key = config.tls_certificate.empty();
      return Fail(ErrorCode::kInvalidArgument,
                  std::string(has_key ? "tls.key needs tls.certificate beside it"
                                      : "tls.certificate needs tls.key beside it"),
                  WhereOf(has_key ? "tls.key" : "tls.certificate"));
    }
    for (const auto& [key, path] :
         {std::pair{"rules", &config.rules}, std::pair{"playbooks", &config.playbooks}}) {
      std::error_code ignored;
      if (!path->empty() && !std::filesystem::is_directory(*path, ignored))
        return Fail(ErrorCode::kInvalidArgument,
                    std::string(key) + ": '" + *path + "' is not a folder", WhereOf(key));
    }
    std::vector<http::Address> addresses;
    for (const std::string& text : config.listen) {
      SREHUB_TRY(http::Address address, http::ParseAddress(text));
      addresses.push_back(std::move(address));
    }
    SREHUB_CHECK_OK(CheckSyslog());
    if (auto status = http::CheckListen(addresses, config.tokens); !status)
      return Fail(status.error().code, status.error().message, WhereOf("listen"));
    if (config.otlp_listen != "off") {
      SREHUB_TRY(http::Address address, http::ParseAddress(config.otlp_listen));
      if (auto status = http::CheckListen({address}, config.tokens); !status)
        return Fail(status.error().code, status.error().message, WhereOf("otlp_listen"));
    }
    return {};
  }

  const ConfigRequest& request_;
  LoadedConfig loaded_;
};

std::string YamlScalar(const std::string& text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '/' || c == '_' || c == '-';
  });
  if (plain) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string YamlValue(const Setting& setting, const std::vector<std::string>& values) {
  if (!setting.is_list) return YamlScalar(values.front());
  std::string out = "[";
  for (const std::string& value : values) out += (out.size() > 1 ? ", " : "") + YamlScalar(value);
  return out + "]";
}

void PrintLine(std::string* out, std::string line, const std::string& origin) {
  constexpr size_t kColumn = 44;
  line.resize(std::max(kColumn, line.size() + 2), ' ');
  *out += line + "# " + origin + "\n";
}

void PrintTokens(std::string* out, const Config& config, const std::string& origin) {
  if (config.tokens.empty()) return;
  PrintLine(out, "tokens:", origin);
  for (const http::Token& token : config.tokens) {
    *out += "  - name: " + YamlScalar(token.name) + "\n    scopes: [";
    std::string scopes;
    for (const auto& [held, word] :
         {std::pair{token.ingest, "ingest"}, std::pair{token.read, "read"},
          std::pair{token.admin, "admin"}})
      if (held) scopes += (scopes.empty() ? "" : ", ") + std::string(word);
    *out += scopes + "]\n";
    if (!token.sources.empty()) {
      *out += "    sources: [";
      for (size_t i = 0; i < token.sources.size(); ++i)
        *out += (i > 0 ? ", " : "") + YamlScalar(token.sources[i]);
      *out += "]\n";
    }
    *out += "    sha256: \"";
    constexpr std::string_view kHex = "0123456789abcdef";
    for (const unsigned char byte : token.digest) {
      *out += kHex[byte >> 4];
      *out += kHex[byte & 15];
    }
    *out += "\"\n";
  }
}

std::string YamlList(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ", ") + YamlScalar(value);
  return "[" + out + "]";
}

// Secrets are shown by the names of their files.
void PrintSource(std::string* out, const std::string& name, const SourceConfig& source) {
  const auto line = [out](std::string_view key, const std::string& value) {
    *out += "    " + std::string(key) + ": " + value + "\n";
  };
  *out += "  " + YamlScalar(name) + ":\n";
  line("trust_clock", source.trust_clock ? "true" : "false");
  if (source.has_own_path) line("format", std::string(model::FormatName(source.format)));
  if (source.silent_after) line("silent_after", FormatDurationShort(*source.silent_after));
  if (source.signature.required()) {
    line("scheme", std::string(trust::SchemeName(source.signature.scheme())));
    line("secret_files", YamlList(source.secret_files));
  }
  if (!source.topic_arns.empty()) line("topic_arns", YamlList(source.topic_arns));
  if (source.confirm) line("confirm", "true");
  if (!source.certificate_files.empty())
    line("certificate_files", YamlList(source.certificate_files));
  if (source.rules.min_severity)
    line("min_severity", std::string(model::SeverityName(*source.rules.min_severity)));
  if (source.rules.drop.empty()) return;
  *out += "    drop:\n";
  for (const ingest::DropMatcher& matcher : source.rules.drop) {
    std::string parts;
    const auto add = [&](std::string_view key, const std::string& value) {
      if (!value.empty())
        parts += (parts.empty() ? "" : ", ") + std::string(key) + ": " + YamlScalar(value);
    };
    add("service", matcher.service);
    add("type", matcher.event_type);
    add("text", matcher.text);
    if (matcher.severity) add("severity", std::string(model::SeverityName(*matcher.severity)));
    *out += "      - {" + parts + "}\n";
  }
}

}  // namespace

Duration LongestRetention(const Config& config) {
  Duration longest = config.retention;
  for (const auto& retention : config.retention_by_severity)
    if (retention) longest = std::max(longest, *retention);
  return longest;
}

Result<LoadedConfig> LoadConfig(const ConfigRequest& request) { return Loader(request).Load(); }

std::vector<std::pair<std::string, std::string>> HubEnvironment(const char* const* environment) {
  std::vector<std::pair<std::string, std::string>> variables;
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const std::string_view entry = *environment;
    const size_t equals = entry.find('=');
    if (!entry.starts_with("SREHUB_") || equals == std::string_view::npos) continue;
    variables.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return variables;
}

std::string PrintConfig(const LoadedConfig& loaded) {
  const auto origin_of = [&](std::string_view key) {
    const auto it = loaded.origins.find(key);
    return it == loaded.origins.end() ? std::string("default") : it->second.text;
  };
  std::string out;
  std::string section;
  for (const Setting& setting : Settings()) {
    std::string_view name = setting.key;
    const size_t dot = name.find('.');
    const std::string group(dot == std::string_view::npos ? "" : name.substr(0, dot));
    if (group != section && !group.empty()) out += group + ":\n";
    section = group;
    if (!group.empty()) name.remove_prefix(dot + 1);
    PrintLine(&out,
              (group.empty() ? "" : "  ") + std::string(name) + ": " +
                  YamlValue(setting, setting.get(loaded.config)),
              origin_of(setting.key));
  }
  if (!loaded.config.sources.empty()) {
    PrintLine(&out, "sources:", origin_of("sources"));
    for (const auto& [name, source] : loaded.config.sources) PrintSource(&out, name, source);
  }
  if (!loaded.config.depends_on.empty()) out += "services:\n";
  for (const auto& [name, services] : loaded.config.depends_on)
    out += "  " + YamlScalar(name) + ": {depends_on: " + YamlList(services) + "}\n";
  PrintTokens(&out, loaded.config, origin_of("tokens"));
  return out;
}

}  // namespace srehub::app
