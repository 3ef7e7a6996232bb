// The seam: the HCN C ABI as a table of functions.
//
// One file fills it from Windows' computenetwork.dll, one from the embedded
// host; nothing above can tell which. Every entry takes the table's `context`
// first (null on Windows, where the service is the only one).
//
// Contract of every entry
//   * noexcept; callable from any thread, concurrently.
//   * S_OK (0) exactly, or a failing HRESULT (< 0).
//   * Strings in: NUL-terminated UTF-16, JSON where a document is meant. They
//     are read during the call only. Null and "" count as "no query".
//   * Strings out: null at entry and on failure; on success never null. The
//     caller gives each to `free_string` once.
//   * `error_record`: may be null. Set to null at entry and left so on success;
//     on failure either null or JSON {"Success":false,"Error":text,
//     "ErrorCode":unsigned HRESULT} for `free_string`.
//   * Handles out: null on failure. A handle is closed exactly once, by the
//     close entry of its kind; it does not keep the object alive. A handle
//     whose object is gone answers HCN_E_OBJECT_USED_AFTER_UNLOAD; a pointer
//     that is no open handle of that kind answers ERROR_INVALID_HANDLE.
//   * An entry changes everything it says, or nothing.
#pragma once

#include <cstdint>

#include "base/error_codes.h"
#include "base/guid.h"

namespace abi {

using HRESULT = base::HResult;
using HCN_NETWORK = void*;
using HCN_ENDPOINT = void*;
using HCN_NAMESPACE = void*;
using HCN_LOADBALANCER = void*;
using HCN_SDNROUTE = void*;  // Windows' headers have no name for it.
using HCN_GUESTNETWORKSERVICE = void*;
using HCN_CALLBACK = void*;
using HCN_PORTRESERVATION = void*;  // A plain HANDLE to Windows.

// HCN_NOTIFICATIONS; the jump from 9 to 0x10 is Microsoft's.
enum HcnNotification : std::uint32_t {
  kHcnNotificationInvalid = 0x00,
  kHcnNotificationNetworkPreCreate = 0x01,
  kHcnNotificationNetworkCreate = 0x02,
  kHcnNotificationNetworkPreDelete = 0x03,
  kHcnNotificationNetworkDelete = 0x04,
  kHcnNotificationNamespaceCreate = 0x05,
  kHcnNotificationNamespaceDelete = 0x06,
  kHcnNotificationGuestNetworkServiceCreate = 0x07,
  kHcnNotificationGuestNetworkServiceDelete = 0x08,
  kHcnNotificationNetworkEndpointAttached = 0x09,
  kHcnNotificationNetworkEndpointDetached = 0x10,
  kHcnNotificationGuestNetworkServiceStateChanged = 0x11,
  kHcnNotificationGuestNetworkServiceInterfaceStateChanged = 0x12,
  kHcnNotificationServiceDisconnect = 0x01000000,
};

// `data` is null or JSON ({"ID":guid,"Flags":n,"Data":...}); it belongs to the
// service and is good during the call. Comes on any thread, outside all locks.
// Must not call back into the table.
using HcnNotificationCallback = void (*)(std::uint32_t type, void* callback_context, HRESULT status,
                                         const char16_t* data);

// HCN_PORT_PROTOCOL, HCN_PORT_ACCESS.
enum HcnPortProtocol : std::uint32_t {
  kHcnPortProtocolTcp = 1,
  kHcnPortProtocolUdp = 2,
  kHcnPortProtocolBoth = 3,
};
enum HcnPortAccess : std::uint32_t { kHcnPortAccessExclusive = 1, kHcnPortAccessShared = 2 };

// HCN_PORT_RANGE_RESERVATION: both ports are in it.
struct HcnPortRangeReservation {
  std::uint16_t starting_port = 0;
  std::uint16_t ending_port = 0;
};

// HCN_PORT_RANGE_ENTRY, as it lies in memory.
struct HcnPortRangeEntry {
  base::Guid owning_partition_id;
  base::Guid target_partition_id;
  std::uint32_t protocol = 0;
  std::uint64_t priority = 0;
  std::uint32_t reservation_type = 0;
  std::uint32_t sharing_flags = 0;
  std::uint32_t delivery_mode = 0;
  std::uint16_t starting_port = 0;
  std::uint16_t ending_port = 0;
};
static_assert(sizeof(base::Guid) == 16 && sizeof(HcnPortRangeEntry) == 64, "the layout is Windows'");

struct HcnTable {
  void* context = nullptr;

  // Frees a string any entry gave out. Null is fine.
  void (*free_string)(void* context, char16_t* text) noexcept = nullptr;

  // --- Networks ---
  // `*ids`: a JSON array of GUIDs, "[]" when none match the query's Filter.
  HRESULT(*enumerate_networks)
  (void* context, const char16_t* query, char16_t** ids, char16_t** error_record) noexcept = nullptr;
  // `id` zero: the document's ID, else a new one. On success the caller owns a
  // handle on the new object.
  HRESULT(*create_network)
  (void* context, const base::Guid& id, const char16_t* settings, HCN_NETWORK* network,
   char16_t** error_record) noexcept = nullptr;
  HRESULT(*open_network)
  (void* context, const base::Guid& id, HCN_NETWORK* network, char16_t** error_record) noexcept = nullptr;
  // `settings`: a modify envelope {ResourceType, RequestType, Settings}.
  HRESULT(*modify_network)
  (void* context, HCN_NETWORK network, const char16_t* settings, char16_t** error_record) noexcept = nullptr;
  // A query with SchemaVersion.Major 2 gives the v2 document, any other the v1
  // document. Its Filter is ignored.
  HRESULT(*query_network_properties)
  (void* context, HCN_NETWORK network, const char16_t* query, char16_t** properties,
   char16_t** error_record) noexcept = nullptr;
  HRESULT (*delete_network)(void* context, const base::Guid& id, char16_t** error_record) noexcept = nullptr;
  HRESULT (*close_network)(void* context, HCN_NETWORK network) noexcept = nullptr;

  // --- Endpoints ---
  // `*ids`: a JSON array of GUIDs, "[]" when none match the query's Filter.
  HRESULT(*enumerate_endpoints)
  (void* context, const char16_t* query, char16_t** ids, char16_t** error_record) noexcept = nullptr;
  // As create_network, on the network of an open handle, which is authoritative
  // over the document's HostComputeNetwork.
  HRESULT(*create_endpoint)
  (void* context, HCN_NETWORK network, const base::Guid& id, const char16_t* settings, HCN_ENDPOINT* endpoint,
   char16_t** error_record) noexcept = nullptr;
  HRESULT(*open_endpoint)
  (void* context, const base::Guid& id, HCN_ENDPOINT* endpoint, char16_t** error_record) noexcept = nullptr;
  // `settings`: a modify envelope {ResourceType, RequestType, Settings}.
  HRESULT(*modify_endpoint)
  (void* context, HCN_ENDPOINT endpoint, const char16_t* settings, char16_t** error_record) noexcept = nullptr;
  // A query with SchemaVersion.Major 2 gives the v2 document, any other the v1
  // document. Its Filter is ignored.
  HRESULT(*query_endpoint_properties)
  (void* context, HCN_ENDPOINT endpoint, const char16_t* query, char16_t** properties,
   char16_t** error_record) noexcept = nullptr;
  HRESULT (*delete_endpoint)(void* context, const base::Guid& id, char16_t** error_record) noexcept = nullptr;
  HRESULT (*close_endpoint)(void* context, HCN_ENDPOINT endpoint) noexcept = nullptr;

  // `*statistics`: {BytesReceived, BytesSent, PacketsReceived, PacketsSent,
  // DroppedPacketsIncoming, DroppedPacketsOutgoing, EndpointId, InstanceId}.
  // A remote endpoint answers HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION.
  HRESULT(*query_endpoint_stats)
  (void* context, HCN_ENDPOINT endpoint, const char16_t* query, char16_t** statistics,
   char16_t** error_record) noexcept = nullptr;
  // `*addresses`: a JSON array of {IpAddress, PrefixLength, IpSubnetId}.
  HRESULT(*query_endpoint_addresses)
  (void* context, HCN_ENDPOINT endpoint, const char16_t* query, char16_t** addresses,
   char16_t** error_record) noexcept = nullptr;

  // --- Namespaces ---
  // `*ids`: a JSON array of GUIDs, "[]" when none match the query's Filter.
  HRESULT(*enumerate_namespaces)
  (void* context, const char16_t* query, char16_t** ids, char16_t** error_record) noexcept = nullptr;
  // `id` zero: the document's ID, else a new one. On success the caller owns a
  // handle on the new object.
  HRESULT(*create_namespace)
  (void* context, const base::Guid& id, const char16_t* settings, HCN_NAMESPACE* name_space,
   char16_t** error_record) noexcept = nullptr;
  HRESULT(*open_namespace)
  (void* context, const base::Guid& id, HCN_NAMESPACE* name_space, char16_t** error_record) noexcept = nullptr;
  // `settings`: a modify envelope {ResourceType, RequestType, Settings}.
  HRESULT(*modify_namespace)
  (void* context, HCN_NAMESPACE name_space, const char16_t* settings, char16_t** error_record) noexcept = nullptr;
  // A query with SchemaVersion.Major 2 gives the v2 document, any other the v1
  // document. Its Filter is ignored.
  HRESULT(*query_namespace_properties)
  (void* context, HCN_NAMESPACE name_space, const char16_t* query, char16_t** properties,
   char16_t** error_record) noexcept = nullptr;
  HRESULT (*delete_namespace)(void* context, const base::Guid& id, char16_t** error_record) noexcept = nullptr;
  HRESULT (*close_namespace)(void* context, HCN_NAMESPACE name_space) noexcept = nullptr;

  // --- LoadBalancers ---
  // `*ids`: a JSON array of GUIDs, "[]" when none match the query's Filter.
  HRESULT(*enumerate_load_balancers)
  (void* context, const char16_t* query, char16_t** ids, char16_t** error_record) noexcept = nullptr;
  // `id` zero: the document's ID, else a new one. On success the caller owns a
  // handle on the new object.
  HRESULT(*create_load_balancer)
  (void* context, const base::Guid& id, const char16_t* settings, HCN_LOADBALANCER* load_balancer,
   char16_t** error_record) noexcept = nullptr;
  HRESULT(*open_load_balancer)
  (void* context, const base::Guid& id, HCN_LOADBALANCER* load_balancer, char16_t** error_record) noexcept = nullptr;
  // `settings`: the complete HostComputeLoadBalancer document, or a modify envelope.
  HRESULT(*modify_load_balancer)
  (void* context, HCN_LOADBALANCER load_balancer, const char16_t* settings, char16_t** error_record) noexcept = nullptr;
  // A query with SchemaVersion.Major 2 gives the v2 document, any other the v1
  // document. Its Filter is ignored.
  HRESULT(*query_load_balancer_properties)
  (void* context, HCN_LOADBALANCER load_balancer, const char16_t* query, char16_t** properties,
   char16_t** error_record) noexcept = nullptr;
  HRESULT (*delete_load_balancer)(void* context, const base::Guid& id, char16_t** error_record) noexcept = nullptr;
  HRESULT (*close_load_balancer)(void* context, HCN_LOADBALANCER load_balancer) noexcept = nullptr;

  // --- SDN routes ---
  // `*ids`: a JSON array of GUIDs, "[]" when none match the query's Filter.
  HRESULT(*enumerate_sdn_routes)
  (void* context, const char16_t* query, char16_t** ids, char16_t** error_record) noexcept = nullptr;
  // `id` zero: the document's ID, else a new one. On success the caller owns a
  // handle on the new object.
  HRESULT(*create_sdn_route)
  (void* context, const base::Guid& id, const char16_t* settings, HCN_SDNROUTE* route,
   char16_t** error_record) noexcept = nullptr;
  HRESULT(*open_sdn_route)
  (void* context, const base::Guid& id, HCN_SDNROUTE* route, char16_t** error_record) noexcept = nullptr;
  // `settings`: the complete HostComputeRoute document, or a modify envelope around it.
  HRESULT(*modify_sdn_route)
  (void* context, HCN_SDNROUTE route, const char16_t* settings, char16_t** error_record) noexcept = nullptr;
  // A query with SchemaVersion.Major 2 gives the v2 document, any other the v1
  // document. Its Filter is ignored.
  HRESULT(*query_sdn_route_properties)
  (void* context, HCN_SDNROUTE route, const char16_t* query, char16_t** properties,
   char16_t** error_record) noexcept = nullptr;
  HRESULT (*delete_sdn_route)(void* context, const base::Guid& id, char16_t** error_record) noexcept = nullptr;
  HRESULT (*close_sdn_route)(void* context, HCN_SDNROUTE route) noexcept = nullptr;

  // --- Guest network services ---
  // `*ids`: a JSON array of GUIDs, "[]" when none match the query's Filter.
  HRESULT(*enumerate_guest_network_services)
  (void* context, const char16_t* query, char16_t** ids, char16_t** error_record) noexcept = nullptr;
  // `id` zero: the document's ID, else a new one. On success the caller owns a
  // handle on the new object.
  HRESULT(*create_guest_network_service)
  (void* context, const base::Guid& id, const char16_t* settings, HCN_GUESTNETWORKSERVICE* service,
   char16_t** error_record) noexcept = nullptr;
  HRESULT(*open_guest_network_service)
  (void* context, const base::Guid& id, HCN_GUESTNETWORKSERVICE* service, char16_t** error_record) noexcept = nullptr;
  // `settings`: a modify envelope {ResourceType: State, RequestType: Update, Settings: {State}}.
  HRESULT(*modify_guest_network_service)
  (void* context, HCN_GUESTNETWORKSERVICE service, const char16_t* settings,
   char16_t** error_record) noexcept = nullptr;
  // A query with SchemaVersion.Major 2 gives the v2 document. Its Filter is ignored.
  HRESULT(*query_guest_network_service_properties)
  (void* context, HCN_GUESTNETWORKSERVICE service, const char16_t* query, char16_t** properties,
   char16_t** error_record) noexcept = nullptr;
  HRESULT(*delete_guest_network_service)
  (void* context, const base::Guid& id, char16_t** error_record) noexcept = nullptr;
  HRESULT (*close_guest_network_service)(void* context, HCN_GUESTNETWORKSERVICE service) noexcept = nullptr;
  // What happens to this service: kHcnNotificationGuestNetworkServiceStateChanged
  // with Data {State, Interfaces}. Ends as a service callback does, and outlives
  // the handle it was made with.
  HRESULT(*register_guest_network_service_callback)
  (void* context, HCN_GUESTNETWORKSERVICE service, HcnNotificationCallback callback, void* callback_context,
   HCN_CALLBACK* handle) noexcept = nullptr;
  HRESULT (*unregister_guest_network_service_callback)(void* context, HCN_CALLBACK handle) noexcept = nullptr;

  // --- Ports of the host for guests ---
  // The reservation lasts until its handle is released or its service is gone.
  // HCN_E_PORT_ALREADY_EXISTS: somebody has the port, and not both are shared.
  HRESULT(*reserve_guest_network_service_port)
  (void* context, HCN_GUESTNETWORKSERVICE service, std::uint32_t protocol, std::uint32_t access, std::uint16_t port,
   HCN_PORTRESERVATION* reservation) noexcept = nullptr;
  // `count` ports in a row, for both protocols and exclusively: ending_port is
  // starting_port + count - 1.
  HRESULT(*reserve_guest_network_service_port_range)
  (void* context, HCN_GUESTNETWORKSERVICE service, std::uint16_t count, HcnPortRangeReservation* range,
   HCN_PORTRESERVATION* reservation) noexcept = nullptr;
  HRESULT(*release_guest_network_service_port_reservation_handle)
  (void* context, HCN_PORTRESERVATION reservation) noexcept = nullptr;
  // `*entries`: `*count` of them, for free_guest_network_port_reservations; null
  // when there are none.
  HRESULT(*enumerate_guest_network_port_reservations)
  (void* context, std::uint32_t* count, HcnPortRangeEntry** entries) noexcept = nullptr;
  void (*free_guest_network_port_reservations)(void* context, HcnPortRangeEntry* entries) noexcept = nullptr;
  // --- HNSCall, of vmcompute.dll ---
  // `method`: GET, POST or DELETE. `*response`: the envelope
  // {"Success":true,"Output":...} or, for an object that cannot be had or made,
  // the error record; S_OK both times. A failing HRESULT means that the call was
  // not even begun. Windows' function has no error record: null from there.
  HRESULT(*hns_call)
  (void* context, const char16_t* method, const char16_t* path, const char16_t* request, char16_t** response,
   char16_t** error_record) noexcept = nullptr;

  // --- Service notifications ---
  HRESULT(*register_service_callback)
  (void* context, HcnNotificationCallback callback, void* callback_context, HCN_CALLBACK* handle) noexcept = nullptr;
  // Returns when no call of the callback is running and none can follow. Must
  // not be called from within the callback.
  HRESULT (*unregister_service_callback)(void* context, HCN_CALLBACK handle) noexcept = nullptr;

  // --- Exported by computenetwork.dll without a published signature ---
  // All answer E_NOTIMPL. Unverified: the parameters, which are those of the
  // entries' neighbours.
  HRESULT(*register_network_callback)
  (void* context, HCN_NETWORK network, HcnNotificationCallback callback, void* callback_context,
   HCN_CALLBACK* handle) noexcept = nullptr;
  HRESULT (*unregister_network_callback)(void* context, HCN_CALLBACK handle) noexcept = nullptr;
  HRESULT(*query_features)
  (void* context, const char16_t* query, char16_t** features, char16_t** error_record) noexcept = nullptr;
  HRESULT(*query_metrics)
  (void* context, const char16_t* query, char16_t** metrics, char16_t** error_record) noexcept = nullptr;
};

}  // namespace abi
