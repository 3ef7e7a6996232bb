// What a layer decided to rewrite for one connection, and where connections
// keep it. Allow and block are not kept: they are evaluated anew whenever policy
// has changed, while a translation must stay as long as it is valid.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

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

// Lists of translations in a slab.
class TranslationPool {
 public:
  // kNone for an empty list, and when memory is exhausted (*ok is false then).
  std::uint32_t Store(std::span<const Translation> translations, bool* ok) {
    std::uint32_t head = kNone;
    *ok = true;
    for (std::size_t i = translations.size(); i-- > 0;) {
      const std::uint32_t node = Take();
      if (node == kNone) {
        Free(head);
        *ok = false;
        return kNone;
      }
      nodes_[node] = {translations[i], head};
      head = node;
    }
    return head;
  }
  void Free(std::uint32_t head) {
    while (head != kNone) {
      const std::uint32_t next = nodes_[head].next;
      nodes_[head].next = free_;
      free_ = head;
      head = next;
    }
  }
  const Translation& at(std::uint32_t node) const { return nodes_[node].translation; }
  std::uint32_t next(std::uint32_t node) const { return nodes_[node].next; }

 private:
  struct Node {
    Translation translation;
    std::uint32_t next;
  };

  std::uint32_t Take() {
    if (free_ != kNone) {
      const std::uint32_t node = free_;
      free_ = nodes_[node].next;
      return node;
    }
    if (used_ == nodes_.size() && !nodes_.Grow()) return kNone;
    return used_++;
  }

  Slab<Node> nodes_;
  std::uint32_t used_ = 0;
  std::uint32_t free_ = kNone;
};

}  // namespace vfp
