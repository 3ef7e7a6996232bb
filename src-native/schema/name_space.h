// HostComputeNamespace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/guid.h"
#include "schema/common.h"

namespace schema {

enum class NamespaceType : std::uint8_t { kHost = 0, kHostDefault = 1, kGuest = 2, kGuestDefault = 3 };

std::string_view NamespaceTypeName(NamespaceType type);  // "HostDefault"

enum class NamespaceResourceType : std::uint8_t { kContainer = 0, kEndpoint = 1 };

struct NamespaceResource {
  NamespaceResourceType type = NamespaceResourceType::kEndpoint;
  base::Guid endpoint_id;    // Of an endpoint.
  std::string container_id;  // Of a container: any text.
  json::Object data_rest;    // What Data held beside Id.
  json::Object rest;

  bool operator==(const NamespaceResource&) const = default;
};

struct Namespace : ObjectBase {
  std::optional<std::uint32_t> compartment_id;  // NamespaceId
  base::Guid compartment_guid;                  // NamespaceGuid; zero: none.
  std::optional<NamespaceType> type;            // Absent: Host.
  std::vector<NamespaceResource> resources;
  std::optional<bool> create_with_compartment;

  bool operator==(const Namespace&) const = default;
};

base::Result<Namespace> ReadNamespace(json::Object document);
json::Value WriteNamespace(const Namespace& name_space);

}  // namespace schema
