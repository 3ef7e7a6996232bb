// Settings of endpoint policies as a table: each member's name, its other
// spelling and what it may hold. For the policies that nothing here reads into
// a struct of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "schema/common.h"

namespace schema {

enum class EndpointPolicyType : std::uint8_t;

enum class FieldKind : std::uint8_t {
  kText,
  kTexts,
  kBool,
  kUint16,
  kUint32,
  kUint64,
  kPort,       // "8080" or 8080; 1 to 65535.
  kPorts,      // "80,8000-8099", or a list of such.
  kProtocols,  // "6,17"
  kAddress,
  kPrefix,
  kPrefixes,  // Addresses and prefixes: a list, or text separated by commas.
  kGuid,
  kEnum,     // Of `names`.
  kFlags,    // Of `names`.
  kObject,   // Of `members`.
  kObjects,  // Of `members`.
};

struct SettingsField {
  std::string_view name;
  FieldKind kind = FieldKind::kText;
  bool required = false;
  std::string_view other_name = {};  // As another client or a newer document spells it.
  std::span<const EnumName> names = {};
  std::span<const SettingsField> members = {};
};

// Empty for the types that have a reader of their own (ACL, TierAcl,
// OutBoundNAT, PortMapping) and for L2Driver, which has no settings.
std::span<const SettingsField> SettingsFieldsOf(EndpointPolicyType type);

// One of the members must be there; empty when nothing is asked. For policies
// that say one thing in one of several ways.
std::span<const std::string_view> NeedsOneOf(EndpointPolicyType type);

// Reports what is wrong with `settings`. Members the table does not name are
// left alone.
void CheckSettings(EndpointPolicyType type, json::Object settings, const Scope& scope);

}  // namespace schema
