#include "app/config_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <utility>

#include "app/config_settings.h"
#include "app/config_source.h"
#include "base/text.h"

namespace srehub::app {
namespace {

bool ParseDigest(std::string_view hex, std::array<unsigned char, 32>* digest) {
  if (hex.size() != 64) return false;
  for (size_t i = 0; i < digest->size(); ++i) {
    const char* begin = hex.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, (*digest)[i], 16);
    if (error != std::errc() || end != begin + 2) return false;
  }
  return true;
}

// Walks the document. yaml-cpp reports through exceptions; ParseConfigFile catches them at the
// edge, so the walk itself only returns statuses.
class FileReader {
 public:
  FileReader(std::string name, std::string folder)
      : name_(std::move(name)), folder_(std::move(folder)) {
    for (const Setting& setting : Settings()) known_.emplace_back(setting.key);
    known_.emplace_back("sources");
    known_.emplace_back("tokens");
    known_.emplace_back("services");
  }

  Status Read(const YAML::Node& root) {
    if (root.IsNull()) return {};
    return Members(root, "");
  }
  FileContent Take() { return std::move(content_); }

 private:
  tl::unexpected<Error> Wrong(const YAML::Node& node, std::string message) const {
    return Fail(ErrorCode::kInvalidArgument, std::move(message), Position(name_, node.Mark()));
  }

  tl::unexpected<Error> UnknownKey(const YAML::Node& key, const std::string& path,
                                   const std::vector<std::string>& known) const {
    const std::string nearest = Nearest(path, known);
    return Wrong(key, "unknown key '" + path + "'" +
                          (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  }

  Status CheckMap(const YAML::Node& node, const std::string& path) const {
    if (!node.IsMap())
      return Wrong(node, (path.empty() ? "the file" : "'" + path + "'") +
                             std::string(" must be a map of keys"));
    std::set<std::string> seen;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) return Wrong(entry.first, "a key must be a word");
      if (!seen.insert(entry.first.Scalar()).second)
        return Wrong(entry.first, "key '" + entry.first.Scalar() + "' is given twice");
    }
    return {};
  }

  bool IsPrefix(const std::string& path) const {
    return std::ranges::any_of(known_,
                               [&](const std::string& key) { return key.starts_with(path + "."); });
  }

  Status Members(const YAML::Node& node, const std::string& prefix) {
    SREHUB_CHECK_OK(CheckMap(node, prefix));
    for (const auto& entry : node) {
      const std::string path =
          prefix.empty() ? entry.first.Scalar() : prefix + "." + entry.first.Scalar();
      if (path == "sources") {
        SREHUB_CHECK_OK(Sources(entry.second));
      } else if (path == "services") {
        SREHUB_CHECK_OK(Services(entry.second));
      } else if (path == "tokens") {
        SREHUB_CHECK_OK(Tokens(entry.second));
      } else if (FindSetting(path) != nullptr) {
        SREHUB_CHECK_OK(Value(entry.second, path));
      } else if (IsPrefix(path)) {
        SREHUB_CHECK_OK(Members(entry.second, path));
      } else {
        return UnknownKey(entry.first, path, known_);
      }
    }
    return {};
  }

  Status Value(const YAML::Node& node, const std::string& path) {
    FileValue value{.key = path, .values = {}, .where = Position(name_, node.Mark())};
    const bool is_list = FindSetting(path)->is_list;
    if (node.IsScalar()) {
      value.values.push_back(node.Scalar());
    } else if (node.IsSequence() && is_list) {
      for (const YAML::Node& item : node) {
        if (!item.IsScalar()) return Wrong(item, "'" + path + "' must be a list of words");
        value.values.push_back(item.Scalar());
      }
    } else if (node.IsNull()) {
      return Wrong(node, "'" + path + "' has no value; leave the line out for the default");
    } else {
      return Wrong(node, "'" + path + "' must be " + (is_list ? "a list of words" : "one value"));
    }
    content_.values.push_back(std::move(value));
    return {};
  }

  Status Sources(const YAML::Node& node) {
    SREHUB_CHECK_OK(CheckMap(node, "sources"));
    content_.sources_where = Position(name_, node.Mark());
    for (const auto& entry : node) {
      const std::string name = entry.first.Scalar();
      SREHUB_CHECK_OK(CheckMap(entry.second, "sources." + name));
      auto source = ReadSource({name_, folder_}, name, entry.first, entry.second);
      if (!source) return tl::unexpected(std::move(source).error());
      content_.sources[name] = std::move(*source);
    }
    return {};
  }

  Status Services(const YAML::Node& node) {
    SREHUB_CHECK_OK(CheckMap(node, "services"));
    for (const auto& entry : node) {
      const std::string name = entry.first.Scalar();
      SREHUB_CHECK_OK(CheckService(entry.first));
      SREHUB_CHECK_OK(CheckMap(entry.second, "services." + name));
      for (const auto& member : entry.second) {
        if (member.first.Scalar() != "depends_on")
          return UnknownKey(member.first, member.first.Scalar(), {"depends_on"});
        std::vector<std::string>& services = content_.depends_on[name];
        SREHUB_CHECK_OK(Words(member.second, "depends_on", &services));
        for (const YAML::Node& service : member.second) SREHUB_CHECK_OK(CheckService(service));
      }
    }
    return {};
  }

  Status CheckService(const YAML::Node& node) const {
    const std::string slug = Slug(node.Scalar(), limits::kMaxServiceIdBytes);
    if (!slug.empty() && slug == node.Scalar()) return {};
    return Wrong(node, "'" + node.Scalar() + "' is not a service's name" +
                           (slug.empty() ? "" : "; that would be '" + slug + "'"));
  }

  Status Tokens(const YAML::Node& node) {
    if (!node.IsSequence()) return Wrong(node, "'tokens' must be a list");
    content_.tokens_where = Position(name_, node.Mark());
    std::set<std::string> names;
    for (const YAML::Node& item : node) {
      SREHUB_CHECK_OK(Token(item));
      if (!names.insert(content_.tokens.back().name).second)
        return Wrong(item, "two tokens are named '" + content_.tokens.back().name + "'");
    }
    return {};
  }

  Status Words(const YAML::Node& node, std::string_view key, std::vector<std::string>* out) const {
    if (!node.IsSequence()) return Wrong(node, "'" + std::string(key) + "' must be a list");
    for (const YAML::Node& word : node) {
      if (!word.IsScalar()) return Wrong(word, "'" + std::string(key) + "' is a list of words");
      out->push_back(word.Scalar());
    }
    return {};
  }

  Status Token(const YAML::Node& node) {
    SREHUB_CHECK_OK(CheckMap(node, "tokens"));
    const std::vector<std::string> known = {"name", "scopes", "sources", "token_file", "sha256"};
    std::string name;
    std::string file;
    std::string digest;
    std::vector<std::string> scope_words;
    std::vector<std::string> sources;
    for (const auto& entry : node) {
      const std::string key = entry.first.Scalar();
      if (key == "scopes") {
        SREHUB_CHECK_OK(Words(entry.second, key, &scope_words));
      } else if (key == "sources") {
        SREHUB_CHECK_OK(Words(entry.second, key, &sources));
      } else if (key == "token" || key == "secret") {
        return Wrong(entry.first,
                     "a secret does not belong into the configuration; name a file with "
                     "'token_file', or give its 'sha256'");
      } else if (std::ranges::find(known, key) == known.end()) {
        return UnknownKey(entry.first, key, known);
      } else if (!entry.second.IsScalar()) {
        return Wrong(entry.second, "'" + key + "' is one value");
      } else {
        (key == "name" ? name : key == "sha256" ? digest : file) = entry.second.Scalar();
      }
    }
    std::vector<http::Scope> scopes;
    for (const std::string& word : scope_words) {
      http::Scope scope{};
      if (!http::ParseScope(word, &scope) || scope == http::Scope::kNone)
        return Wrong(node, "scope '" + word + "' is not one of ingest, read, admin");
      scopes.push_back(scope);
    }
    if (file.empty() == digest.empty())
      return Wrong(node, "token '" + name + "' needs exactly one of 'token_file' and 'sha256'");
    return AddToken(node, name, file, digest, scopes, std::move(sources));
  }

  Status AddToken(const YAML::Node& node, const std::string& name, const std::string& file,
                  const std::string& digest, const std::vector<http::Scope>& scopes,
                  std::vector<std::string> sources) {
    if (!digest.empty()) {
      http::Token token;
      if (!ParseDigest(digest, &token.digest))
        return Wrong(node, "token '" + name + "': sha256 is 64 hexadecimal digits");
      if (name.empty() || scopes.empty())
        return Wrong(node, "token '" + name + "' needs a name and at least one scope");
      token.name = name;
      token.sources = std::move(sources);
      for (const http::Scope scope : scopes) {
        token.ingest |= scope == http::Scope::kIngest;
        token.read |= scope == http::Scope::kRead;
        token.admin |= scope == http::Scope::kAdmin;
      }
      content_.tokens.push_back(std::move(token));
      return {};
    }
    const auto secret = ReadSecretFile((std::filesystem::path(folder_) / file).string());
    if (!secret) return Wrong(node, "token '" + name + "': " + secret.error().message);
    auto token = http::MakeToken(name, *secret, scopes, std::move(sources));
    if (!token) return Wrong(node, "token '" + name + "': " + token.error().message);
    content_.tokens.push_back(std::move(*token));
    return {};
  }

  const std::string name_;
  const std::string folder_;
  std::vector<std::string> known_;
  FileContent content_;
};

}  // namespace

Result<FileContent> ParseConfigFile(const std::string& name, const std::string& text,
                                    const std::string& folder) {
  try {
    FileReader reader(name, folder);
    SREHUB_CHECK_OK(reader.Read(YAML::Load(text)));
    return reader.Take();
  } catch (const YAML::Exception& e) {
    return Fail(ErrorCode::kInvalidArgument, e.msg, Position(name, e.mark));
  }
}

Result<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return Fail(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                "cannot read " + path + ": " + std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return Fail(ErrorCode::kUnavailable, "cannot read " + path);
  return text;
}

Result<std::string> ReadSecretFile(const std::string& path) {
  SREHUB_TRY(std::string secret, ReadWholeFile(path));
  if (secret.ends_with('\n')) secret.pop_back();
  if (secret.ends_with('\r')) secret.pop_back();
  return secret;
}

}  // namespace srehub::app
