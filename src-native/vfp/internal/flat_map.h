// A hash map from 48-byte keys to small values, for tables that are looked up
// per new flow: open addressing with linear probing, so that a probe reads
// consecutive tags (four bytes each, sixteen to a cache line) and touches a
// slot only when a tag fits.
//
// Keys are plain 48 bytes without padding (FlowKey and the like), compared and
// hashed as bytes. Erasing shifts followers back, so a table that lives long
// does not slow down. It grows a little at a time: a packet that meets a full
// table of a million entries moves some of them, not all. Pointers to values
// are good until the next insertion or erasure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "vfp/flow_key.h"

namespace vfp {

template <typename Key, typename Value>
class FlatMap {
  static_assert(sizeof(Key) == 48 && std::is_trivially_copyable_v<Key>);

 public:
  explicit FlatMap(std::uint64_t seed) : seed_(seed) {}
  FlatMap(const FlatMap&) = delete;
  FlatMap& operator=(const FlatMap&) = delete;

  std::size_t size() const { return current_.size + leaving_.size; }

  Value* Find(const Key& key) {
    const std::uint32_t tag = TagOf(key);
    if (Slot* slot = current_.Find(key, tag)) return &slot->value;
    if (leaving_.size == 0) return nullptr;
    Slot* slot = leaving_.Find(key, tag);
    return slot != nullptr ? &slot->value : nullptr;
  }
  const Value* Find(const Key& key) const { return const_cast<FlatMap*>(this)->Find(key); }

  // The value of `key`, made from Value{} when it was not there; and whether it was made.
  std::pair<Value*, bool> Insert(const Key& key) {
    MoveSome();
    if (Value* found = Find(key)) return {found, false};
    // At most three quarters full: probes stay short (about 2.5 tags on a hit).
    if ((current_.size + leaving_.size + 1) * 4 > current_.capacity * 3) Grow();
    return {&current_.Place(TagOf(key), Slot{key, Value{}})->value, true};
  }

  bool Erase(const Key& key) {
    const std::uint32_t tag = TagOf(key);
    if (Slot* slot = current_.Find(key, tag)) {
      current_.Close(slot);
      return true;
    }
    if (leaving_.size == 0) return false;
    Slot* slot = leaving_.Find(key, tag);
    if (slot == nullptr) return false;
    leaving_.Bury(slot);
    return true;
  }

 private:
  struct Slot {
    Key key;
    Value value;
  };
  static constexpr std::uint32_t kEmpty = 0;
  static constexpr std::uint32_t kBuried = 1;  // Was taken: a search goes on behind it.
  static constexpr std::uint32_t kFirstTag = 2;
  static constexpr std::size_t kFirstCapacity = 16;
  // Old slots looked at per insertion. Two would do to be through before the new
  // table is full; more, because until then a search may need both.
  static constexpr std::size_t kMovedAtOnce = 8;

  // Memory is not touched before it is used: fresh pages are zero, and empty is zero.
  struct Table {
    std::uint32_t* tags = nullptr;
    Slot* slots = nullptr;     // Alive where the tag is kFirstTag or more.
    std::size_t capacity = 0;  // A power of two, or zero.
    std::size_t size = 0;

    Table() = default;
    explicit Table(std::size_t with_capacity)
        : tags(static_cast<std::uint32_t*>(std::calloc(with_capacity, sizeof(std::uint32_t)))),
          slots(static_cast<Slot*>(std::malloc(with_capacity * sizeof(Slot)))),
          capacity(with_capacity) {
      if (tags == nullptr || slots == nullptr) std::abort();  // As `new` does without exceptions.
    }
    Table(Table&& other) noexcept { swap(other); }
    Table& operator=(Table&& other) noexcept {
      Table gone(std::move(other));
      swap(gone);
      return *this;
    }
    ~Table() {
      for (std::size_t i = 0; size != 0; ++i) {
        if (tags[i] < kFirstTag) continue;
        slots[i].~Slot();
        --size;
      }
      std::free(tags);
      std::free(slots);
    }
    void swap(Table& other) noexcept {
      std::swap(tags, other.tags);
      std::swap(slots, other.slots);
      std::swap(capacity, other.capacity);
      std::swap(size, other.size);
    }

    std::size_t mask() const { return capacity - 1; }
    Slot* Find(const Key& key, std::uint32_t tag) {
      if (size == 0) return nullptr;
      for (std::size_t at = tag & mask(); tags[at] != kEmpty; at = (at + 1) & mask()) {
        if (tags[at] == tag && std::memcmp(&slots[at].key, &key, sizeof key) == 0) return &slots[at];
      }
      return nullptr;
    }
    // REQUIRES: the key is not there; a free slot; nothing buried.
    Slot* Place(std::uint32_t tag, Slot&& slot) {
      std::size_t at = tag & mask();
      while (tags[at] != kEmpty) at = (at + 1) & mask();
      tags[at] = tag;
      ++size;
      return new (&slots[at]) Slot(std::move(slot));
    }
    // Takes the slot out and fills the hole with the next entry that may stand
    // there, until a gap. REQUIRES: nothing buried.
    void Close(Slot* slot) {
      auto hole = static_cast<std::size_t>(slot - slots);
      for (std::size_t at = (hole + 1) & mask(); tags[at] != kEmpty; at = (at + 1) & mask()) {
        const std::size_t home = tags[at] & mask();
        // Whether `hole` lies cyclically in [home, at).
        if (((at - home) & mask()) >= ((at - hole) & mask())) {
          tags[hole] = tags[at];
          slots[hole] = std::move(slots[at]);
          hole = at;
        }
      }
      tags[hole] = kEmpty;
      slots[hole].~Slot();
      --size;
    }
    void Bury(Slot* slot) {
      tags[slot - slots] = kBuried;
      slot->~Slot();
      --size;
    }
  };

  // The hash's low half also is the home slot: 2^32 slots are more than memory holds.
  std::uint32_t TagOf(const Key& key) const {
    const auto tag = static_cast<std::uint32_t>(Hash48(&key, seed_));
    return tag < kFirstTag ? tag + kFirstTag : tag;
  }

  void Grow() {
    while (leaving_.capacity != 0) MoveSome();  // Not met: it was through long ago.
    leaving_ = std::move(current_);
    current_ = Table(leaving_.capacity == 0 ? kFirstCapacity : leaving_.capacity * 2);
    next_to_move_ = 0;
    if (leaving_.size == 0) leaving_ = Table();
  }

  void MoveSome() {
    if (leaving_.capacity == 0) return;
    for (std::size_t i = 0; i < kMovedAtOnce && leaving_.size != 0; ++i, ++next_to_move_) {
      const std::uint32_t tag = leaving_.tags[next_to_move_];
      if (tag < kFirstTag) continue;
      Slot* slot = &leaving_.slots[next_to_move_];
      current_.Place(tag, std::move(*slot));
      leaving_.Bury(slot);
    }
    if (leaving_.size == 0) leaving_ = Table();
  }

  std::uint64_t seed_;
  Table current_;
  Table leaving_;  // The table before the last growth, while entries are left in it.
  std::size_t next_to_move_ = 0;
};

}  // namespace vfp
