#include "hns/store/layout.h"

#include <optional>
#include <string>

namespace hns {

namespace {

constexpr std::string_view kLayoutKey = "layout";

std::optional<std::uint32_t> LayoutOf(Transaction& store) {
  const auto number = store.Get(Table::kMeta, kLayoutKey);
  if (number) return static_cast<std::uint32_t>(ReadBigEndian(*number));
  return std::nullopt;
}

std::string Numbers(std::uint32_t found, std::uint32_t wanted) {
  return "its layout is " + std::to_string(found) + ", this version's is " + std::to_string(wanted);
}

base::Status RunUpgrades(Transaction& store, std::uint32_t from, const LayoutPlan& plan) {
  for (const Upgrade& upgrade : plan.upgrades) {
    if (upgrade.from != from) continue;
    HNS_RETURN_IF_ERROR(upgrade.run(store));
    ++from;
  }
  if (from == plan.current) return {};
  return base::MakeError(base::hr::ERR_STATE_UNAVAILABLE,
                         Numbers(from, plan.current) + ", and no upgrade leads from one to the other");
}

}  // namespace

base::Status BringToLayout(Store& store, const LayoutPlan& plan) {
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> transaction, store.Begin(Access::kWrite));
  const std::optional<std::uint32_t> found = LayoutOf(*transaction);
  HNS_RETURN_IF_ERROR(transaction->status());
  if (found == plan.current) return {};
  if (found && *found > plan.current) {
    return base::MakeError(base::hr::ERR_STATE_NEWER,
                           Numbers(*found, plan.current) + "; open it with the version that wrote it, or a newer one");
  }
  if (found) {
    if (!store.is_first()) {
      return base::MakeError(
          base::hr::ERR_STATE_UNAVAILABLE,
          Numbers(*found, plan.current) + "; close the programs of the older version that have it open");
    }
    HNS_RETURN_IF_ERROR(RunUpgrades(*transaction, *found, plan));
  }
  transaction->Put(Table::kMeta, kLayoutKey, Key().AddBigEndian(plan.current, 4));
  return transaction->Commit();
}

}  // namespace hns
