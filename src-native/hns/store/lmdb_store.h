// A store in a folder: what is committed is on the disk, and every process that
// names the folder has the same objects.
//
// One writer at a time over all processes; readers beside it see the state from
// before. A process that is killed loses its transaction and its locks.
#pragma once

#include <filesystem>
#include <memory>

#include "hns/store/layout.h"
#include "hns/store/lmdb_environment.h"
#include "hns/store/store.h"

namespace hns {

class LmdbStore final : public Store {
 public:
  // Makes the folder when its parent is there. Errors: EnvironmentLease::Open,
  // BringToLayout.
  static base::Result<std::unique_ptr<LmdbStore>> Open(const std::filesystem::path& folder,
                                                       const LayoutPlan& layout = {});
  base::Result<std::unique_ptr<Transaction>> Begin(Access access) override;
  base::Result<std::unique_ptr<Snapshot>> Pin() override;
  bool is_first() const override { return environment_.is_first(); }

 private:
  explicit LmdbStore(EnvironmentLease environment) : environment_(std::move(environment)) {}

  EnvironmentLease environment_;
};

}  // namespace hns
