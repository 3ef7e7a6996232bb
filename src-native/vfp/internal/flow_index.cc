#include "vfp/internal/flow_index.h"

#include <cassert>

namespace vfp {
namespace {

constexpr std::uint32_t kFirstBuckets = 64;
constexpr std::uint32_t kMaxBuckets = 1u << 28;
// In hundredths of all slots. Above ~70 searches begin to leave their bucket often.
constexpr std::uint64_t kGrowAt = 70;
constexpr std::uint64_t kRefuseAt = 95;  // Only met when memory for growing is not to be had.
// The next growth is at least 2.4 insertions a bucket away, so 2 finish in time.
constexpr std::uint32_t kMigratePerInsert = 2;

}  // namespace

FlowIndex::FlowIndex() {
  [[maybe_unused]] const bool made = MakeTable(kFirstBuckets, &current_);
  assert(made);
}

bool FlowIndex::MakeTable(std::uint32_t buckets, Table* table) {
  base::LargeBlock memory(std::size_t{buckets} * sizeof(Bucket));
  if (!memory) return false;
  table->memory = std::move(memory);
  table->buckets = static_cast<Bucket*>(table->memory.data());
  table->mask = buckets - 1;
  return true;
}

void FlowIndex::Place(Table& table, std::uint32_t tag, std::uint32_t entry) {
  std::uint32_t at = tag & table.mask;
  while (table.buckets[at].used == kFull) {
    ++table.buckets[at].overflow;
    at = (at + 1) & table.mask;
  }
  Bucket& bucket = table.buckets[at];
  const auto slot = static_cast<std::uint32_t>(__builtin_ctz(~static_cast<std::uint32_t>(bucket.used)));
  bucket.tag[slot] = tag;
  bucket.entry[slot] = entry;
  bucket.used = static_cast<std::uint16_t>(bucket.used | 1u << slot);
}

void FlowIndex::Unpass(Table& table, std::uint32_t tag, std::uint32_t at) {
  for (std::uint32_t passed = tag & table.mask; passed != at; passed = (passed + 1) & table.mask) {
    assert(table.buckets[passed].overflow > 0);
    --table.buckets[passed].overflow;
  }
}

bool FlowIndex::EraseFrom(Table& table, std::uint32_t tag, std::uint32_t entry) {
  for (std::uint32_t at = tag & table.mask;; at = (at + 1) & table.mask) {
    Bucket& bucket = table.buckets[at];
    for (std::uint32_t hits = Hits(bucket, tag); hits != 0; hits &= hits - 1) {
      const auto slot = static_cast<std::uint32_t>(__builtin_ctz(hits));
      if (bucket.entry[slot] != entry) continue;
      bucket.used = static_cast<std::uint16_t>(bucket.used & ~(1u << slot));
      Unpass(table, tag, at);
      return true;
    }
    if (bucket.overflow == 0) return false;
  }
}

bool FlowIndex::Insert(std::uint32_t tag, std::uint32_t entry) {
  const std::uint64_t slots = std::uint64_t{current_.mask + 1} * kSlots;
  if (size_ * 100ull >= slots * kGrowAt && !growing()) {
    Table larger;
    if (current_.mask + 1 < kMaxBuckets && MakeTable((current_.mask + 1) * 2, &larger)) {
      old_ = std::move(current_);
      current_ = std::move(larger);
      migrated_ = 0;
    } else if (size_ * 100ull >= slots * kRefuseAt) {
      return false;
    }
  }
  Migrate(kMigratePerInsert);
  Place(current_, tag, entry);
  ++size_;
  return true;
}

void FlowIndex::Erase(std::uint32_t tag, std::uint32_t entry) {
  bool erased = EraseFrom(current_, tag, entry);
  if (!erased && growing()) erased = EraseFrom(old_, tag, entry);
  assert(erased);
  if (erased) --size_;
}

void FlowIndex::Migrate(std::uint32_t buckets) {
  if (!growing()) return;
  for (; buckets != 0 && migrated_ <= old_.mask; --buckets, ++migrated_) {
    Bucket& bucket = old_.buckets[migrated_];
    for (std::uint32_t used = bucket.used; used != 0; used &= used - 1) {
      const auto slot = static_cast<std::uint32_t>(__builtin_ctz(used));
      Unpass(old_, bucket.tag[slot], migrated_);
      Place(current_, bucket.tag[slot], bucket.entry[slot]);
    }
    bucket.used = 0;
  }
  if (migrated_ > old_.mask) old_ = Table{};
}

}  // namespace vfp
