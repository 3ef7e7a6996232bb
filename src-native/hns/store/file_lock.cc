#include "hns/store/file_lock.h"

#include <utility>

#include "hns/store/state_error.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#endif

namespace hns {

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

#if defined(_WIN32)

namespace {

HANDLE HandleOf(std::intptr_t file) { return reinterpret_cast<HANDLE>(file); }

// Windows keeps other handles from reading and writing what is locked: so it is a
// byte behind everything that can be there.
OVERLAPPED BehindTheEnd() {
  OVERLAPPED place{};
  place.OffsetHigh = 0x7fffffff;
  return place;
}

bool Lock(std::intptr_t file, DWORD flags) {
  OVERLAPPED place = BehindTheEnd();
  return LockFileEx(HandleOf(file), flags, 0, 1, 0, &place) != 0;
}

}  // namespace

base::Result<FileLock> FileLock::Open(const std::filesystem::path& file) {
  const HANDLE handle = CreateFileW(file.c_str(), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                    nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (handle == INVALID_HANDLE_VALUE) return SystemError(static_cast<int>(GetLastError()), "open", file);
  return FileLock(reinterpret_cast<std::intptr_t>(handle));
}

FileLock::~FileLock() {
  if (file_ != -1) CloseHandle(HandleOf(file_));
}

// A handle may hold several locks on one range, so an old one goes before another
// is taken.
base::Status FileLock::LockExclusive() {
  Unlock();
  if (Lock(file_, LOCKFILE_EXCLUSIVE_LOCK)) return {};
  return SystemError(static_cast<int>(GetLastError()), "lock", {});
}

base::Status FileLock::LockShared() {
  Unlock();
  if (Lock(file_, 0)) return {};
  return SystemError(static_cast<int>(GetLastError()), "lock", {});
}

bool FileLock::TryLockExclusive() {
  Unlock();
  return Lock(file_, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY);
}

void FileLock::Unlock() {
  OVERLAPPED place = BehindTheEnd();
  UnlockFileEx(HandleOf(file_), 0, 1, 0, &place);
}

#else

namespace {

base::Status Lock(std::intptr_t file, int operation) {
  while (::flock(static_cast<int>(file), operation) != 0) {
    if (errno != EINTR) return SystemError(errno, "lock", {});
  }
  return {};
}

}  // namespace

base::Result<FileLock> FileLock::Open(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return SystemError(errno, "open", file);
  return FileLock(descriptor);
}

FileLock::~FileLock() {
  if (file_ != -1) ::close(static_cast<int>(file_));
}

base::Status FileLock::LockExclusive() { return Lock(file_, LOCK_EX); }
base::Status FileLock::LockShared() { return Lock(file_, LOCK_SH); }
bool FileLock::TryLockExclusive() { return Lock(file_, LOCK_EX | LOCK_NB).ok(); }
void FileLock::Unlock() { (void)Lock(file_, LOCK_UN); }

#endif

}  // namespace hns
