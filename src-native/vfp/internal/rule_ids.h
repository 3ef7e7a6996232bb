// Rules by id: open addressing over slots, and no table at all for a few.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "vfp/internal/rule_table.h"

namespace vfp {

class RuleIds {
 public:
  static constexpr std::uint32_t kFew = 8;

  // `slots` are the rules, null where a slot is free.
  std::optional<std::uint32_t> Find(std::string_view id, const std::vector<CompiledRule*>& slots) const {
    if (entries_.empty()) {
      for (std::uint32_t slot = 0; slot < slots.size(); ++slot) {
        if (slots[slot] != nullptr && slots[slot]->rule.id == id) return slot;
      }
      return std::nullopt;
    }
    const std::uint32_t hash = HashOf(id);
    for (std::size_t at = hash & mask(); entries_[at].slot != kFree; at = (at + 1) & mask()) {
      if (entries_[at].hash == hash && slots[entries_[at].slot]->rule.id == id) return entries_[at].slot;
    }
    return std::nullopt;
  }

  // REQUIRES: the id is new; slots[slot] is the rule already.
  void Add(std::uint32_t slot, const std::vector<CompiledRule*>& slots) {
    ++size_;
    if (entries_.empty() && slots.size() <= kFew) return;
    const bool was_empty = entries_.empty();
    if (size_ * 4 > entries_.size() * 3) Grow(slots);
    if (!was_empty) Place({HashOf(slots[slot]->rule.id), slot});
  }

  // REQUIRES: slots[slot] is the rule still.
  void Remove(std::uint32_t slot, const std::vector<CompiledRule*>& slots) {
    --size_;
    if (entries_.empty()) return;
    std::size_t hole = HashOf(slots[slot]->rule.id) & mask();
    while (entries_[hole].slot != slot) hole = (hole + 1) & mask();
    for (std::size_t at = (hole + 1) & mask(); entries_[at].slot != kFree; at = (at + 1) & mask()) {
      // An entry fills the hole unless its home lies cyclically in (hole, at].
      if (((at - entries_[at].hash) & mask()) >= ((at - hole) & mask())) {
        entries_[hole] = entries_[at];
        hole = at;
      }
    }
    entries_[hole] = Entry{};
  }

  std::size_t bytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  static constexpr std::uint32_t kFree = ~std::uint32_t{0};
  struct Entry {
    std::uint32_t hash = 0;
    std::uint32_t slot = kFree;
  };

  static std::uint32_t HashOf(std::string_view id) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>()(id));
  }
  std::size_t mask() const { return entries_.size() - 1; }
  void Place(Entry entry) {
    std::size_t at = entry.hash & mask();
    while (entries_[at].slot != kFree) at = (at + 1) & mask();
    entries_[at] = entry;
  }
  void Grow(const std::vector<CompiledRule*>& slots) {
    if (entries_.empty()) {
      entries_.assign(4 * kFew, Entry{});
      for (std::uint32_t slot = 0; slot < slots.size(); ++slot) {
        if (slots[slot] != nullptr) Place({HashOf(slots[slot]->rule.id), slot});
      }
      return;
    }
    std::vector<Entry> smaller(entries_.size() * 2);
    smaller.swap(entries_);
    for (const Entry& entry : smaller) {
      if (entry.slot != kFree) Place(entry);
    }
  }

  std::vector<Entry> entries_;  // A power of two; empty for a few.
  std::size_t size_ = 0;
};

}  // namespace vfp
