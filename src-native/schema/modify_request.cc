#include "schema/modify_request.h"

#include <array>

namespace schema {
namespace {

constexpr std::array<EnumName, 5> kRequestTypes = {
    {{"Add", 0}, {"Remove", 1}, {"Update", 2}, {"Refresh", 3}, {"Reset", 4}}};

enum class NetworkResource : std::uint8_t { kDns = 0, kExtension = 1, kPolicy = 2, kSubnet = 3, kIpSubnet = 4 };
constexpr std::array<EnumName, 5> kNetworkResources = {
    {{"DNS", 0}, {"Extension", 1}, {"Policy", 2}, {"Subnet", 3}, {"IPSubnet", 4}}};

enum class EndpointResource : std::uint8_t { kPort = 0, kPolicy = 1, kVmInterfaceState = 2 };
constexpr std::array<EnumName, 3> kEndpointResources = {{{"Port", 0}, {"Policy", 1}, {"VmInterfaceState", 2}}};

constexpr std::array<EnumName, 2> kNamespaceResources = {{{"Container", 0}, {"Endpoint", 1}}};

constexpr Codes kNetworkCodes{.document = base::hr::HCN_E_INVALID_NETWORK};
constexpr Codes kEndpointCodes{.document = base::hr::HCN_E_INVALID_ENDPOINT};
constexpr Codes kOtherCodes{.document = base::hr::ERROR_INVALID_PARAMETER};

template <typename E>
void ReadRequired(Reader* reader, std::string_view name, std::span<const EnumName> names, E* out) {
  constexpr base::HResult kUnsupported = base::hr::HCN_E_REQUEST_UNSUPPORTED;
  if (reader->Enum(name, names, kUnsupported, out)) return;
  std::string remedy = "expected a name such as ";
  reader->scope().Member(name).FailMissing(kUnsupported, remedy += names.front().name);
}

// Settings may be absent; then they are read as {}.
template <typename Read>
void ReadSettings(Reader* reader, Read read) {
  const bool given = reader->Object("Settings", [&](json::Object settings, const Scope& place) {
    Reader settings_reader(std::move(settings), place);
    read(&settings_reader);
  });
  if (given || reader->scope().failed()) return;
  const Scope place = reader->scope().Member("Settings");
  Reader empty(json::Object(), place);
  read(&empty);
}

// Policies have to be named, or an Update with a misspelt member would clear all.
void RequirePolicies(Reader* settings) {
  if (settings->Has("Policies")) return;
  const Scope& scope = settings->scope();
  scope.Member("Policies").FailMissing(base::hr::HCN_E_INVALID_POLICY, "expected the list of policies");
}

PolicyUse UseOf(RequestType request) {
  return request == RequestType::kRemove ? PolicyUse::kRemove : PolicyUse::kApply;
}

ModifyNetworkRequest ReadNetworkRequest(json::Object object, const Scope& scope) {
  ModifyNetworkRequest request;
  Reader reader(std::move(object), scope);
  NetworkResource resource{};
  ReadRequired(&reader, "ResourceType", kNetworkResources, &resource);
  ReadRequired(&reader, "RequestType", kRequestTypes, &request.request);
  if (resource == NetworkResource::kDns) {
    const bool given = reader.Object(
        "Settings", [&](json::Object dns, const Scope& place) { request.settings = ReadDns(std::move(dns), place); });
    // Without it an Update would clear all.
    if (!given) scope.Member("Settings").FailMissing(scope.codes().document, "expected the DNS settings");
    return request;
  }
  ReadSettings(&reader, [&](Reader* settings) {
    const Scope& place = settings->scope();
    switch (resource) {
      case NetworkResource::kDns: break;
      case NetworkResource::kPolicy:
        RequirePolicies(settings);
        request.settings = ReadNetworkPolicies(settings, "Policies", UseOf(request.request));
        break;
      case NetworkResource::kSubnet: {
        SubnetsChange change;
        settings->Objects("Subnets", [&](json::Object subnet, const Scope& element) {
          change.subnets.push_back(ReadSubnet(std::move(subnet), element));
        });
        request.settings = std::move(change);
        break;
      }
      case NetworkResource::kIpSubnet: {
        IpSubnetsChange change;
        if (!settings->Guid("SubnetId", &change.subnet_id)) {
          place.Member("SubnetId").FailMissing(place.codes().document, "expected the subnet's id");
        }
        settings->Objects("IpSubnets", [&](json::Object ip_subnet, const Scope& element) {
          change.ip_subnets.push_back(ReadIpSubnet(std::move(ip_subnet), element));
        });
        request.settings = std::move(change);
        break;
      }
      case NetworkResource::kExtension: {
        ExtensionChange change;
        if (!settings->Guid("Id", &change.id)) {
          place.Member("Id").FailMissing(place.codes().document, "expected the extension's id");
        }
        if (!settings->Bool("IsEnabled", &change.enabled)) {
          place.Member("IsEnabled").FailMissing(place.codes().document, "expected true or false");
        }
        request.settings = change;
        break;
      }
    }
  });
  return request;
}

ModifyEndpointRequest ReadEndpointRequest(json::Object object, const Scope& scope) {
  ModifyEndpointRequest request;
  Reader reader(std::move(object), scope);
  EndpointResource resource{};
  ReadRequired(&reader, "ResourceType", kEndpointResources, &resource);
  ReadRequired(&reader, "RequestType", kRequestTypes, &request.request);
  ReadSettings(&reader, [&](Reader* settings) {
    switch (resource) {
      case EndpointResource::kPolicy: {
        RequirePolicies(settings);
        request.settings = ReadEndpointPolicies(settings, "Policies", UseOf(request.request));
        break;
      }
      case EndpointResource::kPort: {
        PortChange change;
        settings->Guid("PortId", &change.port_id);
        settings->Guid("VirtualMachineId", &change.virtual_machine_id);
        if (!settings->String("VirtualNicName", &change.virtual_nic_name)) {
          settings->String("PortName", &change.virtual_nic_name);  // Its name in a sample of 2018.
        }
        request.settings = std::move(change);
        break;
      }
      case EndpointResource::kVmInterfaceState: {
        VmInterfaceStateChange change;
        settings->String("State", &change.state);
        settings->Guid("VirtualMachineId", &change.virtual_machine_id);
        request.settings = std::move(change);
        break;
      }
    }
  });
  return request;
}

ModifyNamespaceRequest ReadNamespaceRequest(json::Object object, const Scope& scope) {
  ModifyNamespaceRequest request;
  Reader reader(std::move(object), scope);
  ReadRequired(&reader, "ResourceType", kNamespaceResources, &request.resource);
  ReadRequired(&reader, "RequestType", kRequestTypes, &request.request);
  ReadSettings(&reader, [&](Reader* settings) {
    const Scope& place = settings->scope();
    if (request.resource == NamespaceResourceType::kEndpoint) {
      settings->Guid("EndpointId", &request.endpoint_id);
      if (request.endpoint_id.IsZero()) {
        place.Member("EndpointId").FailMissing(place.codes().document, "expected the endpoint's id");
      }
    } else {
      settings->String("ContainerId", &request.container_id);
      if (request.container_id.empty()) {
        place.Member("ContainerId").FailMissing(place.codes().document, "expected the container's id");
      }
    }
  });
  return request;
}

template <typename Document>
base::Result<ReplaceRequest<Document>> ReadReplaceRequest(json::Object document,
                                                          base::Result<Document> (*read)(json::Object)) {
  ReplaceRequest<Document> request;
  if (document.FindIgnoringCase("RequestType") == nullptr) {
    HNS_ASSIGN_OR_RETURN(request.document, read(std::move(document)));
    return request;
  }
  json::Object settings;
  HNS_ASSIGN_OR_RETURN(
      request.request, ReadDocument(std::move(document), kOtherCodes, [&](json::Object object, const Scope& scope) {
        Reader reader(std::move(object), scope);
        RequestType type{};
        ReadRequired(&reader, "RequestType", kRequestTypes, &type);
        reader.Object("Settings", [&](json::Object given, const Scope&) { settings = std::move(given); });
        return type;
      }));
  HNS_ASSIGN_OR_RETURN(request.document, read(std::move(settings)));
  return request;
}

ModifyGuestNetworkServiceRequest ReadGuestNetworkServiceRequest(json::Object object, const Scope& scope) {
  constexpr std::array<EnumName, 1> kResources = {{{"State", 0}}};
  std::array<EnumName, 9> states;
  for (std::uint32_t i = 0; i < states.size(); ++i) {
    states[i] = {GuestNetworkServiceStateName(static_cast<GuestNetworkServiceState>(i)), i};
  }
  ModifyGuestNetworkServiceRequest request;
  Reader reader(std::move(object), scope);
  std::uint32_t resource = 0;
  ReadRequired(&reader, "ResourceType", kResources, &resource);
  ReadRequired(&reader, "RequestType", kRequestTypes, &request.request);
  ReadSettings(&reader, [&](Reader* settings) {
    const Scope& place = settings->scope();
    if (!settings->Enum("State", states, place.codes().document, &request.state)) {
      place.Member("State").FailMissing(place.codes().document, "expected a state such as Synchronized");
    }
  });
  return request;
}

}  // namespace

std::string_view RequestTypeName(RequestType type) { return NameOf(kRequestTypes, static_cast<std::uint32_t>(type)); }

base::Result<ModifyNetworkRequest> ReadModifyNetworkRequest(json::Object document) {
  return ReadDocument(std::move(document), kNetworkCodes, ReadNetworkRequest);
}

base::Result<ModifyEndpointRequest> ReadModifyEndpointRequest(json::Object document) {
  return ReadDocument(std::move(document), kEndpointCodes, ReadEndpointRequest);
}

base::Result<ModifyNamespaceRequest> ReadModifyNamespaceRequest(json::Object document) {
  return ReadDocument(std::move(document), kOtherCodes, ReadNamespaceRequest);
}

base::Result<ModifyLoadBalancerRequest> ReadModifyLoadBalancerRequest(json::Object document) {
  return ReadReplaceRequest(std::move(document), ReadLoadBalancer);
}

base::Result<ModifySdnRouteRequest> ReadModifySdnRouteRequest(json::Object document) {
  return ReadReplaceRequest(std::move(document), ReadSdnRoute);
}

base::Result<ModifyGuestNetworkServiceRequest> ReadModifyGuestNetworkServiceRequest(json::Object document) {
  return ReadDocument(std::move(document), kOtherCodes, ReadGuestNetworkServiceRequest);
}

}  // namespace schema
