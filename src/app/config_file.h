// The YAML file of the configuration, flattened: keys with values and positions, the two nested
// parts (`sources`, `tokens`) taken apart.
#pragma once

#include <string>
#include <vector>

#include "app/config.h"
#include "base/result.h"

namespace srehub::app {

struct FileValue {
  std::string key;                  // "tls.certificate"
  std::vector<std::string> values;  // one, or those of a list
  std::string where;                // "srehub.yaml:3:5"
};

struct FileContent {
  std::vector<FileValue> values;
  std::map<std::string, SourceConfig> sources;
  std::map<std::string, std::vector<std::string>, std::less<>> depends_on;
  std::vector<http::Token> tokens;
  std::string sources_where, tokens_where;  // empty: not in the file
};

// Token files are read relative to `folder`. Errors: kInvalidArgument with file:line:column; an
// unknown key names the nearest known one.
Result<FileContent> ParseConfigFile(const std::string& name, const std::string& text,
                                    const std::string& folder);

// Errors: kNotFound, kUnavailable.
Result<std::string> ReadWholeFile(const std::string& path);
// A secret from a file: one trailing line break is not part of it.
Result<std::string> ReadSecretFile(const std::string& path);

}  // namespace srehub::app
