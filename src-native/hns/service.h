// The Host Networking Service, embedded: what each HCN function does, in UTF-8
// and values. What is above it converts; what is below it keeps, checks and
// programs.
//
// Every call is one transaction and changes all it says, or nothing. The order
// inside a call: the rules of the model on the transaction, then the driver and
// the engine's shape (each step with its reverse), then the commit, then the
// engine's policy, which was checked and cannot fail.
//
// A store that others share may have changed before any call. A call that
// changes something first brings its own switch up to date; one that only looks
// does not, and a thread does it five times a second.
//
// Threads: callable from any. Calls that change take turns; calls that only
// look see the state between two changes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/guid.h"
#include "base/json.h"
#include "base/result.h"
#include "hns/change_log.h"
#include "hns/model/network_cache.h"
#include "hns/model/port_reservations.h"
#include "hns/model/records.h"
#include "hns/notifications.h"
#include "hns/profile.h"
#include "hns/program/switch.h"
#include "hns/random.h"
#include "hns/store/store.h"
#include "ports/port_driver.h"
#include "vfp/engine.h"

namespace hns {

enum class ObjectKind : std::uint8_t {
  kNetwork,
  kEndpoint,
  kNamespace,
  kLoadBalancer,
  kSdnRoute,
  kGuestNetworkService
};

// An object as an open handle knows it: not a later one with the same id.
struct ObjectRef {
  base::Guid id;
  std::uint64_t incarnation = 0;
};

// Ports a guest may use; both are its own.
struct ReservedRange {
  std::uint64_t reservation = 0;
  std::uint16_t first = 0, last = 0;
};

// Of an endpoint, as v1 says it.
struct V1Attachment {
  std::string container;                     // Empty: the host.
  std::optional<std::uint32_t> compartment;  // A namespace's NamespaceId.
};

class Service {
 public:
  // All outlive the service. `driver` is started. `seed`: hns/random.h.
  Service(Store& store, vfp::Engine& engine, ports::PortDriver& driver, std::uint64_t seed,
          const Profile& profile = {});

  // Which HNS this is, for as long as it runs.
  const Profile& profile() const { return profile_; }

  ~Service();

  // Makes the host's namespace, and programs what the store holds. Objects that
  // are not persistent go first, when nobody else has the store. Call once,
  // before anything else.
  base::Status Start();
  // Tells subscribers that the service is gone; calls answer
  // HCN_E_MANAGER_STOPPED from now on.
  void Stop();

  // As when the service is stopped and started: subscribers hear of it and are
  // forgotten, networks that are not persistent go with their endpoints and
  // load balancers, all else is there again. Packets are carried all the time. Who shares the store
  // is told of the networks as of any deletion. Unverified: whether open handles
  // and port reservations survive; here they do.
  void Restart();

  // --- All kinds ---
  // A JSON array of ids. `query`: a HostComputeQuery or empty.
  base::Result<std::string> Enumerate(ObjectKind kind, std::string_view query);
  base::Result<ObjectRef> Open(ObjectKind kind, const base::Guid& id);
  // The v2 document when the query says SchemaVersion 2, else the v1 document.
  // HCN_E_OBJECT_USED_AFTER_UNLOAD: the object is gone.
  base::Result<std::string> Query(ObjectKind kind, const ObjectRef& object, std::string_view query);

  // --- One kind each ---
  base::Result<ObjectRef> CreateNetwork(const base::Guid& id, std::string_view settings);
  base::Status ModifyNetwork(const ObjectRef& network, std::string_view settings);
  // Its endpoints go with it.
  base::Status DeleteNetwork(const base::Guid& id);

  base::Result<ObjectRef> CreateEndpoint(const ObjectRef& network, const base::Guid& id, std::string_view settings);
  base::Status ModifyEndpoint(const ObjectRef& endpoint, std::string_view settings);
  // Leaves its namespace; load balancers and SDN routes go on without it.
  base::Status DeleteEndpoint(const base::Guid& id);
  // v1's statistics object. HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION,
  // HCN_E_PORT_NOT_FOUND. Unverified: its form; nobody has published HNS' own.
  base::Result<std::string> QueryEndpointStatistics(const ObjectRef& endpoint, std::string_view query);
  // The endpoint's IpConfigurations. Unverified: the form, as above.
  base::Result<std::string> QueryEndpointAddresses(const ObjectRef& endpoint, std::string_view query);

  base::Result<ObjectRef> CreateNamespace(const base::Guid& id, std::string_view settings);
  base::Status ModifyNamespace(const ObjectRef& name_space, std::string_view settings);
  // Its endpoints live on, detached.
  base::Status DeleteNamespace(const base::Guid& id);

  base::Result<ObjectRef> CreateLoadBalancer(const base::Guid& id, std::string_view settings);
  base::Status ModifyLoadBalancer(const ObjectRef& load_balancer, std::string_view settings);
  base::Status DeleteLoadBalancer(const base::Guid& id);

  base::Result<ObjectRef> CreateSdnRoute(const base::Guid& id, std::string_view settings);
  base::Status ModifySdnRoute(const ObjectRef& route, std::string_view settings);
  base::Status DeleteSdnRoute(const base::Guid& id);

  base::Result<ObjectRef> CreateGuestNetworkService(const base::Guid& id, std::string_view settings);
  base::Status ModifyGuestNetworkService(const ObjectRef& service, std::string_view settings);
  // Its port reservations end with it.
  base::Status DeleteGuestNetworkService(const base::Guid& id);
  // The subscription's number, for notifications().
  base::Result<std::uint64_t> WatchGuestNetworkService(const ObjectRef& service, Subscriber subscriber);
  // The reservation's number, for reservations(). ERROR_INVALID_PARAMETER,
  // HCN_E_PORT_ALREADY_EXISTS.
  base::Result<std::uint64_t> ReservePort(const ObjectRef& service, std::uint32_t protocol, std::uint32_t access,
                                          std::uint16_t port);
  base::Result<ReservedRange> ReservePortRange(const ObjectRef& service, std::uint16_t count);
  PortReservations& reservations() { return reservations_; }
  // --- What HNSCall has and HCN has not; hns/v1_call.h has the rest ---
  // Puts an endpoint and a container, or the host, into one compartment, and takes
  // them apart. HCN_E_ENDPOINT_NOT_ATTACHED, GCN_E_NETCOMPARTMENT_NOT_FOUND,
  // HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS: the container is in another.
  base::Status Attach(const base::Guid& endpoint, const V1Attachment& attachment);
  base::Status Detach(const base::Guid& endpoint, const V1Attachment& attachment);
  // Gives an endpoint the policies of a v1 document, for all that it had.
  base::Status ReplacePolicies(const base::Guid& endpoint, base::json::Object v1);
  // The addresses /accelnet/ keeps, as given. Replaced whole.
  base::Result<base::json::Value> AcceleratedMacs();
  base::Status SetAcceleratedMacs(const base::json::Array& list);

  // --- Beside HCN ---
  Notifications& notifications() { return notifications_; }
  // The engine's name of the port that an id names: the endpoint's own, or the
  // network's host port while the endpoint is in the host compartment.
  // HCN_E_PORT_NOT_FOUND.
  base::Result<std::string> PortId(std::string_view id);
  // The network, as text, of every port the engine has, by the port's id.
  base::Result<std::unordered_map<std::string, std::string>> NetworksByPort();
  base::Result<ports::CompartmentInfo> DescribeCompartment(const base::Guid& name_space);

 private:
  struct Change;

  // Runs `rules` in a transaction and carries out what they ask for.
  base::Status Write(const std::function<base::Status(Change&)>& rules);
  // REQUIRES: mutex_. `events`: what to tell afterwards, whether it succeeds or not.
  base::Status Write(const std::function<base::Status(Change&)>& rules, std::vector<Event>* events);
  base::Result<std::unique_ptr<Transaction>> Read();
  // The endpoint of a handle, for a query that has to make sense.
  base::Result<schema::Endpoint> ReadEndpointOf(const ObjectRef& object, std::string_view query);
  void Deliver(const std::vector<Event>& events);
  // To those who watch the guest network service.
  void DeliverState(const Event& event);

  Context ContextOf(Transaction& store) { return {store, random_, networks_, profile_}; }

  // --- With a store that others share ---
  base::Status StartShared();
  // From the pinned state to `after`, which the caller then pins. Adds the
  // events of what others did. REQUIRES: mutex_.
  void CatchUpTo(Transaction& after, Transaction& before, std::vector<Event>* events);
  void Watch();
  void Follow();

  // REQUIRES: mutex_ held.
  base::Result<PortReservation> ReservationFor(const ObjectRef& service);

  const Profile profile_;
  Store& store_;
  vfp::Engine& engine_;
  Switch switch_;
  Notifications notifications_;
  PortReservations reservations_;

  std::mutex mutex_;  // One change at a time; guards all below and switch_.
  Random random_;
  NetworkCache networks_;
  bool stopped_ = false;
  // The state that the switch shows, and a second one to go to. Null: nobody
  // shares the store.
  std::unique_ptr<Snapshot> pinned_, next_;

  std::atomic<std::uint64_t> seen_ = 0;  // The last change in pinned_.
  std::mutex watch_mutex_;
  std::condition_variable watch_wake_;
  bool watch_ends_ = false;  // Guarded by watch_mutex_.
  std::thread watcher_;      // Ends first.
};

}  // namespace hns
