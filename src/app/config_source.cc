#include "app/config_source.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/config_file.h"
#include "app/config_settings.h"
#include "base/text.h"
#include "ingest/source_health.h"
#include "trust/sns.h"

namespace srehub::app {
namespace {

constexpr size_t kMaxNameBytes = 63;
constexpr size_t kMaxDropRules = 64;
constexpr size_t kMaxTopics = 64;

class SourceReader {
 public:
  SourceReader(const FilePlace& place, std::string name)
      : place_(place), source_name_(std::move(name)) {}

  Result<SourceConfig> Read(const YAML::Node& key, const YAML::Node& node) {
    SREHUB_CHECK_OK(Name(key));
    for (const auto& member : node)
      SREHUB_CHECK_OK(Member(member.first, member.first.Scalar(), member.second));
    SREHUB_CHECK_OK(Whole(node));
    return std::move(out_);
  }

 private:
  tl::unexpected<Error> Wrong(const YAML::Node& node, std::string message) const {
    return Fail(ErrorCode::kInvalidArgument, std::move(message),
                Position(place_.name, node.Mark()));
  }

  Status Name(const YAML::Node& key) {
    if (const auto format = model::ParseFormat(source_name_)) {
      out_.format = *format;
      return {};
    }
    if (model::ParseSource(source_name_)) {
      source_only_ = true;
      return {};
    }
    out_.has_own_path = true;
    if (source_name_ == ingest::kOwnFeed)
      return Wrong(key, "'" + source_name_ + "' is the hub's own name");
    if (Slug(source_name_, kMaxNameBytes) != source_name_)
      return Wrong(key, "'" + source_name_ +
                            "' is neither a source nor a format of the hub, nor a name for one: "
                            "a-z, 0-9, '.', '_' and '-', at most " +
                            std::to_string(kMaxNameBytes));
    return {};
  }

  Status Member(const YAML::Node& at, const std::string& key, const YAML::Node& value) {
    if (key == "trust_clock") return Flag(value, &out_.trust_clock);
    if (key == "silent_after") return Length(value);
    if (source_only_ && KnownKeys().contains(key))
      return Wrong(at, "'" + key + "' belongs to a format or to a source of its own; '" +
                           source_name_ + "' is carried by several formats");
    if (key == "confirm") return Flag(value, &out_.confirm);
    if (key == "format") return Format(at, value);
    if (key == "scheme") return Scheme(value);
    if (key == "min_severity") return MinSeverity(value, &out_.rules.min_severity);
    if (key == "secret_files") return Words(value, key, &out_.secret_files);
    if (key == "certificate_files") return Words(value, key, &out_.certificate_files);
    if (key == "topic_arns") return Words(value, key, &out_.topic_arns);
    if (key == "drop") return DropRules(value);
    if (key == "secret" || key == "secrets")
      return Wrong(at,
                   "a secret does not belong into the configuration; name files with "
                   "'secret_files'");
    const std::vector<std::string> known(KnownKeys().begin(), KnownKeys().end());
    const std::string nearest = Nearest(key, known);
    return Wrong(at, "unknown key '" + key + "'" +
                         (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
  }

  static const std::set<std::string>& KnownKeys() {
    static const std::set<std::string> kKeys = {
        "certificate_files", "confirm",      "drop",       "format",     "min_severity", "scheme",
        "secret_files",      "silent_after", "topic_arns", "trust_clock"};
    return kKeys;
  }

  Status Scalar(const YAML::Node& node) const {
    if (node.IsScalar()) return {};
    return Wrong(node, "one value is expected here");
  }

  Status Flag(const YAML::Node& node, bool* out) const {
    SREHUB_CHECK_OK(Scalar(node));
    if (node.Scalar() != "true" && node.Scalar() != "false")
      return Wrong(node, "'" + node.Scalar() + "' is neither true nor false");
    *out = node.Scalar() == "true";
    return {};
  }

  Status Length(const YAML::Node& node) {
    SREHUB_CHECK_OK(Scalar(node));
    const auto duration = ParseDuration(node.Scalar());
    if (!duration) return Wrong(node, duration.error().message);
    out_.silent_after = *duration;
    return {};
  }

  Status Format(const YAML::Node& at, const YAML::Node& node) {
    SREHUB_CHECK_OK(Scalar(node));
    if (!out_.has_own_path) return Wrong(at, "'" + source_name_ + "' is a format already");
    const auto format = model::ParseFormat(node.Scalar());
    if (!format) return Wrong(node, "there is no format '" + node.Scalar() + "'");
    out_.format = *format;
    return {};
  }

  Status Scheme(const YAML::Node& node) {
    SREHUB_CHECK_OK(Scalar(node));
    const auto scheme = trust::ParseScheme(node.Scalar());
    if (!scheme)
      return Wrong(node, "the scheme '" + node.Scalar() +
                             "' is not one of github, gitlab, circleci, generic, bearer, none");
    scheme_ = *scheme;
    return {};
  }

  Status MinSeverity(const YAML::Node& node, std::optional<model::Severity>* out) const {
    SREHUB_CHECK_OK(Scalar(node));
    *out = model::ParseSeverity(node.Scalar());
    if (*out) return {};
    return Wrong(node, "'" + node.Scalar() + "' is not one of info, low, medium, high, critical");
  }

  Status Words(const YAML::Node& node, const std::string& key,
               std::vector<std::string>* out) const {
    if (!node.IsSequence()) return Wrong(node, "'" + key + "' must be a list");
    for (const YAML::Node& word : node) {
      if (!word.IsScalar() || word.Scalar().empty())
        return Wrong(word, "'" + key + "' is a list of words");
      out->push_back(word.Scalar());
    }
    return {};
  }

  Status DropRules(const YAML::Node& node) {
    if (!node.IsSequence()) return Wrong(node, "'drop' must be a list of matchers");
    if (node.size() > kMaxDropRules)
      return Wrong(node, "'drop' has more than " + std::to_string(kMaxDropRules) + " matchers");
    for (const YAML::Node& item : node) {
      if (!item.IsMap() || item.size() == 0)
        return Wrong(item, "a matcher names at least one of service, type, severity, text");
      ingest::DropMatcher matcher;
      for (const auto& part : item) {
        const std::string key = part.first.Scalar();
        SREHUB_CHECK_OK(Scalar(part.second));
        const std::string& text = part.second.Scalar();
        if (key == "severity") {
          SREHUB_CHECK_OK(MinSeverity(part.second, &matcher.severity));
          continue;
        }
        std::string* target = key == "service" ? &matcher.service
                              : key == "type"  ? &matcher.event_type
                              : key == "text"  ? &matcher.text
                                               : nullptr;
        if (target == nullptr || !target->empty())
          return Wrong(part.first, "'" + key + "' is not one of service, type, severity, text");
        if (text.empty()) return Wrong(part.second, "an empty text matches nothing");
        *target = text;
      }
      out_.rules.drop.push_back(std::move(matcher));
    }
    return {};
  }

  // What the members only tell together.
  Status Whole(const YAML::Node& node) {
    std::vector<std::string> secrets;
    for (const std::string& file : out_.secret_files) {
      auto secret = ReadSecretFile((std::filesystem::path(place_.folder) / file).string());
      if (!secret) return Wrong(node, "source '" + source_name_ + "': " + secret.error().message);
      secrets.push_back(std::move(*secret));
    }
    auto signature = trust::SignatureCheck::Create(scheme_, std::move(secrets));
    if (!signature)
      return Wrong(node, "source '" + source_name_ + "': " + signature.error().message);
    out_.signature = std::move(*signature);
    return Topics(node);
  }

  Status Topics(const YAML::Node& node) {
    if (out_.topic_arns.size() > kMaxTopics)
      return Wrong(node, "'topic_arns' names more than " + std::to_string(kMaxTopics));
    for (const std::string& arn : out_.topic_arns)
      if (trust::RegionOfTopic(arn).empty())
        return Wrong(node, "'" + arn + "' is not the ARN of an SNS topic");
    if (out_.topic_arns.empty() && (out_.confirm || !out_.certificate_files.empty()))
      return Wrong(node, "'confirm' and 'certificate_files' need 'topic_arns' beside them");
    if (!out_.topic_arns.empty() && out_.signature.required())
      return Wrong(node,
                   "a source has either 'topic_arns' or a 'scheme': SNS signs in its own way");
    for (const std::string& file : out_.certificate_files) {
      auto pem = ReadWholeFile((std::filesystem::path(place_.folder) / file).string());
      if (!pem) return Wrong(node, "source '" + source_name_ + "': " + pem.error().message);
      if (pem->find("-----BEGIN CERTIFICATE-----") == std::string::npos)
        return Wrong(node, file + " holds no certificate in PEM");
      out_.certificates.push_back(std::move(*pem));
    }
    return {};
  }

  const FilePlace& place_;
  const std::string source_name_;
  bool source_only_ = false;
  trust::Scheme scheme_ = trust::Scheme::kNone;
  SourceConfig out_;
};

}  // namespace

std::string Position(const std::string& name, const YAML::Mark& mark) {
  if (mark.is_null()) return name;
  return name + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
}

Result<SourceConfig> ReadSource(const FilePlace& place, const std::string& name,
                                const YAML::Node& key, const YAML::Node& node) {
  return SourceReader(place, name).Read(key, node);
}

}  // namespace srehub::app
