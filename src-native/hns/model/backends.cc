#include "hns/model/backends.h"

#include <algorithm>
#include <string_view>

#include "hns/model/endpoints.h"
#include "hns/model/records.h"

namespace hns {

namespace {

// Network, locality, then the addresses as keys have them.
constexpr std::size_t kGuidBytes = 16;
constexpr std::size_t kHeaderBytes = kGuidBytes + 1;
constexpr std::size_t kAddressBytes = 17;

base::IpAddress ReadAddress(std::string_view bytes) {
  base::IpAddress address;
  address.family = static_cast<base::IpFamily>(bytes.front());
  std::copy(bytes.begin() + 1, bytes.end(), address.bytes.begin());
  return address;
}

}  // namespace

base::Result<BackendEndpoint> LoadBackend(Transaction& store, const base::Guid& endpoint) {
  const auto row = store.Get(Table::kBackends, Key(endpoint));
  if (!row || row->size() < kHeaderBytes) return NotFound(Table::kEndpoints, endpoint);
  BackendEndpoint backend;
  backend.id = endpoint;
  backend.network = ReadGuid(row->substr(0, kGuidBytes));
  backend.is_local = (*row)[kGuidBytes] == 0;
  backend.addresses.reserve((row->size() - kHeaderBytes) / kAddressBytes);
  for (std::size_t at = kHeaderBytes; at + kAddressBytes <= row->size(); at += kAddressBytes) {
    backend.addresses.push_back(ReadAddress(row->substr(at, kAddressBytes)));
  }
  return backend;
}

base::Result<base::Guid> LoadBackendNetwork(Transaction& store, const base::Guid& endpoint) {
  const auto row = store.Get(Table::kBackends, Key(endpoint));
  if (!row || row->size() < kHeaderBytes) return NotFound(Table::kEndpoints, endpoint);
  return ReadGuid(row->substr(0, kGuidBytes));
}

void PutBackend(Transaction& store, const schema::Endpoint& endpoint) {
  const Key key(endpoint.id);
  Key row(endpoint.network_id);
  row.AddByte(IsRemote(endpoint) ? 1 : 0);
  for (const base::IpAddress& address : AddressesOf(endpoint)) row.Add(address);
  if (store.Get(Table::kBackends, key) != row.bytes()) store.Put(Table::kBackends, key, row);
}

void EraseBackend(Transaction& store, const base::Guid& endpoint) { store.Erase(Table::kBackends, Key(endpoint)); }

}  // namespace hns
