// Names of layers and rules as numbers, so that a connection can remember what
// decided about it in four bytes, and long after the rule itself was replaced.
#pragma once

#include <cassert>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vfp {

using NameId = std::uint32_t;
inline constexpr NameId kNoName = 0;

// Counts references: a name goes with its last holder.
class StringPool {
 public:
  StringPool() : slots_(1) {}

  NameId Acquire(std::string_view text) {
    if (const auto found = ids_.find(text); found != ids_.end()) {
      ++slots_[found->second].references;
      return found->second;
    }
    NameId id;
    if (free_.empty()) {
      id = static_cast<NameId>(slots_.size());
      slots_.emplace_back();
    } else {
      id = free_.back();
      free_.pop_back();
    }
    const auto [where, inserted] = ids_.emplace(std::string(text), id);
    slots_[id] = {&where->first, 1};
    return id;
  }
  void AddReference(NameId id) {
    if (id != kNoName) ++slots_[id].references;
  }
  void Release(NameId id) {
    if (id == kNoName) return;
    assert(slots_[id].references > 0);
    if (--slots_[id].references != 0) return;
    ids_.erase(ids_.find(*slots_[id].text));
    slots_[id].text = nullptr;
    free_.push_back(id);
  }
  std::string_view Text(NameId id) const {
    return id == kNoName ? std::string_view() : std::string_view(*slots_[id].text);
  }
  std::size_t size() const { return ids_.size(); }

 private:
  struct Slot {
    const std::string* text = nullptr;  // The map's own key; nodes do not move.
    std::uint32_t references = 0;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::unordered_map<std::string, NameId, Hash, std::equal_to<>> ids_;
  std::vector<Slot> slots_;  // By id; 0 is no name.
  std::vector<NameId> free_;
};

}  // namespace vfp
