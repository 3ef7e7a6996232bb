#include "hns/model/records.h"

#include <string>
#include <utility>

#include "hns/model/backends.h"

namespace hns {

namespace {

constexpr std::size_t kHeaderBytes = 8;  // The incarnation.
constexpr std::size_t kUsualBytes = 1500;

std::uint64_t NextIncarnation(Transaction& store) {
  constexpr std::string_view kCounter = "incarnation";
  const auto last = store.Get(Table::kMeta, kCounter);
  const std::uint64_t next = (last ? ReadBigEndian(*last) : 0) + 1;
  store.Put(Table::kMeta, kCounter, Key().AddBigEndian(next, kHeaderBytes));
  return next;
}

template <typename Read>
auto Find(Transaction& store, Table table, const base::Guid& id, Read read)
    -> base::Result<std::optional<typename std::remove_reference_t<decltype(read(base::json::Object()).value())>>> {
  using Typed = std::remove_reference_t<decltype(read(base::json::Object()).value())>;
  const auto record = FindRecord(store, table, id);
  if (!record) return std::optional<Typed>();
  auto object = schema::ParseObject(record->document);
  if (object.ok()) {
    auto typed = read(std::move(object).value());
    if (typed.ok()) return std::optional<Typed>(std::move(typed).value());
    return base::MakeError(base::hr::E_UNEXPECTED,
                           "the stored object `" + id.ToString() + "` cannot be read: " + typed.error().detail);
  }
  return base::MakeError(base::hr::E_UNEXPECTED,
                         "the stored object `" + id.ToString() + "` cannot be read: " + object.error().detail);
}

template <typename T>
base::Result<T> Required(base::Result<std::optional<T>> found, Table table, const base::Guid& id) {
  if (!found.ok()) return found.error();
  if (!found->has_value()) return NotFound(table, id);
  return *std::move(*found);
}

}  // namespace

std::optional<Record> FindRecord(Transaction& store, Table table, const base::Guid& id) {
  const auto bytes = store.Get(table, Key(id));
  if (!bytes || bytes->size() < kHeaderBytes) return std::nullopt;
  return Record{ReadBigEndian(bytes->substr(0, kHeaderBytes)), bytes->substr(kHeaderBytes)};
}

void PutRecord(Transaction& store, Table table, const base::Guid& id, const base::json::Value& document) {
  const Key key(id);
  const auto old = FindRecord(store, table, id);
  const std::uint64_t incarnation = old ? old->incarnation : NextIncarnation(store);
  std::string bytes;
  bytes.reserve(kUsualBytes);
  bytes.append(Key().AddBigEndian(incarnation, kHeaderBytes).bytes());
  base::json::WriteTo(document, &bytes);
  store.Put(table, key, bytes);
}

base::Result<std::optional<schema::Network>> FindNetwork(Transaction& store, const base::Guid& id) {
  return Find(store, Table::kNetworks, id, schema::ReadNetwork);
}
base::Result<std::optional<schema::Endpoint>> FindEndpoint(Transaction& store, const base::Guid& id) {
  return Find(store, Table::kEndpoints, id, schema::ReadEndpoint);
}
base::Result<std::optional<schema::Namespace>> FindNamespace(Transaction& store, const base::Guid& id) {
  return Find(store, Table::kNamespaces, id, schema::ReadNamespace);
}
base::Result<std::optional<schema::LoadBalancer>> FindLoadBalancer(Transaction& store, const base::Guid& id) {
  return Find(store, Table::kLoadBalancers, id, schema::ReadLoadBalancer);
}
base::Result<std::optional<schema::SdnRoute>> FindSdnRoute(Transaction& store, const base::Guid& id) {
  return Find(store, Table::kSdnRoutes, id, schema::ReadSdnRoute);
}
base::Result<std::optional<schema::GuestNetworkService>> FindGuestNetworkService(Transaction& store,
                                                                                 const base::Guid& id) {
  return Find(store, Table::kGuestNetworkServices, id, schema::ReadGuestNetworkService);
}

base::Result<schema::Network> LoadNetwork(Transaction& store, const base::Guid& id) {
  return Required(FindNetwork(store, id), Table::kNetworks, id);
}
base::Result<schema::Endpoint> LoadEndpoint(Transaction& store, const base::Guid& id) {
  return Required(FindEndpoint(store, id), Table::kEndpoints, id);
}
base::Result<schema::Namespace> LoadNamespace(Transaction& store, const base::Guid& id) {
  return Required(FindNamespace(store, id), Table::kNamespaces, id);
}
base::Result<schema::LoadBalancer> LoadLoadBalancer(Transaction& store, const base::Guid& id) {
  return Required(FindLoadBalancer(store, id), Table::kLoadBalancers, id);
}
base::Result<schema::SdnRoute> LoadSdnRoute(Transaction& store, const base::Guid& id) {
  return Required(FindSdnRoute(store, id), Table::kSdnRoutes, id);
}
base::Result<schema::GuestNetworkService> LoadGuestNetworkService(Transaction& store, const base::Guid& id) {
  return Required(FindGuestNetworkService(store, id), Table::kGuestNetworkServices, id);
}

void SaveNetwork(Transaction& store, const schema::Network& network) {
  PutRecord(store, Table::kNetworks, network.id, schema::WriteNetwork(network));
}
void SaveEndpoint(Transaction& store, const schema::Endpoint& endpoint) {
  PutRecord(store, Table::kEndpoints, endpoint.id, schema::WriteEndpoint(endpoint));
  PutBackend(store, endpoint);
}
void SaveNamespace(Transaction& store, const schema::Namespace& name_space) {
  PutRecord(store, Table::kNamespaces, name_space.id, schema::WriteNamespace(name_space));
}
void SaveLoadBalancer(Transaction& store, const schema::LoadBalancer& load_balancer) {
  PutRecord(store, Table::kLoadBalancers, load_balancer.id, schema::WriteLoadBalancer(load_balancer));
}
void SaveSdnRoute(Transaction& store, const schema::SdnRoute& route) {
  PutRecord(store, Table::kSdnRoutes, route.id, schema::WriteSdnRoute(route));
}
void SaveGuestNetworkService(Transaction& store, const schema::GuestNetworkService& service) {
  PutRecord(store, Table::kGuestNetworkServices, service.id, schema::WriteGuestNetworkService(service));
}

base::HResult NotFoundCode(Table table) {
  switch (table) {
    case Table::kNetworks: return base::hr::HCN_E_NETWORK_NOT_FOUND;
    case Table::kEndpoints: return base::hr::HCN_E_ENDPOINT_NOT_FOUND;
    default: return base::hr::ERROR_NOT_FOUND;
  }
}

base::Error NotFound(Table table, const base::Guid& id) {
  return base::MakeError(NotFoundCode(table), "there is none with the id `" + id.ToString() + "`");
}

base::Status ChooseId(Context& context, Table table, const base::Guid& argument, schema::ObjectBase* object) {
  if (!argument.IsZero()) object->id = argument;
  if (object->id.IsZero()) {
    object->id = context.random.NextGuid();
    return {};
  }
  if (!FindRecord(context.store, table, object->id)) return {};
  return base::MakeError(base::hr::ERROR_OBJECT_ALREADY_EXISTS, "the id `" + object->id.ToString() + "` is taken");
}

void FillSchema(const Context& context, schema::ObjectBase* object) {
  if (object->schema_version == schema::SchemaVersion()) object->schema_version = context.profile.schema;
}

void FillBase(const Context& context, schema::ObjectBase* object) {
  object->version = context.profile.version.Packed();
  FillSchema(context, object);
  if (object->rest.FindIgnoringCase("Health") == nullptr) {
    base::json::Object health;
    health.Set("Data", nullptr);
    health.Set("Extra", base::json::Object());
    object->rest.Set("Health", std::move(health));
  }
}

}  // namespace hns
