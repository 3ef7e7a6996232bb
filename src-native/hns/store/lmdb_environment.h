// A state folder that this process has open: LMDB's environment, and who may
// touch it when.
//
// Files of a folder: data.mdb and lock.mdb are LMDB's. opening.lock is held
// while somebody opens the folder; users.lock is held shared by every process
// that has it open; writer.lock by who writes.
//
// Invariants
//   1. A folder is open once in a process, whatever the path it was named by:
//      LMDB's own locks would be lost with the first of two closings.
//   2. The memory map moves only while nobody is between Enter and Leave. A
//      reader that rests has no pointer into the map, only numbers of pages.
//   3. Who writes has the turn from before its transaction begins until after
//      what it wants to read as it left it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/result.h"
#include "hns/store/file_lock.h"

struct MDB_env;
struct MDB_txn;

namespace hns {

// Callable from any thread.
class LmdbEnvironment {
 public:
  ~LmdbEnvironment();

  MDB_env* env() const { return env_; }
  unsigned database() const { return database_; }
  const std::filesystem::path& folder() const { return folder_; }

  // Begins a transaction, with room for it in the map. On success the caller is
  // inside, until Leave. REQUIRES for a writer: the turn.
  base::Result<MDB_txn*> Begin(bool writes);
  // Begins a reader anew that was reset.
  base::Status Renew(MDB_txn* transaction);
  // `nested`: this thread is inside already. It must say so, because the map
  // waits for it to leave, and nobody else enters meanwhile.
  void Enter(bool nested = false);
  void Leave();

  // The turn to write, against all threads and processes. Waits.
  base::Status TakeTurn();
  void GiveTurn();

 private:
  friend class EnvironmentRegistry;
  LmdbEnvironment(std::filesystem::path folder, FileLock users, FileLock writer);
  base::Status OpenMap();
  // Moves the map; 0: to the size another process has given it.
  int Resize(std::size_t bytes);
  // The size the map should have; 0: it is large enough.
  std::size_t WantedSize() const;

  const std::filesystem::path folder_;
  FileLock users_;
  FileLock writer_;
  MDB_env* env_ = nullptr;
  unsigned database_ = 0;

  std::mutex turn_;
  std::uint64_t turns_ = 0;  // Guarded by turn_.

  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_ = 0;  // Guarded by mutex_.
  bool moving_ = false;     // Guarded by mutex_.
};

// One use of an environment; the last one closes it.
class EnvironmentLease {
 public:
  // Makes the folder when its parent is there. ERROR_ACCESS_DENIED,
  // ERROR_DISK_FULL, ERR_STATE_DAMAGED, ERR_STATE_UNAVAILABLE.
  static base::Result<EnvironmentLease> Open(const std::filesystem::path& folder);
  EnvironmentLease(EnvironmentLease&& other) noexcept;
  EnvironmentLease& operator=(EnvironmentLease&&) = delete;
  ~EnvironmentLease();

  LmdbEnvironment& operator*() const { return *environment_; }
  LmdbEnvironment* operator->() const { return environment_; }
  // Nobody else had the folder open when this lease was taken.
  bool is_first() const { return is_first_; }
  // Until then nobody else opens the folder.
  void EndOpening() { opening_.reset(); }

 private:
  friend class EnvironmentRegistry;
  EnvironmentLease(LmdbEnvironment* environment, bool is_first, FileLock opening)
      : environment_(environment), is_first_(is_first), opening_(std::move(opening)) {}
  LmdbEnvironment* environment_;
  bool is_first_;
  std::optional<FileLock> opening_;
};

}  // namespace hns
