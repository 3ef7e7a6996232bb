// What only a store in a folder does: outlive its process, and be shared.
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "hns/store/lmdb_store.h"
#include "native/temp_folder.h"
#include "native/test.h"

namespace {

using hns::Access;
using hns::LmdbStore;
using hns::Table;
using native_test::TempFolder;

std::string ValueIn(hns::Store& store, std::string_view key) {
  const auto transaction = store.Begin(Access::kRead);
  if (!transaction.ok()) return "(" + transaction.error().detail + ")";
  return std::string((*transaction)->Get(Table::kMeta, key).value_or("(none)"));
}

base::Status PutIn(hns::Store& store, std::string_view key, std::string_view value) {
  HNS_ASSIGN_OR_RETURN(const auto transaction, store.Begin(Access::kWrite));
  transaction->Put(Table::kMeta, key, value);
  return transaction->Commit();
}

base::HResult CodeOfOpening(const std::filesystem::path& folder) {
  const auto store = LmdbStore::Open(folder);
  return store.ok() ? base::hr::OK : store.error().code;
}

TEST("a folder keeps what was committed and not what was not, and is made when it is not there") {
  const TempFolder parent;
  const auto folder = parent.path() / "state";
  {
    const auto store = LmdbStore::Open(folder);
    CHECK(store.ok());
    CHECK(PutIn(**store, "kept", "1").ok());
    auto dropped = (*store)->Begin(Access::kWrite);
    (*dropped)->Put(Table::kMeta, "dropped", "1");
  }
  const auto store = LmdbStore::Open(folder);
  CHECK(store.ok());
  CHECK_EQ(ValueIn(**store, "kept"), "1");
  CHECK_EQ(ValueIn(**store, "dropped"), "(none)");
}

TEST("a folder is readable by its owner only") {
  const TempFolder parent;
  CHECK(LmdbStore::Open(parent.path() / "state").ok());
  struct stat info {};
  CHECK_EQ(::stat((parent.path() / "state").c_str(), &info), 0);
  CHECK_EQ(info.st_mode & 0777, 0700u);
  CHECK_EQ(::stat((parent.path() / "state" / "data.mdb").c_str(), &info), 0);
  CHECK_EQ(info.st_mode & 0777, 0600u);
}

TEST("a folder opened twice in a process, by two names, is one store, and the first closing does not hurt the second") {
  const TempFolder folder;
  const auto other_name = folder.path() / "link";
  std::filesystem::create_directory_symlink(folder.path(), other_name);
  auto first = LmdbStore::Open(folder.path());
  const auto second = LmdbStore::Open(other_name);
  CHECK(first.ok() && second.ok());
  CHECK(PutIn(**first, "x", "1").ok());
  CHECK_EQ(ValueIn(**second, "x"), "1");
  first->reset();
  CHECK(PutIn(**second, "x", "2").ok());
  CHECK_EQ(ValueIn(**second, "x"), "2");
}

TEST("the map grows with what is kept, under the readers of this process, those at rest, too") {
  const TempFolder folder;
  const auto store = LmdbStore::Open(folder.path());
  CHECK(store.ok());
  std::thread reader([&] {
    while (ValueIn(**store, "end") != "1") {
    }
  });
  // A reader that rests keeps its state while the map moves.
  const auto pinned = (*store)->Pin();
  CHECK(pinned.ok());
  // 96 MB in use want a larger map than the first one.
  for (int i = 0; i < 24; ++i) {
    CHECK(PutIn(**store, "big" + std::to_string(i), std::string(4 << 20, 'x')).ok());
  }
  CHECK(PutIn(**store, "end", "1").ok());
  reader.join();
  CHECK_EQ(ValueIn(**store, "big23").size(), std::size_t{4} << 20);
  CHECK(!(*pinned)->Read(nullptr)->Get(Table::kMeta, "big0"));
  CHECK((*pinned)->Renew().ok());
  CHECK((*pinned)->Read(nullptr)->Get(Table::kMeta, "big0").has_value());
}

// Runs `body` in a process of its own and gives its exit status.
template <typename Body>
int InAnotherProcess(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST("a writer that is killed in its turn leaves the turn to others, and no trace") {
  const TempFolder folder;
  const int status = InAnotherProcess([&] {
    const auto store = LmdbStore::Open(folder.path());
    if (!store.ok() || !PutIn(**store, "kept", "1").ok()) ::_exit(1);
    auto transaction = (*store)->Begin(Access::kWrite);
    (*transaction)->Put(Table::kMeta, "half", "1");
    ::kill(::getpid(), SIGKILL);
  });
  CHECK(WIFSIGNALED(status));
  const auto store = LmdbStore::Open(folder.path());
  CHECK(store.ok());
  CHECK_EQ(ValueIn(**store, "kept"), "1");
  CHECK_EQ(ValueIn(**store, "half"), "(none)");
  CHECK(PutIn(**store, "next", "1").ok());
}

TEST("a full disk fails the commit with ERROR_DISK_FULL, and the store goes on with what it had") {
  const TempFolder folder;
  const auto store = LmdbStore::Open(folder.path());
  CHECK(store.ok());
  CHECK(PutIn(**store, "kept", "1").ok());
  // A limit on the size of files fails as a disk without room does.
  struct rlimit before {};
  ::getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit tight = before;
  tight.rlim_cur = 1 << 20;
  const auto old_handler = ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &tight);
  const base::Status written = PutIn(**store, "big", std::string(4 << 20, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, old_handler);
  CHECK(!written.ok());
  CHECK_EQ(written.error().code, base::hr::ERROR_DISK_FULL);
  CHECK_EQ(ValueIn(**store, "kept"), "1");
  CHECK_EQ(ValueIn(**store, "big"), "(none)");
  CHECK(PutIn(**store, "later", "1").ok());
}

TEST("what is no folder, has no parent or may not be written says so by its code") {
  const TempFolder folder;
  std::ofstream(folder.path() / "file") << "text";
  CHECK_EQ(CodeOfOpening(folder.path() / "file"), base::hr::ERR_STATE_UNAVAILABLE);
  CHECK_EQ(CodeOfOpening(folder.path() / "no" / "parent"), base::hr::ERR_STATE_UNAVAILABLE);
  if (::geteuid() == 0) {
    native_test::Skip("an ordinary user: root may write everywhere");
    return;
  }
  ::chmod(folder.path().c_str(), 0500);
  CHECK_EQ(CodeOfOpening(folder.path()), base::hr::ERROR_ACCESS_DENIED);
  ::chmod(folder.path().c_str(), 0700);
}

}  // namespace
