// A call that fails half-way leaves nothing: every driver call and every write
// to the store fails in turn, and what is stored, programmed and attached must
// be what it was before.
#include "hns/store/lmdb_store.h"
#include "hns/store/memory_store.h"
#include "native/hns_world.h"
#include "native/temp_folder.h"

namespace {

using namespace hns_test;

// Fails a write, or the commit after the last one, as a full disk would.
class FailingTransaction final : public hns::Transaction {
 public:
  FailingTransaction(std::unique_ptr<hns::Transaction> real, Fuse& fuse) : real_(std::move(real)), fuse_(fuse) {}

  std::optional<std::string_view> Get(hns::Table table, std::string_view key) override {
    if (failed_) return std::nullopt;
    return real_->Get(table, key);
  }
  std::optional<hns::Entry> Ceiling(hns::Table table, std::string_view key) override {
    if (failed_) return std::nullopt;
    return real_->Ceiling(table, key);
  }
  std::optional<hns::Entry> Floor(hns::Table table, std::string_view key) override {
    if (failed_) return std::nullopt;
    return real_->Floor(table, key);
  }
  void ForEach(hns::Table table, std::string_view prefix,
               const std::function<bool(const hns::Entry&)>& visit) override {
    if (!failed_) real_->ForEach(table, prefix, visit);
  }
  void Put(hns::Table table, std::string_view key, std::string_view value) override {
    failed_ |= fuse_.Burn();
    if (!failed_) real_->Put(table, key, value);
  }
  bool Erase(hns::Table table, std::string_view key) override {
    failed_ |= fuse_.Burn();
    return !failed_ && real_->Erase(table, key);
  }
  base::Status status() const override {
    return failed_ ? base::Status(base::MakeError(base::hr::ERROR_ACCESS_DENIED, "the disk is full")) : base::Status();
  }
  base::Status Commit() override {
    failed_ |= fuse_.Burn();
    HNS_RETURN_IF_ERROR(status());
    return real_->Commit();
  }

 private:
  std::unique_ptr<hns::Transaction> real_;
  Fuse& fuse_;
  bool failed_ = false;
};

class FailingStore final : public hns::Store {
 public:
  Fuse fuse;
  explicit FailingStore(hns::Store& real) : real_(real) {}
  base::Result<std::unique_ptr<hns::Transaction>> Begin(hns::Access access) override {
    HNS_ASSIGN_OR_RETURN(std::unique_ptr<hns::Transaction> real, real_.Begin(access));
    if (access == hns::Access::kRead) return real;
    return std::unique_ptr<hns::Transaction>(std::make_unique<FailingTransaction>(std::move(real), fuse));
  }
  base::Result<std::unique_ptr<hns::Snapshot>> Pin() override { return real_.Pin(); }
  bool is_first() const override { return real_.is_first(); }

 private:
  hns::Store& real_;
};

// Runs every step, each first with the fuse at 0, 1, 2, ... until it holds.
void FailEverywhere(World& world, Fuse& fuse) {
  const std::string empty = world.Snapshot();
  int failures = 0;
  for (const Step& step : kSteps) {
    for (int at = 0;; ++at) {
      const std::string before = world.Snapshot();
      fuse = {at, false};
      const base::Status status = step.run(world);
      const bool blown = fuse.blown;
      fuse = {};
      if (!blown) {
        CHECK_EQ(std::string(step.name) + ": " + (status.ok() ? "" : status.error().detail),
                 std::string(step.name) + ": ");
        break;
      }
      ++failures;
      CHECK(!status.ok());
      CHECK_EQ(std::string(step.name) + " failing at " + std::to_string(at) + "\n" + world.Snapshot(),
               std::string(step.name) + " failing at " + std::to_string(at) + "\n" + before);
    }
  }
  CHECK(failures > 10);
  CHECK_EQ(world.Snapshot(), empty);
}

TEST("a driver that fails at any step leaves the call undone") {
  hns::MemoryStore store;
  World world(store);
  FailEverywhere(world, world.driver.fuse);
}

TEST("a store that fails at any write leaves the call undone") {
  hns::MemoryStore memory;
  FailingStore store(memory);
  World world(store);
  FailEverywhere(world, store.fuse);
}

TEST("a folder that fails at any write leaves the call undone") {
  const native_test::TempFolder folder;
  const auto real = hns::LmdbStore::Open(folder.path());
  CHECK(real.ok());
  FailingStore store(**real);
  World world(store);
  FailEverywhere(world, store.fuse);
}

}  // namespace
