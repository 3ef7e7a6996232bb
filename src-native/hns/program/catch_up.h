// Brings the switch from one state of the store to another: after other
// processes have changed it, and from nothing when a host opens a folder.
//
// What it programs is what the calls that made the changes programmed where
// they were made. An object that cannot be had here (its adapter is another
// machine's, say) is left out, without its port; calls that need the port then
// answer HCN_E_SWITCH_NOT_FOUND or HCN_E_PORT_NOT_FOUND.
#pragma once

#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "base/guid.h"
#include "hns/model/records.h"
#include "hns/program/compiler.h"
#include "hns/program/policy_change.h"
#include "hns/program/switch.h"
#include "hns/store/store.h"

namespace hns {

class CatchUp {
 public:
  // The switch is as `before` says. All outlive the object.
  CatchUp(Context before, Context after, Switch& ports)
      : before_context_(before), after_context_(after), before_(before.store), after_(after.store), ports_(ports) {}

  // `objects`: all that differ between the two; more do no harm.
  void Run(const std::set<std::pair<Table, base::Guid>>& objects);

 private:
  using Ids = std::set<base::Guid>;

  void Sort(const std::set<std::pair<Table, base::Guid>>& objects);
  void CollectRules();
  void CollectRules(Context& context, std::vector<PlacedRule>* rules);
  void TakeAway();
  void Leave(const schema::Endpoint& was);
  void Bring();
  void BringNetwork(const base::Guid& id);
  void BringEndpoint(const base::Guid& id);
  void Join(const schema::Endpoint& endpoint);
  void SetPolicy();
  void SetPort(const base::Guid& endpoint);

  // It is gone, or another object has its id now.
  bool IsGone(Table table, const base::Guid& id);
  // Carries out what leaves nothing behind when it fails.
  bool Try(const std::function<base::Status(Undo*)>& step);

  Context before_context_;
  Context after_context_;
  Transaction& before_;
  Transaction& after_;
  Switch& ports_;
  Ids networks_, endpoints_, namespaces_, load_balancers_;
  Ids host_changed_;  // Networks with other host addresses, maybe.
  Ids ports_set_;     // Endpoints whose layers are set anew.
  RouteMemo routes_;
  RuleDiff rules_;
  PolicyChange removals_, policy_;
};

}  // namespace hns
