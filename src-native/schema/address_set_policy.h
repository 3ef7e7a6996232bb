// Settings of the network policy SetPolicy: a set of addresses that ACLs name.
#pragma once

#include <string>
#include <vector>

#include "base/ip_address.h"
#include "schema/common.h"

namespace schema {

struct AddressSetPolicy {
  std::string id;
  std::string name;
  bool nested = false;                    // NESTEDIPSET
  std::vector<base::IpPrefix> addresses;  // Of an IPSET.
  std::vector<std::string> members;       // Of a NESTEDIPSET: ids of other sets.

  bool operator==(const AddressSetPolicy&) const = default;
};

// Id, Name and PolicyType must be there.
AddressSetPolicy ReadAddressSetPolicy(json::Object settings, const Scope& scope);

}  // namespace schema
