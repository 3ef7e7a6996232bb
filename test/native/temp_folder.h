// A folder for one test, gone with it.
#pragma once

#include <filesystem>
#include <system_error>

#include "base/guid.h"

namespace native_test {

class TempFolder {
 public:
  TempFolder() {
    const auto wanted = std::filesystem::temp_directory_path() / ("hns-vfp-test-" + base::Guid::Random().ToString());
    std::error_code failed;
    if (!std::filesystem::create_directory(wanted, failed)) return;
    path_ = wanted;
    // As mkdtemp, which Windows has not.
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, failed);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace native_test
