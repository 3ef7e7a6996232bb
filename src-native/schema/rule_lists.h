// The lists of 5-tuple rules: text separated by commas, as ACLs and tiers have
// it; where a policy has a JSON list instead, each of its texts may be such a
// list. Any other text is the scope's `document` code, or `address` for addresses.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "schema/reader.h"

namespace schema {

// 256 among them means any: the list is empty then.
void ReadProtocolList(Reader* reader, std::string_view name, std::vector<std::uint8_t>* out);
void ReadAddressList(Reader* reader, std::string_view name, std::vector<base::IpPrefix>* out);
// A text that has nothing of an address is the id of a set; one list has
// either. Unverified: whether HNS takes both in one.
void ReadAddressesOrSets(Reader* reader, std::string_view name, std::vector<base::IpPrefix>* addresses,
                         std::vector<std::string>* sets);
void ReadPortList(Reader* reader, std::string_view name, std::vector<base::PortRange>* out);

}  // namespace schema
