// Rows of bytes in order of their keys, for the store in memory.
//
// Two levels: leaves of up to kLeafRows rows side by side, and a directory with
// each leaf's first key. A search is two binary searches over memory that lies
// together; a tree of single nodes, whose every comparison is a cache miss,
// took half the time of creating an endpoint.
//
// Invariants
//   1. Keys ascend through the leaves; no leaf is empty.
//   2. A directory entry's key is its leaf's first key, byte for byte.
//   3. Keys and values are plain bytes: inside the row when short, else in a
//      block that the row owns. So rows can be moved as memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace hns {

// Bytes that can be moved with memmove. Whoever holds one calls Free.
template <std::size_t kInline>
class OwnedBytes {
 public:
  static OwnedBytes Copy(std::string_view bytes) {
    OwnedBytes owned;
    owned.size_ = static_cast<std::uint32_t>(bytes.size());
    char* to = owned.inline_;
    if (bytes.size() > kInline) {
      to = new char[bytes.size()];
      std::memcpy(owned.inline_, &to, sizeof to);
    }
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
    return owned;
  }
  void Free() {
    if (size_ > kInline) delete[] Block();
    size_ = 0;
  }
  std::string_view view() const { return {size_ > kInline ? Block() : inline_, size_}; }

 private:
  static_assert(kInline >= sizeof(char*));
  char* Block() const {
    char* block;
    std::memcpy(&block, inline_, sizeof block);
    return block;
  }

  std::uint32_t size_ = 0;
  char inline_[kInline];
};

class OrderedRows {
 public:
  using KeyBytes = OwnedBytes<44>;
  using ValueBytes = OwnedBytes<20>;
  struct Row {
    KeyBytes key;
    ValueBytes value;
  };

  OrderedRows() = default;
  OrderedRows(const OrderedRows&) = delete;
  OrderedRows& operator=(const OrderedRows&) = delete;
  ~OrderedRows();

  // The row of the key, the first at or after it, the last at or before it; or
  // nullptr. Good until the next change.
  const Row* Find(std::string_view key) const;
  const Row* AtOrAfter(std::string_view key) const;
  const Row* AtOrBefore(std::string_view key) const;
  // While `visit(row)` returns true.
  template <typename Visit>
  void ForEach(std::string_view prefix, Visit visit) const {
    for (Place at = LowerBound(prefix); at.leaf < directory_.size(); at = {at.leaf + 1, 0}) {
      const Leaf& leaf = *directory_[at.leaf].leaf;
      for (std::size_t i = at.row; i < leaf.count; ++i) {
        const Row& row = leaf.rows[i];
        if (row.key.view().substr(0, prefix.size()) != prefix || !visit(row)) return;
      }
    }
  }

  // Inserts, or replaces and gives the old value to `*old`, which the caller
  // frees. True when there was one. Takes over `value`.
  bool Put(std::string_view key, ValueBytes value, ValueBytes* old);
  // Removes; the caller frees `*old`. False when there is no such row.
  bool Erase(std::string_view key, ValueBytes* old);

 private:
  static constexpr std::size_t kLeafRows = 64;
  struct Leaf {
    std::size_t count = 0;
    Row rows[kLeafRows];
  };
  struct Entry {
    KeyBytes first;
    Leaf* leaf;
  };
  struct Place {
    std::size_t leaf;
    std::size_t row;
  };

  // The leaf a key belongs into. REQUIRES: there is a leaf.
  std::size_t LeafFor(std::string_view key) const;
  // The first row at or after the key; past the last leaf when there is none.
  Place LowerBound(std::string_view key) const;
  void SetFirst(std::size_t leaf);
  void Split(std::size_t leaf);

  std::vector<Entry> directory_;
};

}  // namespace hns
