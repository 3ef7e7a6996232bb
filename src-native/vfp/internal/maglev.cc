#include "vfp/internal/maglev.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "vfp/flow_key.h"

namespace vfp {
namespace {

// Primes. The first covers 65 backends, each other one ten times as many.
constexpr std::array<std::uint32_t, 4> kSizes = {6521, 65537, 655373, 6553577};

std::uint32_t SizeFor(std::size_t backends) {
  if (backends == 1) return 1;
  for (const std::uint32_t size : kSizes) {
    if (size >= 100 * backends) return size;
  }
  return kSizes.back();
}

constexpr std::uint16_t kFree = 0xffff;  // kMaxBackends - 1 is the highest index.

// Where a backend wants to be: `next`, then `skip` further, modulo the size.
// The size is prime, so that it comes by every slot.
struct Preference {
  std::uint32_t next;
  std::uint32_t skip;
};

Preference PreferenceOf(const Backend& backend, std::uint64_t seed, std::uint32_t size) {
  FlowKey key;
  std::copy(backend.address.bytes.begin(), backend.address.bytes.end(), key.destination);
  key.family = static_cast<std::uint8_t>(backend.address.family);
  key.destination_port = backend.port;
  key.port = 0;
  return {static_cast<std::uint32_t>(HashFlowKey(key, seed) % size),
          static_cast<std::uint32_t>(HashFlowKey(key, ~seed) % (size - 1) + 1)};
}

}  // namespace

MaglevTable::MaglevTable(std::span<const Backend> backends, std::uint64_t seed)
    : backends_(backends.begin(), backends.end()), seed_(seed) {
  assert(backends.size() <= kMaxBackends);
  std::sort(backends_.begin(), backends_.end());
  if (backends_.size() > kMaxBackends) backends_.resize(kMaxBackends);
  if (backends_.empty()) return;
  size_ = SizeFor(backends_.size());
  if (size_ > kSizes.front()) Fill();
}

void MaglevTable::Fill() const {
  if (size_ == 1) {
    slots_.assign(1, 0);
    return;
  }
  std::vector<Preference> preferences;
  preferences.reserve(backends_.size());
  for (const Backend& backend : backends_) preferences.push_back(PreferenceOf(backend, seed_, size_));
  slots_.assign(size_, kFree);
  std::uint32_t filled = 0;
  for (std::size_t turn = 0; filled < size_; turn = turn + 1 == preferences.size() ? 0 : turn + 1) {
    Preference& mine = preferences[turn];
    while (slots_[mine.next] != kFree) {
      mine.next += mine.skip;
      if (mine.next >= size_) mine.next -= size_;
    }
    slots_[mine.next] = static_cast<std::uint16_t>(turn);
    ++filled;
  }
}

std::size_t MaglevTable::Choose(std::uint64_t hash) const {
  assert(!empty());
  if (slots_.empty()) Fill();
  // The high bits choose the slot: as even as a modulus, without a division.
  return slots_[static_cast<std::size_t>(static_cast<unsigned __int128>(hash) * slots_.size() >> 64)];
}

}  // namespace vfp
