// Finds the entry of a key: buckets of one cache line, seven entries each.
//
// A bucket holds 32 bits of each key's hash and the number of its entry. The
// same 32 bits choose the bucket, so growing moves slots without looking at a
// single key. An entry that finds its home bucket full goes to the next one
// with room; each bucket it passed counts it in `overflow`, which tells a
// search when to go on and needs no tombstones.
//
// Growing is gradual: the old table stays beside the new one, every insertion
// moves a few buckets, and a search looks in the new one first.
#pragma once

#include <cstdint>

#include "base/large_pages.h"

namespace vfp {

inline constexpr std::uint32_t kNoEntry = 0xffffffff;

class FlowIndex {
 public:
  FlowIndex();

  static std::uint32_t Tag(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  void Prefetch(std::uint32_t tag) const {
    __builtin_prefetch(&current_.buckets[tag & current_.mask]);
    if (old_.buckets != nullptr) __builtin_prefetch(&old_.buckets[tag & old_.mask]);
  }
  // The first entry in the home bucket with this tag, likely the right one. The
  // caller compares the key and asks Find when it is not.
  std::uint32_t Candidate(std::uint32_t tag) const {
    const Bucket& bucket = current_.buckets[tag & current_.mask];
    const std::uint32_t hits = Hits(bucket, tag);
    return hits != 0 ? bucket.entry[__builtin_ctz(hits)] : kNoEntry;
  }
  // The entry with this tag for which `same(entry)` is true, or kNoEntry.
  template <typename Same>
  std::uint32_t Find(std::uint32_t tag, Same&& same) const {
    const std::uint32_t found = FindIn(current_, tag, same);
    if (found != kNoEntry || old_.buckets == nullptr) return found;
    return FindIn(old_, tag, same);
  }

  // False when memory is exhausted. REQUIRES: no entry with an equal key.
  bool Insert(std::uint32_t tag, std::uint32_t entry);
  // REQUIRES: it is there.
  void Erase(std::uint32_t tag, std::uint32_t entry);
  // Moves up to `buckets` buckets on, while growing.
  void Migrate(std::uint32_t buckets);

  std::uint32_t size() const { return size_; }
  bool growing() const { return old_.buckets != nullptr; }
  std::uint32_t bucket_count() const { return current_.mask + 1; }

 private:
  static constexpr std::uint32_t kSlots = 7;
  static constexpr std::uint32_t kFull = (1u << kSlots) - 1;

  struct alignas(64) Bucket {
    std::uint32_t tag[kSlots];
    std::uint16_t used;      // One bit a slot.
    std::uint16_t overflow;  // Entries that passed this bucket on their way further.
    std::uint32_t entry[kSlots];
    std::uint32_t reserved;
  };
  static_assert(sizeof(Bucket) == 64);

  struct Table {
    base::LargeBlock memory;
    Bucket* buckets = nullptr;
    std::uint32_t mask = 0;
  };

  static std::uint32_t Hits(const Bucket& bucket, std::uint32_t tag) {
    std::uint32_t hits = 0;
    for (std::uint32_t i = 0; i < kSlots; ++i) hits |= static_cast<std::uint32_t>(bucket.tag[i] == tag) << i;
    return hits & bucket.used;
  }
  template <typename Same>
  static std::uint32_t FindIn(const Table& table, std::uint32_t tag, Same&& same) {
    for (std::uint32_t at = tag & table.mask;; at = (at + 1) & table.mask) {
      const Bucket& bucket = table.buckets[at];
      for (std::uint32_t hits = Hits(bucket, tag); hits != 0; hits &= hits - 1) {
        const std::uint32_t entry = bucket.entry[__builtin_ctz(hits)];
        if (same(entry)) return entry;
      }
      if (bucket.overflow == 0) return kNoEntry;
    }
  }
  static bool MakeTable(std::uint32_t buckets, Table* table);
  static void Place(Table& table, std::uint32_t tag, std::uint32_t entry);
  static bool EraseFrom(Table& table, std::uint32_t tag, std::uint32_t entry);
  static void Unpass(Table& table, std::uint32_t tag, std::uint32_t at);

  Table current_;
  Table old_;                   // While growing.
  std::uint32_t migrated_ = 0;  // Buckets of old_ that are empty for good.
  std::uint32_t size_ = 0;
};

}  // namespace vfp
