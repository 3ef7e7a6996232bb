#include "hns/service.h"

#include <utility>
#include <vector>

#include "hns/change.h"
#include "hns/model/endpoints.h"
#include "hns/model/namespaces.h"
#include "hns/v1_documents.h"
#include "schema/query.h"

namespace hns {

Service::Service(Store& store, vfp::Engine& engine, ports::PortDriver& driver, std::uint64_t seed,
                 const Profile& profile)
    : profile_(profile), store_(store), engine_(engine), switch_(engine, driver), random_(seed) {}

Service::~Service() {
  {
    const std::lock_guard lock(watch_mutex_);
    watch_ends_ = true;
  }
  watch_wake_.notify_all();
  if (watcher_.joinable()) watcher_.join();
}

base::Status Service::Start() {
  HNS_ASSIGN_OR_RETURN(pinned_, store_.Pin());
  if (pinned_ != nullptr) return StartShared();
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
  std::vector<Event> events;
  base::Status status;
  {
    const std::lock_guard lock(mutex_);
    status = Write(rules, &events);
  }
  Deliver(events);
  return status;
}

base::Status Service::Write(const std::function<base::Status(Change&)>& rules, std::vector<Event>* events) {
  if (stopped_) return base::MakeError(base::hr::HCN_E_MANAGER_STOPPED);
  HNS_ASSIGN_OR_RETURN(std::unique_ptr<Transaction> store, store_.Begin(Access::kWrite));
  if (pinned_ != nullptr) {
    CatchUpTo(*store, *pinned_->Read(store.get()), events);
    HNS_RETURN_IF_ERROR(pinned_->Renew());
  }
  RecordingTransaction recording(*store);
  Transaction& written = pinned_ != nullptr ? static_cast<Transaction&>(recording) : *store;
  Change change{written, Context{written, random_, networks_, profile_}, switch_, {}, {}, {}, {}, {}, {}, {}};
  base::Status status = rules(change);
  // A store that failed makes the rules see things; its own error is the true one.
  HNS_RETURN_IF_ERROR(store->status());
  HNS_RETURN_IF_ERROR(status);
  if (pinned_ != nullptr) recording.AppendToLog(change.events);
  const std::uint64_t last_change = pinned_ != nullptr ? LastChange(*store) : 0;
  HNS_RETURN_IF_ERROR(store->Commit());
  change.undo.Forget();
  events->insert(events->end(), change.events.begin(), change.events.end());

  if (pinned_ != nullptr) {
    // Before the next writer's turn, so that it is this call's own state.
    status = pinned_->Renew();
    seen_ = last_change;
    store.reset();
  }
  for (const auto& move : change.moves) {
    if (base::Status moved = move(); status.ok()) status = std::move(moved);
  }
  change.rules.MoveTo(&change.policy);
  if (base::Status applied = switch_.Apply(std::move(change.policy)); status.ok()) status = std::move(applied);
  for (const auto& removal : change.removals) removal();
  return status;
}

void Service::Deliver(const std::vector<Event>& events) {
  for (const Event& event : events) {
    if (event.type == Notification::kGuestNetworkServiceStateChanged) {
      DeliverState(event);
    } else {
      notifications_.Notify(event.type, event.id);
    }
  }
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
  HNS_ASSIGN_OR_RETURN(const schema::Query parsed, schema::ParseQuery(query));
  HNS_ASSIGN_OR_RETURN(const std::unique_ptr<Transaction> store, Read());
  const auto record = FindRecord(*store, TableOf(kind), object.id);
  HNS_RETURN_IF_ERROR(store->status());
  if (record && record->incarnation == object.incarnation) {
    if (parsed.dialect == schema::Dialect::kV1) return V1Document(*store, kind, record->document);
    return std::string(record->document);
  }
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
