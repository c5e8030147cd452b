// The table of scalar settings: one row per key of the file, with its environment variable, its
// parser and its printer. What the file, the environment, the flags, `config print` and the manual
// know of a setting comes from here.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.h"
#include "base/result.h"

namespace srehub::app {

struct Setting {
  std::string_view key;       // "tls.certificate"
  std::string_view help;      // one sentence
  bool is_list = false;       // values separated by commas in the environment and in flags
  bool may_be_empty = false;  // a list that may have no value
  bool live = false;          // a reload takes it; the others need a restart
  std::function<Status(Config*, const std::vector<std::string>&)> set;
  std::function<std::vector<std::string>(const Config&)> get;
};

std::span<const Setting> Settings();
const Setting* FindSetting(std::string_view key);
// "tls.certificate" -> "SREHUB_TLS_CERTIFICATE".
std::string EnvironmentName(std::string_view key);
// The known name closest to `name`, or empty when none is near.
std::string Nearest(std::string_view name, std::span<const std::string> known);

// "64KiB", "8MiB", "1GiB", "4096"; and back to the largest whole unit.
Result<size_t> ParseBytes(std::string_view text);
std::string FormatBytes(size_t bytes);

}  // namespace srehub::app
