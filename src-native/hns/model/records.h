// How objects stand in the store: the document a query answers with, and when
// the object was made.
//
// The document is kept complete, state and service defaults included, so that a
// query copies it and nothing needs to be computed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/guid.h"
#include "base/json.h"
#include "base/result.h"
#include "hns/profile.h"
#include "hns/random.h"
#include "hns/store/store.h"
#include "schema/common.h"
#include "schema/endpoint.h"
#include "schema/guest_network_service.h"
#include "schema/load_balancer.h"
#include "schema/name_space.h"
#include "schema/network.h"
#include "schema/sdn_route.h"

namespace hns {

class NetworkCache;

// What the rules of the model work with, for one call.
struct Context {
  Transaction& store;
  Random& random;
  NetworkCache& networks;
  const Profile& profile;
};

struct Record {
  // Tells an object from a later one with the same id. Never zero.
  std::uint64_t incarnation = 0;
  std::string_view document;  // Good as long as the transaction's views are.
};

std::optional<Record> FindRecord(Transaction& store, Table table, const base::Guid& id);
// Keeps the incarnation of what was there, or begins a new one.
void PutRecord(Transaction& store, Table table, const base::Guid& id, const base::json::Value& document);

// E_UNEXPECTED: what is stored cannot be read. nullopt: there is no such object.
base::Result<std::optional<schema::Network>> FindNetwork(Transaction& store, const base::Guid& id);
base::Result<std::optional<schema::Endpoint>> FindEndpoint(Transaction& store, const base::Guid& id);
base::Result<std::optional<schema::Namespace>> FindNamespace(Transaction& store, const base::Guid& id);
base::Result<std::optional<schema::LoadBalancer>> FindLoadBalancer(Transaction& store, const base::Guid& id);
base::Result<std::optional<schema::SdnRoute>> FindSdnRoute(Transaction& store, const base::Guid& id);
base::Result<std::optional<schema::GuestNetworkService>> FindGuestNetworkService(Transaction& store,
                                                                                 const base::Guid& id);

// As above; the not-found code of each kind when there is no such object.
base::Result<schema::Network> LoadNetwork(Transaction& store, const base::Guid& id);
base::Result<schema::Endpoint> LoadEndpoint(Transaction& store, const base::Guid& id);
base::Result<schema::Namespace> LoadNamespace(Transaction& store, const base::Guid& id);
base::Result<schema::LoadBalancer> LoadLoadBalancer(Transaction& store, const base::Guid& id);
base::Result<schema::SdnRoute> LoadSdnRoute(Transaction& store, const base::Guid& id);
base::Result<schema::GuestNetworkService> LoadGuestNetworkService(Transaction& store, const base::Guid& id);

void SaveNetwork(Transaction& store, const schema::Network& network);
void SaveEndpoint(Transaction& store, const schema::Endpoint& endpoint);
void SaveNamespace(Transaction& store, const schema::Namespace& name_space);
void SaveLoadBalancer(Transaction& store, const schema::LoadBalancer& load_balancer);
void SaveSdnRoute(Transaction& store, const schema::SdnRoute& route);
void SaveGuestNetworkService(Transaction& store, const schema::GuestNetworkService& service);

// The code for an object of `table` that is not there (hcn.md 4.5).
base::HResult NotFoundCode(Table table);
base::Error NotFound(Table table, const base::Guid& id);

// Gives a new object its id: the argument's, else the document's, else a new
// one. ERROR_OBJECT_ALREADY_EXISTS. Unverified: the code.
base::Status ChooseId(Context& context, Table table, const base::Guid& argument, schema::ObjectBase* object);
// The service's schema version, unless the client gave one.
void FillSchema(const Context& context, schema::ObjectBase* object);
// What the service adds to every new object.
void FillBase(const Context& context, schema::ObjectBase* object);

}  // namespace hns
