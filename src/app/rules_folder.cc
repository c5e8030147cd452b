#include "app/rules_folder.h"

#include <algorithm>
#include <filesystem>

#include "app/config_file.h"

namespace srehub::app {

Result<std::vector<TextFile>> ReadYamlFolder(const std::string& folder) {
  std::vector<TextFile> files;
  if (folder.empty()) return files;
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::filesystem::path& path = it->path();
    if (path.extension() == ".yaml" || path.extension() == ".yml") paths.push_back(path);
    if (paths.size() > kMaxTextFiles)
      return Fail(ErrorCode::kTooLarge,
                  folder + " holds more than " + std::to_string(kMaxTextFiles) + " YAML files");
  }
  if (error) return Fail(ErrorCode::kUnavailable, "cannot list " + folder + ": " + error.message());
  std::ranges::sort(paths);
  for (const std::filesystem::path& path : paths) {
    const auto size = std::filesystem::file_size(path, error);
    if (!error && size > kMaxTextFileBytes)
      return Fail(ErrorCode::kTooLarge, path.string() + " is larger than " +
                                            std::to_string(kMaxTextFileBytes) + " bytes");
    SREHUB_TRY(std::string text, ReadWholeFile(path.string()));
    files.push_back({.name = path.string(), .text = std::move(text)});
  }
  return files;
}

}  // namespace srehub::app
