#include "hns/service.h"

#include <utility>
#include <vector>

#include "hns/change.h"
#include "hns/model/endpoints.h"
#include "hns/model/namespaces.h"
#include "schema/query.h"

namespace hns {

Service::Service(Store& store, vfp::Engine& engine, ports::PortDriver& driver, std::uint64_t seed,
                 const Profile& profile)
    : profile_(profile), store_(store), engine_(engine), switch_(engine, driver), random_(seed) {}

base::Status Service::Start() {
  return Write([](Change& change) -> base::Status {
    CreateHostNamespace(change.context);
    return change.ports.AddCompartment(HostNamespace(change.store), /*is_host=*/true, &change.undo);
  });
}

void Service::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  notifications_.NotifyDisconnect();
}

base::Status Service::Write(const std::function<base::Status(Change&)>& rules) {
  std::lock_guard lock(mutex_);
  if (stopped_) return base::MakeError(base::hr::HCN_E_MANAGER_STOPPED);
  HNS_ASSIGN_OR_RETURN(std::unique_ptr<Transaction> store, store_.Begin(Access::kWrite));
  Change change{*store, Context{*store, random_, networks_, profile_}, switch_, {}, {}, {}, {}, {}, {}};
  base::Status status = rules(change);
  // A store that failed makes the rules see things; its own error is the true one.
  HNS_RETURN_IF_ERROR(store->status());
  HNS_RETURN_IF_ERROR(status);
  HNS_RETURN_IF_ERROR(store->Commit());
  change.undo.Forget();

  for (const auto& move : change.moves) {
    if (base::Status moved = move(); status.ok()) status = std::move(moved);
  }
  change.rules.MoveTo(&change.policy);
  if (base::Status applied = switch_.Apply(std::move(change.policy)); status.ok()) status = std::move(applied);
  for (const auto& removal : change.removals) removal();
  return status;
}

base::Result<std::unique_ptr<Transaction>> Service::Read() { return store_.Begin(Access::kRead); }

base::Result<ObjectRef> Service::Open(ObjectKind kind, const base::Guid& id) {
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
  const auto record = FindRecord(*store, TableOf(kind), id);
  HNS_RETURN_IF_ERROR(store->status());
  if (!record) return NotFound(TableOf(kind), id);
  return ObjectRef{id, record->incarnation};
}

base::Result<std::string> Service::Query(ObjectKind kind, const ObjectRef& object, std::string_view query) {
  if (!query.empty()) {
    if (const auto parsed = schema::ParseQuery(query); !parsed.ok()) return parsed.error();
  }
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
  const auto record = FindRecord(*store, TableOf(kind), object.id);
  HNS_RETURN_IF_ERROR(store->status());
  if (record && record->incarnation == object.incarnation) return std::string(record->document);
  return base::MakeError(base::hr::HCN_E_OBJECT_USED_AFTER_UNLOAD,
                         "the object `" + object.id.ToString() + "` of this handle is gone");
}

base::Result<std::string> Service::PortId(std::string_view text) {
  const auto id = base::Guid::Parse(text);
  if (!id) {
    return base::MakeError(base::hr::HCN_E_GUID_CONVERSION_FAILURE, "`" + std::string(text) + "` is not a GUID");
  }
  const std::string name = id->ToString();
  if (engine_.FindPort(name)) return name;
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
  HNS_ASSIGN_OR_RETURN(const auto endpoint, FindEndpoint(*store, *id));
  if (endpoint && store->Get(Table::kHostEndpoints, Key(endpoint->network_id)) == std::string_view(Key(*id))) {
    return HostPortId(endpoint->network_id).ToString();
  }
  return base::MakeError(base::hr::HCN_E_PORT_NOT_FOUND, "there is no port `" + name + "`");
}

base::Result<std::unordered_map<std::string, std::string>> Service::NetworksByPort() {
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
  std::unordered_map<std::string, std::string> networks;
  store->ForEach(Table::kNetworks, {}, [&](const Entry& entry) {
    const base::Guid network = ReadGuid(entry.key);
    networks.emplace(HostPortId(network).ToString(), network.ToString());
    networks.emplace(UplinkPortId(network).ToString(), network.ToString());
    return true;
  });
  store->ForEach(Table::kNetworkEndpoints, {}, [&](const Entry& entry) {
    networks.emplace(ReadGuid(entry.key.substr(16)).ToString(), ReadGuid(entry.key.substr(0, 16)).ToString());
    return true;
  });
  return networks;
}

base::Result<ports::CompartmentInfo> Service::DescribeCompartment(const base::Guid& id) {
  base::Guid compartment;
  {
    HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
    HNS_ASSIGN_OR_RETURN(const schema::Namespace name_space, LoadNamespace(*store, id));
    compartment = CompartmentOf(*store, name_space);
  }
  return switch_.DescribeCompartment(compartment);
}

}  // namespace hns
