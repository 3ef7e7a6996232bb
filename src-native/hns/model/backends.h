// What load balancers ask of an endpoint, beside its document: a load balancer of
// ten backends reads twenty rows of some forty bytes, not twenty documents.
#pragma once

#include <optional>
#include <vector>

#include "base/guid.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "hns/store/store.h"
#include "schema/endpoint.h"

namespace hns {

struct BackendEndpoint {
  base::Guid id;
  base::Guid network;
  bool is_local = true;
  std::vector<base::IpAddress> addresses;
};

// HCN_E_ENDPOINT_NOT_FOUND.
base::Result<BackendEndpoint> LoadBackend(Transaction& store, const base::Guid& endpoint);

// The network of an endpoint. HCN_E_ENDPOINT_NOT_FOUND.
base::Result<base::Guid> LoadBackendNetwork(Transaction& store, const base::Guid& endpoint);

// Writes the row, unless it says the same already; with every document.
void PutBackend(Transaction& store, const schema::Endpoint& endpoint);
void EraseBackend(Transaction& store, const base::Guid& endpoint);

}  // namespace hns
