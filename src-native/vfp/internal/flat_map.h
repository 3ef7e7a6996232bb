// A hash map from 48-byte keys to small values, for tables that are looked up
// per new flow: open addressing with linear probing, so that a probe reads
// consecutive tags (four bytes each, sixteen to a cache line) and touches a
// slot only when a tag fits.
//
// Keys are plain 48 bytes without padding (FlowKey and the like), compared and
// hashed as bytes. Erasing shifts followers back: no tombstones, so a table
// that lives long does not slow down. Pointers to values are good until the
// next insertion or erasure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "vfp/flow_key.h"

namespace vfp {

template <typename Key, typename Value>
class FlatMap {
  static_assert(sizeof(Key) == 48 && std::is_trivially_copyable_v<Key>);

 public:
  explicit FlatMap(std::uint64_t seed) : seed_(seed) {}

  std::size_t size() const { return size_; }
  std::uint64_t Hash(const Key& key) const { return Hash48(&key, seed_); }

  Value* Find(const Key& key) { return Find(key, Hash(key)); }
  const Value* Find(const Key& key) const { return const_cast<FlatMap*>(this)->Find(key, Hash(key)); }

  // The value of `key`, made from Value{} when it was not there; and whether it was made.
  std::pair<Value*, bool> Insert(const Key& key) {
    const std::uint64_t hash = Hash(key);
    if (Value* found = Find(key, hash)) return {found, false};
    // At most three quarters full: probes stay short (about 2.5 tags on a hit).
    if ((size_ + 1) * 4 > tags_.size() * 3) Grow();
    const std::size_t at = FreeFrom(TagOf(hash));
    tags_[at] = TagOf(hash);
    slots_[at] = Slot{key, Value{}};
    ++size_;
    return {&slots_[at].value, true};
  }

  bool Erase(const Key& key) {
    if (size_ == 0) return false;
    std::size_t hole = IndexOf(key, Hash(key));
    if (hole == kNowhere) return false;
    // Close the hole with the next entry that may stand there, until a gap.
    for (std::size_t at = (hole + 1) & mask(); tags_[at] != kEmpty; at = (at + 1) & mask()) {
      const std::size_t home = tags_[at] & mask();
      // `hole` lies cyclically in [home, at).
      if (((at - home) & mask()) >= ((at - hole) & mask())) {
        tags_[hole] = tags_[at];
        slots_[hole] = std::move(slots_[at]);
        hole = at;
      }
    }
    tags_[hole] = kEmpty;
    slots_[hole] = Slot{};
    --size_;
    return true;
  }

 private:
  struct Slot {
    Key key{};
    Value value{};
  };
  static constexpr std::uint32_t kEmpty = 0;
  static constexpr std::size_t kNowhere = ~std::size_t{0};
  static constexpr std::size_t kFirstCapacity = 16;

  // The hash's low half also is the home slot: 2^32 slots are more than memory holds.
  static std::uint32_t TagOf(std::uint64_t hash) {
    const auto tag = static_cast<std::uint32_t>(hash);
    return tag == kEmpty ? 1 : tag;
  }
  std::size_t mask() const { return tags_.size() - 1; }

  std::size_t IndexOf(const Key& key, std::uint64_t hash) const {
    const std::uint32_t tag = TagOf(hash);
    for (std::size_t at = tag & mask(); tags_[at] != kEmpty; at = (at + 1) & mask()) {
      if (tags_[at] == tag && std::memcmp(&slots_[at].key, &key, sizeof key) == 0) return at;
    }
    return kNowhere;
  }
  Value* Find(const Key& key, std::uint64_t hash) {
    if (size_ == 0) return nullptr;
    const std::size_t at = IndexOf(key, hash);
    return at == kNowhere ? nullptr : &slots_[at].value;
  }
  std::size_t FreeFrom(std::uint32_t tag) const {
    std::size_t at = tag & mask();
    while (tags_[at] != kEmpty) at = (at + 1) & mask();
    return at;
  }
  void Grow() {
    const std::size_t capacity = tags_.empty() ? kFirstCapacity : tags_.size() * 2;
    std::vector<std::uint32_t> old_tags(capacity, kEmpty);
    std::vector<Slot> old_slots(capacity);
    old_tags.swap(tags_);
    old_slots.swap(slots_);
    for (std::size_t i = 0; i < old_tags.size(); ++i) {
      if (old_tags[i] == kEmpty) continue;
      const std::size_t at = FreeFrom(old_tags[i]);
      tags_[at] = old_tags[i];
      slots_[at] = std::move(old_slots[i]);
    }
  }

  std::uint64_t seed_;
  std::size_t size_ = 0;
  std::vector<std::uint32_t> tags_;  // Capacity is a power of two.
  std::vector<Slot> slots_;
};

}  // namespace vfp
