// One entry of the configuration's `sources`. Internal to the reading of the file.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

#include "app/config.h"
#include "base/result.h"

namespace srehub::app {

struct FilePlace {
  std::string name;    // of the configuration file, for messages
  std::string folder;  // where relative names of files begin
};

// "srehub.yaml:3:5".
std::string Position(const std::string& name, const YAML::Mark& mark);

// `node` is a map without repeated keys. Errors: kInvalidArgument with file:line:column.
Result<SourceConfig> ReadSource(const FilePlace& place, const std::string& name,
                                const YAML::Node& key, const YAML::Node& node);

}  // namespace srehub::app
