#include "hns/model/endpoint_list.h"

#include <algorithm>
#include <string>
#include <utility>

#include "hns/model/backends.h"

namespace hns {

base::Result<base::Guid> NetworkOfAll(Transaction& store, std::vector<base::Guid>* endpoints, const char* what,
                                      std::size_t most) {
  std::vector<base::Guid> unique;
  unique.reserve(endpoints->size());
  for (const base::Guid& id : *endpoints) {
    if (std::find(unique.begin(), unique.end(), id) == unique.end()) unique.push_back(id);
  }
  *endpoints = std::move(unique);
  if (endpoints->size() > most) {
    return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "more than " + std::to_string(most) + " " + what);
  }
  base::Guid network;
  for (const base::Guid& id : *endpoints) {
    HNS_ASSIGN_OR_RETURN(const base::Guid its_network, LoadBackendNetwork(store, id));
    if (!network.IsZero() && its_network != network) {
      return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                             std::string("the ") + what + " are of more than one network: `" + network.ToString() +
                                 "` and `" + its_network.ToString() + "`");
    }
    network = its_network;
  }
  return network;
}

std::vector<base::Guid> SecondIds(Transaction& store, Table table, const base::Guid& first) {
  std::vector<base::Guid> ids;
  store.ForEach(table, Key(first), [&](const Entry& entry) {
    ids.push_back(ReadGuid(entry.key.substr(16)));
    return true;
  });
  return ids;
}

}  // namespace hns
