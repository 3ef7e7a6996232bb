// What every HCN object has, and how its documents say which dialect they speak.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/guid.h"
#include "base/json.h"
#include "base/mac_address.h"
#include "base/result.h"
#include "schema/reader.h"
#include "schema/writer.h"

namespace schema {

struct SchemaVersion {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  auto operator<=>(const SchemaVersion&) const = default;
};

// What Windows Server 2022 writes into its documents.
inline constexpr SchemaVersion kServer2022Schema{2, 11};

// Common members of networks, endpoints, namespaces, load balancers, subnets.
struct ObjectBase {
  base::Guid id;  // Zero: not given.
  std::string name;
  std::string owner;
  // Zero in a document (containerd sends it) and absent both mean the service's own.
  SchemaVersion schema_version;
  std::optional<std::uint64_t> version;  // HNS version << 32 | minor; written by the service.
  std::optional<std::uint16_t> state;    // Written by the service.
  // Health, AdditionalParams, Telemetry and members we have no name for, as given.
  json::Object rest;

  bool operator==(const ObjectBase&) const = default;
};

// A MAC address in the client's own spelling, because clients compare the text.
struct MacText {
  std::string text;
  base::MacAddress value;

  static MacText Of(const base::MacAddress& mac) { return {mac.ToString(), mac}; }
  bool operator==(const MacText&) const = default;
};

enum class Dialect : std::uint8_t { kV1, kV2 };

// No SchemaVersion, or Major 1, is v1; everything else, with Major 0 as containerd
// sends it, is v2. A v2 document that lacks its SchemaVersion reads the same as v1.
Dialect DialectOf(const json::Object& document);

// --- For the other files of this room ---

// Reads all of ObjectBase but `rest`, which the caller takes last.
void ReadObjectBase(Reader* reader, ObjectBase* out);
// ID, Name and Owner go first, the version members and `rest` last.
void WriteObjectHead(const ObjectBase& object, ObjectWriter* writer);
void WriteObjectTail(const ObjectBase& object, ObjectWriter* writer);

void ReadSchemaVersion(Reader* reader, SchemaVersion* out);
void ReadMac(Reader* reader, std::string_view name, std::optional<MacText>* out);

// Reads a whole document with `read(json::Object, const Scope&) -> T`.
template <typename Read>
auto ReadDocument(json::Object document, const Codes& codes, Read read)
    -> base::Result<decltype(read(std::move(document), std::declval<const Scope&>()))> {
  Failure failure;
  const Scope scope(codes, &failure);
  auto result = base::Result(read(std::move(document), scope));
  HNS_RETURN_IF_ERROR(failure.ToStatus());
  return result;
}

}  // namespace schema
