// The tables of the store, and how their keys are built.
//
// Numbers in keys are big-endian, so that they order as numbers. GUIDs are 16
// bytes as printed. Texts end a key, or are followed by a zero byte and parts
// of fixed length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/guid.h"
#include "base/ip_address.h"
#include "base/mac_address.h"

namespace hns {

// The numbers stand on disks: a new table takes the next one, a table that goes
// leaves its own unused.
enum class Table : std::uint8_t {
  kMeta = 0,                   // name -> bytes: format, host namespace, counters
  kNetworks = 1,               // id -> record
  kEndpoints = 2,              // id -> record
  kNamespaces = 3,             // id -> record
  kLoadBalancers = 4,          // id -> record
  kNetworkNames = 5,           // name -> id
  kEndpointNames = 6,          // name 0 id -> ""
  kNetworkEndpoints = 7,       // network, endpoint -> "" (local) or "r" (remote)
  kEndpointAddresses = 8,      // network, address -> endpoint
  kEndpointMacs = 9,           // network, MAC -> endpoint (local ones)
  kHostEndpoints = 10,         // network -> its endpoint in the host compartment
  kNetworkLoadBalancers = 11,  // network, load balancer -> ""
  kBackendLoadBalancers = 12,  // endpoint, load balancer -> ""
  kFrontends = 13,             // protocol, external port, address or "" -> load balancer
  kPortMappings = 14,          // protocol, external port, address or "" -> endpoint
  kFreeRanges = 15,            // pool, first -> last (free_ranges.h)
  kSdnRoutes = 16,             // id -> record
  kNetworkSdnRoutes = 17,      // network, SDN route -> ""
  kEndpointSdnRoutes = 18,     // endpoint, SDN route -> ""
  kBackends = 19,              // endpoint -> network, locality, addresses (backends.h)
  kChanges = 20,               // number -> what changed (change_log.h)
  kGuestNetworkServices = 21,  // id -> record
};
inline constexpr std::size_t kTableCount = 22;

// The tables whose rows are objects by id; all others follow from them.
constexpr bool HoldsObjects(Table table) {
  return table == Table::kNetworks || table == Table::kEndpoints || table == Table::kNamespaces ||
         table == Table::kLoadBalancers || table == Table::kSdnRoutes || table == Table::kGuestNetworkServices;
}

// Appends parts to a key: Key(network).Add(address).bytes().
class Key {
 public:
  Key() = default;
  explicit Key(const base::Guid& id) { Add(id); }

  Key& Add(const base::Guid& id) {
    const std::uint64_t head = std::uint64_t{id.data1} << 32 | std::uint64_t{id.data2} << 16 | id.data3;
    AddBigEndian(head, 8);
    return AddText({reinterpret_cast<const char*>(id.data4.data()), id.data4.size()});
  }
  // Family and all 16 bytes, so that families do not meet.
  Key& Add(const base::IpAddress& address) {
    AddByte(static_cast<std::uint8_t>(address.family));
    return AddText({reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
  }
  Key& Add(const base::MacAddress& mac) {
    return AddText({reinterpret_cast<const char*>(mac.bytes.data()), mac.bytes.size()});
  }
  Key& AddByte(std::uint8_t value) { return AddBigEndian(value, 1); }
  Key& AddPort(std::uint16_t value) { return AddBigEndian(value, 2); }
  Key& AddText(std::string_view text) {
    if (long_.empty() && size_ + text.size() <= sizeof short_) {
      if (!text.empty()) std::memcpy(short_ + size_, text.data(), text.size());
      size_ += text.size();
      return *this;
    }
    if (long_.empty()) long_.assign(short_, size_);
    long_.append(text);
    return *this;
  }
  Key& AddBigEndian(std::uint64_t value, int width) {
    char bytes[8];
    for (int i = 0; i < width; ++i) bytes[i] = static_cast<char>(value >> (width - 1 - i) * 8);
    return AddText({bytes, static_cast<std::size_t>(width)});
  }

  std::string_view bytes() const { return long_.empty() ? std::string_view(short_, size_) : long_; }
  operator std::string_view() const { return bytes(); }  // NOLINT: a key is its bytes

 private:
  // Two ids, or an address and more.
  char short_[48];
  std::size_t size_ = 0;
  std::string long_;  // All of a key that is longer.
};

inline std::uint64_t ReadBigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

// REQUIRES: 16 bytes, as Key::Add(Guid) wrote them.
inline base::Guid ReadGuid(std::string_view bytes) {
  base::Guid id;
  id.data1 = static_cast<std::uint32_t>(ReadBigEndian(bytes.substr(0, 4)));
  id.data2 = static_cast<std::uint16_t>(ReadBigEndian(bytes.substr(4, 2)));
  id.data3 = static_cast<std::uint16_t>(ReadBigEndian(bytes.substr(6, 2)));
  for (std::size_t i = 0; i < 8; ++i) id.data4[i] = static_cast<std::uint8_t>(bytes[8 + i]);
  return id;
}

}  // namespace hns
