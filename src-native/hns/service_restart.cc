// The service as if it were stopped and started.
#include <vector>

#include "hns/model/load_balancers.h"
#include "hns/model/networks.h"
#include "hns/service.h"
#include "schema/network.h"

namespace hns {

void Service::Restart() {
  notifications_.DisconnectAll();
  std::vector<base::Guid> leaving, balancers;
  {
    const auto store = Read();
    if (!store.ok()) return;
    std::vector<base::Guid> networks;
    (*store)->ForEach(Table::kNetworks, {}, [&](const Entry& entry) {
      networks.push_back(ReadGuid(entry.key));
      return true;
    });
    for (const base::Guid& id : networks) {
      const auto network = LoadNetwork(**store, id);
      if (!network.ok() || (network->flags & schema::network_flags::kEnableNonPersistent) == 0) continue;
      leaving.push_back(id);
      for (const base::Guid& balancer : LoadBalancersOfNetwork(**store, id)) balancers.push_back(balancer);
    }
  }
  // What somebody deleted meanwhile is gone, as it should be.
  for (const base::Guid& id : balancers) static_cast<void>(DeleteLoadBalancer(id));
  for (const base::Guid& id : leaving) static_cast<void>(DeleteNetwork(id));
}

}  // namespace hns
