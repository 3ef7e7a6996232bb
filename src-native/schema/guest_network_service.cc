#include "schema/guest_network_service.h"

#include <array>
#include <utility>

namespace schema {
namespace {

constexpr std::array<std::string_view, 9> kStateNames = {"None",         "Created",  "Bootstrapping",
                                                         "Synchronized", "Paused",   "Desynchronized",
                                                         "Rehydrating",  "Degraded", "Destroyed"};

constexpr std::array<EnumName, 3> kFlags = {{{"None", 0}, {"IsFlowsteered", 1}, {"IsFlowsteeredSelfManaged", 2}}};

constexpr std::array<EnumName, 5> kInterfaceStates = {
    {{"Created", 0}, {"Bootstrapping", 1}, {"Synchronized", 2}, {"Desynchronized", 3}, {"Paused", 4}}};
constexpr std::array<EnumName, 2> kRpcEndpointTypes = {{{"HvSocket", 0}, {"LRpc", 1}}};

constexpr Codes kServiceCodes{.document = base::hr::ERROR_INVALID_PARAMETER};

GuestNetworkServiceInterface ReadInterface(json::Object document, const Scope& scope) {
  GuestNetworkServiceInterface mirrored;
  Reader reader(std::move(document), scope);
  reader.Guid("EndpointId", &mirrored.endpoint_id);
  reader.Guid("InterfaceGuid", &mirrored.interface_guid);
  std::uint32_t state = 0;
  if (reader.Enum("State", kInterfaceStates, scope.codes().document, &state)) {
    mirrored.state = NameOf(kInterfaceStates, state);
  }
  mirrored.rest = reader.TakeRest();
  return mirrored;
}

// Kept as given; only looked at.
void CheckRpcServer(json::Object information, const Scope& scope) {
  Reader reader(std::move(information), scope);
  std::string text;
  std::uint32_t type = 0;
  base::Guid object;
  reader.String("NetworkAddress", &text);
  reader.String("EndpointAddress", &text);
  reader.Enum("EndpointType", kRpcEndpointTypes, scope.codes().document, &type);
  reader.Guid("ObjectUuid", &object);
}

}  // namespace

std::string_view GuestNetworkServiceStateName(GuestNetworkServiceState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

base::Result<GuestNetworkService> ReadGuestNetworkService(json::Object document) {
  return ReadDocument(std::move(document), kServiceCodes, [](json::Object object, const Scope& scope) {
    GuestNetworkService service;
    Reader reader(std::move(object), scope);
    ReadObjectBase(&reader, &service);
    reader.Guid("VirtualMachineId", &service.virtual_machine_id);
    reader.Objects("MirroredInterfaces", [&](json::Object mirrored, const Scope& element) {
      service.mirrored_interfaces.push_back(ReadInterface(std::move(mirrored), element));
    });
    bool mirror = false;
    if (reader.Bool("MirrorHostNetworking", &mirror)) service.mirror_host_networking = mirror;
    reader.Object("GnsRpcServerInformation", [&](json::Object information, const Scope& place) {
      CheckRpcServer(information, place);
      service.rpc_server = std::move(information);
    });
    reader.Flags("Flags", kFlags, &service.flags);
    service.rest = reader.TakeRest();
    return service;
  });
}

json::Value WriteGuestNetworkServiceInterface(const GuestNetworkServiceInterface& mirrored) {
  ObjectWriter writer;
  writer.AddGuid("EndpointId", mirrored.endpoint_id);
  writer.AddGuid("InterfaceGuid", mirrored.interface_guid);
  writer.AddText("State", mirrored.state);
  writer.AddRest(mirrored.rest);
  return writer.Take();
}

json::Value WriteGuestNetworkService(const GuestNetworkService& service) {
  ObjectWriter writer;
  WriteObjectHead(service, &writer);
  writer.AddGuid("VirtualMachineId", service.virtual_machine_id);
  writer.AddList("MirroredInterfaces", service.mirrored_interfaces, WriteGuestNetworkServiceInterface);
  writer.AddOptional("MirrorHostNetworking", service.mirror_host_networking);
  if (service.rpc_server) writer.Add("GnsRpcServerInformation", json::Value(*service.rpc_server));
  writer.Add("Flags", service.flags);
  WriteObjectTail(service, &writer);
  return writer.Take();
}

}  // namespace schema
