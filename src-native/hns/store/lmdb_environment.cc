#include "hns/store/lmdb_environment.h"

#include <lmdb.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "hns/store/lmdb_check.h"
#include "hns/store/state_error.h"

namespace hns {

namespace {

// A transaction touches at most every page there is, and what it adds comes from
// documents of bounded size: so this much address space beyond what is in use
// is never filled by one.
constexpr std::size_t kHeadroomBytes = std::size_t{1} << 28;
constexpr unsigned kMaxReaders = 1000;
// Slots of readers whose process was killed keep old pages from being used again.
constexpr std::uint64_t kTurnsBetweenReaderChecks = 256;

// users.lock has content as soon as data.mdb has: a folder that has lost
// data.mdb is told from one that never had it.
constexpr std::string_view kUsed = "hns-vfp state\n";

base::Status CheckFiles(const std::filesystem::path& folder) {
  const std::filesystem::path data = folder / "data.mdb";
  std::error_code error;
  if (std::filesystem::is_directory(data, error)) {
    return base::MakeError(base::hr::ERR_STATE_UNAVAILABLE, "`" + data.string() + "` is a directory, not a file");
  }
  const auto data_bytes = std::filesystem::file_size(data, error);
  const bool is_empty = error == std::errc::no_such_file_or_directory || (!error && data_bytes == 0);
  if (is_empty && std::filesystem::file_size(folder / "users.lock", error) > 0 && !error) {
    return base::MakeError(base::hr::ERR_STATE_DAMAGED,
                           "`" + data.string() +
                               "` is missing or empty: nothing of it can be read. Go back to a copy of "
                               "the folder, or begin with another one");
  }
  return CheckLmdbFile(data);
}

base::Status MarkUsed(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::file_size(folder / "users.lock", error) > 0) return {};
  std::ofstream file(folder / "users.lock", std::ios::binary | std::ios::app);
  if (file << kUsed && file.flush()) return {};
  return base::MakeError(base::hr::ERROR_DISK_FULL, "cannot write to `" + (folder / "users.lock").string() + "`");
}

}  // namespace

// Open environments by folder: the one static of this room, because LMDB must
// not be opened twice in a process and Workers have nothing else in common.
// Leaked, because a process that exits may still have threads in here.
class EnvironmentRegistry {
 public:
  static EnvironmentRegistry& Get() {
    static EnvironmentRegistry& registry = *new EnvironmentRegistry;
    return registry;
  }

  base::Result<EnvironmentLease> Open(const std::filesystem::path& named) {
    const std::lock_guard lock(mutex_);
    std::error_code error;
    const bool made = std::filesystem::create_directory(named, error);
    if (error) return SystemError(error.value(), "make the folder", named);
    if (made) std::filesystem::permissions(named, std::filesystem::perms::owner_all, error);
    const std::filesystem::path folder = std::filesystem::canonical(named, error);
    if (error) return SystemError(error.value(), "open", named);
    HNS_ASSIGN_OR_RETURN(FileLock opening, FileLock::Open(folder / "opening.lock"));
    HNS_RETURN_IF_ERROR(opening.LockExclusive());
    // The same folder may have several names that are all canonical.
    for (auto& [environment, leases] : leases_) {
      if (!std::filesystem::equivalent(environment->folder(), folder, error) || error) continue;
      ++leases;
      return EnvironmentLease(environment, /*is_first=*/false, std::move(opening));
    }

    HNS_ASSIGN_OR_RETURN(FileLock users, FileLock::Open(folder / "users.lock"));
    const bool is_first = users.TryLockExclusive();
    // Others that have it open have found it whole, and write to it.
    if (is_first) HNS_RETURN_IF_ERROR(CheckFiles(folder));
    HNS_ASSIGN_OR_RETURN(FileLock writer, FileLock::Open(folder / "writer.lock"));
    std::unique_ptr<LmdbEnvironment> environment(new LmdbEnvironment(folder, std::move(users), std::move(writer)));
    HNS_RETURN_IF_ERROR(environment->OpenMap());
    if (is_first) HNS_RETURN_IF_ERROR(MarkUsed(folder));
    // Nobody can take it in between: that needs opening.lock.
    HNS_RETURN_IF_ERROR(environment->users_.LockShared());
    leases_.emplace(environment.get(), 1);
    return EnvironmentLease(environment.release(), is_first, std::move(opening));
  }

  void Close(LmdbEnvironment* environment) {
    const std::lock_guard lock(mutex_);
    const auto it = leases_.find(environment);
    if (--it->second > 0) return;
    leases_.erase(it);
    delete environment;
  }

 private:
  std::mutex mutex_;
  std::map<LmdbEnvironment*, std::size_t> leases_;
};

base::Result<EnvironmentLease> EnvironmentLease::Open(const std::filesystem::path& folder) {
  return EnvironmentRegistry::Get().Open(folder);
}

EnvironmentLease::EnvironmentLease(EnvironmentLease&& other) noexcept
    : environment_(std::exchange(other.environment_, nullptr)), is_first_(other.is_first_) {}

EnvironmentLease::~EnvironmentLease() {
  if (environment_ != nullptr) EnvironmentRegistry::Get().Close(environment_);
}

LmdbEnvironment::LmdbEnvironment(std::filesystem::path folder, FileLock users, FileLock writer)
    : folder_(std::move(folder)), users_(std::move(users)), writer_(std::move(writer)) {}

LmdbEnvironment::~LmdbEnvironment() {
  if (env_ != nullptr) ::mdb_env_close(env_);
}

base::Status LmdbEnvironment::OpenMap() {
  if (const int code = ::mdb_env_create(&env_); code != 0) return LmdbError(code, "open", folder_);
  int code = ::mdb_env_set_mapsize(env_, kHeadroomBytes);
  if (code == 0) code = ::mdb_env_set_maxreaders(env_, kMaxReaders);
  // MDB_NOTLS: a reader belongs to its transaction, not to its thread.
  if (code == 0) code = ::mdb_env_open(env_, folder_.string().c_str(), MDB_NOTLS, 0600);
  if (code == 0) code = ::mdb_reader_check(env_, nullptr);
  if (code != 0) return LmdbError(code, "open", folder_);

  HNS_ASSIGN_OR_RETURN(MDB_txn * transaction, Begin(/*writes=*/false));
  code = ::mdb_dbi_open(transaction, nullptr, 0, &database_);
  ::mdb_txn_abort(transaction);
  Leave();
  if (code != 0) return LmdbError(code, "read", folder_);
  return {};
}

base::Result<MDB_txn*> LmdbEnvironment::Begin(bool writes) {
  bool checked_readers = false;
  for (;;) {
    Enter();
    MDB_txn* transaction = nullptr;
    const int code = ::mdb_txn_begin(env_, nullptr, writes ? 0 : MDB_RDONLY, &transaction);
    const std::size_t wanted = code == 0 && writes ? WantedSize() : 0;
    if (code == 0 && wanted == 0) return transaction;
    if (code == 0) ::mdb_txn_abort(transaction);
    Leave();
    int next = 0;
    if (code == 0 || code == MDB_MAP_RESIZED) {
      next = Resize(wanted);
    } else if (code == MDB_READERS_FULL && !checked_readers) {
      checked_readers = true;
      next = ::mdb_reader_check(env_, nullptr);
    } else {
      next = code;
    }
    if (next != 0) return LmdbError(next, writes ? "write to" : "read", folder_);
  }
}

base::Status LmdbEnvironment::Renew(MDB_txn* transaction) {
  for (;;) {
    Enter();
    int code = ::mdb_txn_renew(transaction);
    Leave();
    if (code == MDB_MAP_RESIZED) {
      code = Resize(0);
      if (code == 0) continue;
    }
    if (code != 0) return LmdbError(code, "read", folder_);
    return {};
  }
}

void LmdbEnvironment::Enter(bool nested) {
  std::unique_lock lock(mutex_);
  if (!nested) changed_.wait(lock, [&] { return !moving_; });
  ++inside_;
}

void LmdbEnvironment::Leave() {
  const std::lock_guard lock(mutex_);
  if (--inside_ == 0) changed_.notify_all();
}

int LmdbEnvironment::Resize(std::size_t bytes) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !moving_; });
  moving_ = true;
  changed_.wait(lock, [&] { return inside_ == 0; });
  const int code = ::mdb_env_set_mapsize(env_, bytes);
  moving_ = false;
  changed_.notify_all();
  return code;
}

std::size_t LmdbEnvironment::WantedSize() const {
  MDB_envinfo info{};
  MDB_stat stat{};
  ::mdb_env_info(env_, &info);
  ::mdb_env_stat(env_, &stat);
  const std::size_t used = (info.me_last_pgno + 1) * stat.ms_psize;
  if (info.me_mapsize >= 2 * used + kHeadroomBytes / 2) return 0;
  return 3 * used + kHeadroomBytes;
}

base::Status LmdbEnvironment::TakeTurn() {
  turn_.lock();
  if (base::Status locked = writer_.LockExclusive(); !locked.ok()) {
    turn_.unlock();
    return locked;
  }
  if (++turns_ % kTurnsBetweenReaderChecks == 0) (void)::mdb_reader_check(env_, nullptr);
  return {};
}

void LmdbEnvironment::GiveTurn() {
  writer_.Unlock();
  turn_.unlock();
}

}  // namespace hns
