#include "vfp/internal/translation.h"

#include <cstring>

namespace vfp {
namespace {

base::IpAddress LoadAddress(const std::uint8_t* bytes, bool is_v6) {
  return is_v6 ? base::IpAddress::V6FromBytes(bytes) : base::IpAddress::V4FromBytes(bytes);
}

}  // namespace

std::uint32_t TranslationPool::Take() {
  if (free_ != kNone) {
    const std::uint32_t node = free_;
    free_ = nodes_[node].next;
    return node;
  }
  if (used_ == nodes_.size() && !nodes_.Grow()) return kNone;
  return used_++;
}

bool TranslationPool::Push(const Node& node, std::uint32_t* head) {
  const std::uint32_t index = Take();
  if (index == kNone) return false;
  nodes_[index] = node;
  nodes_[index].next = *head;
  *head = index;
  return true;
}

std::uint32_t TranslationPool::Store(std::span<const Translation> translations, bool* ok) {
  std::uint32_t head = kNone;
  *ok = true;
  for (std::size_t i = translations.size(); i-- > 0;) {
    const Translation& from = translations[i];
    if (from.has_binding) {
      Node half{};
      half.rule = from.remote_port;
      half.port = from.nat_port;
      std::memcpy(half.address, from.nat_address.bytes.data(), 16);
      *ok = Push(half, &head);
    }
    Node node{};
    node.layer = from.layer;
    node.rule = from.rule;
    node.port = from.port;
    node.flags =
        static_cast<std::uint8_t>(static_cast<unsigned>(from.kind) | (from.has_binding ? kHasBinding : 0u) |
                                  (from.preserves_destination ? kPreserves : 0u) | (from.of_source ? kOfSource : 0u) |
                                  (from.address.IsV6() || (from.has_binding && from.nat_address.IsV6()) ? kIsV6 : 0u));
    node.protocol = from.protocol;
    std::memcpy(node.address, from.address.bytes.data(), 16);
    if (*ok) *ok = Push(node, &head);
    if (*ok) continue;
    Free(head);
    return kNone;
  }
  return head;
}

void TranslationPool::Free(std::uint32_t head) {
  while (head != kNone) {
    const std::uint32_t following = nodes_[head].next;
    nodes_[head].next = free_;
    free_ = head;
    head = following;
  }
}

Translation TranslationPool::at(std::uint32_t index) const {
  const Node& node = nodes_[index];
  const bool is_v6 = (node.flags & kIsV6) != 0;
  Translation translation;
  translation.layer = node.layer;
  translation.rule = node.rule;
  translation.kind = static_cast<TranslationKind>(node.flags & kKindMask);
  translation.has_binding = (node.flags & kHasBinding) != 0;
  translation.preserves_destination = (node.flags & kPreserves) != 0;
  translation.of_source = (node.flags & kOfSource) != 0;
  translation.protocol = node.protocol;
  translation.address = LoadAddress(node.address, is_v6);
  translation.port = node.port;
  if (!translation.has_binding) return translation;
  const Node& half = nodes_[node.next];
  translation.nat_address = LoadAddress(half.address, is_v6);
  translation.nat_port = half.port;
  translation.remote_port = static_cast<std::uint16_t>(half.rule);
  return translation;
}

}  // namespace vfp
