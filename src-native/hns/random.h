// Where ids, addresses and MACs start their search: random, or the same again
// when a host was opened with a seed.
#pragma once

#include <cstdint>

#include "base/guid.h"

namespace hns {

// SplitMix64 over two states (Steele, Lea, Flood: "Fast splittable pseudorandom
// number generators", OOPSLA '14). Not for secrets. Used by one thread at a time.
class Random {
 public:
  // 0: from the system's entropy.
  explicit Random(std::uint64_t seed) : state_{seed, ~seed} {
    if (seed != 0) return;
    const base::Guid entropy = base::Guid::Random();
    state_[0] = std::uint64_t{entropy.data1} << 32 | std::uint64_t{entropy.data2} << 16 | entropy.data3;
    state_[1] = 0;
    for (std::uint8_t byte : entropy.data4) state_[1] = state_[1] << 8 | byte;
  }

  std::uint64_t Next() { return Step(&state_[0], 0x9e3779b97f4a7c15u) ^ Step(&state_[1], 0xd1342543de82ef95u); }

  // A version 4 GUID.
  base::Guid NextGuid() {
    const std::uint64_t high = Next();
    std::uint64_t low = Next();
    base::Guid id;
    id.data1 = static_cast<std::uint32_t>(high >> 32);
    id.data2 = static_cast<std::uint16_t>(high >> 16);
    id.data3 = static_cast<std::uint16_t>((high & 0x0fff) | 0x4000);
    for (std::uint8_t& byte : id.data4) {
      byte = static_cast<std::uint8_t>(low);
      low >>= 8;
    }
    id.data4[0] = static_cast<std::uint8_t>((id.data4[0] & 0x3f) | 0x80);
    return id;
  }

 private:
  static std::uint64_t Step(std::uint64_t* state, std::uint64_t increment) {
    std::uint64_t z = (*state += increment);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }

  std::uint64_t state_[2];
};

}  // namespace hns
