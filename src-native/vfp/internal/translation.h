// What a layer decided to rewrite for one connection, and where connections
// keep it. Allow and block are not kept: they are evaluated anew whenever policy
// has changed, while a translation must stay as long as it is valid.
#pragma once

#include <cstdint>
#include <span>

#include "base/ip_address.h"
#include "vfp/internal/connection.h"
#include "vfp/internal/nat_bindings.h"
#include "vfp/internal/slab.h"
#include "vfp/internal/string_pool.h"

namespace vfp {

enum class TranslationKind : std::uint8_t { kStatic, kDynamic, kBalance };

struct Translation {
  NameId layer = kNoName;
  NameId rule = kNoName;
  TranslationKind kind = TranslationKind::kStatic;
  // The source was rewritten too, or only: `nat_*` and the binding count.
  bool has_binding = false;
  bool preserves_destination = false;  // kBalance: the backend is reached, not written.
  bool of_source = false;              // kStatic: which side was written.
  std::uint8_t protocol = 0;
  // kBalance: the backend. kDynamic: the remote the binding is for.
  // kStatic: what was written, on whichever side.
  base::IpAddress address;
  std::uint16_t port = 0;
  base::IpAddress nat_address;
  std::uint16_t nat_port = 0;
  std::uint16_t remote_port = 0;  // As the binding has it: 0 for protocols without ports.

  // REQUIRES: has_binding.
  NatBindingKey Binding() const {
    return {.nat_address = nat_address,
            .remote_address = address,
            .nat_port = nat_port,
            .remote_port = remote_port,
            .protocol = protocol};
  }
  bool operator==(const Translation&) const = default;
};

// Lists of translations in a slab: 32 bytes for each, 32 more for a binding.
class TranslationPool {
 public:
  // kNone for an empty list, and when memory is exhausted (*ok is false then).
  std::uint32_t Store(std::span<const Translation> translations, bool* ok);
  void Free(std::uint32_t head);
  Translation at(std::uint32_t node) const;
  std::uint32_t next(std::uint32_t node) const {
    const std::uint32_t following = nodes_[node].next;
    return (nodes_[node].flags & kHasBinding) != 0 ? nodes_[following].next : following;
  }

 private:
  static constexpr std::uint8_t kKindMask = 3;
  static constexpr std::uint8_t kHasBinding = 4;  // The next node is its other half.
  static constexpr std::uint8_t kPreserves = 8;
  static constexpr std::uint8_t kOfSource = 16;
  static constexpr std::uint8_t kIsV6 = 32;

  struct Node {
    std::uint32_t next;
    std::uint32_t layer;  // In a binding's half: zero.
    std::uint32_t rule;   // In a binding's half: the remote port.
    std::uint16_t port;   // In a binding's half: the NAT port.
    std::uint8_t flags;
    std::uint8_t protocol;
    std::uint8_t address[16];
  };
  static_assert(sizeof(Node) == 32);

  std::uint32_t Take();
  // A node in front of `head`; false when memory is exhausted.
  bool Push(const Node& node, std::uint32_t* head);

  Slab<Node> nodes_;
  std::uint32_t used_ = 0;
  std::uint32_t free_ = kNone;
};

}  // namespace vfp
