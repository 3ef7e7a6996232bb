// A lock on a file, against other processes and against other openings of the
// file in this one. It goes with the process, however that ends.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace hns {

class FileLock {
 public:
  // Makes the file when there is none, readable by its owner only.
  // ERROR_ACCESS_DENIED, ERROR_DISK_FULL, ERR_STATE_UNAVAILABLE.
  static base::Result<FileLock> Open(const std::filesystem::path& file);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

  // Each waits; from shared to exclusive and back another may come between.
  base::Status LockExclusive();
  base::Status LockShared();
  // False: another holds it, and this one holds nothing.
  bool TryLockExclusive();
  void Unlock();

 private:
  explicit FileLock(std::intptr_t file) : file_(file) {}
  std::intptr_t file_;  // A descriptor, or a HANDLE; -1: none.
};

}  // namespace hns
