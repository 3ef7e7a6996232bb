// The key of a frame ParseFast has accepted, and its hash, made in one go: the
// words stay in registers between the two.
#pragma once

#include <cstdint>
#include <cstring>

#include "vfp/flow_key.h"

namespace vfp {

inline std::uint64_t MakeFastKey(const wire::FastView& view, const std::uint8_t* data, PortIndex port,
                                 Direction direction, std::uint64_t seed, FlowKey* key) {
  if constexpr (std::endian::native == std::endian::big) {
    *key = MakeFlowKey(view, data, port, direction);
    return HashFlowKey(*key, seed);
  }
  const std::uint8_t* ip = data + wire::kFastL3Offset;
  std::uint64_t w0, w1 = 0, w2, w3 = 0;
  if (view.family == 4) [[likely]] {
    w0 = detail::HalfWord(ip + 12);
    w2 = detail::HalfWord(ip + 16);
  } else {
    w0 = detail::Word(ip + 8);
    w1 = detail::Word(ip + 16);
    w2 = detail::Word(ip + 24);
    w3 = detail::Word(ip + 32);
  }
  const std::uint64_t w4 =
      std::uint64_t{view.source_port} | std::uint64_t{view.destination_port} << 16 | std::uint64_t{port} << 32;
  const std::uint64_t w5 = std::uint64_t{view.protocol} | std::uint64_t{view.family} << 8 |
                           std::uint64_t{static_cast<std::uint8_t>(direction)} << 16;
  auto* out = reinterpret_cast<unsigned char*>(key);
  std::memcpy(out, &w0, 8);
  std::memcpy(out + 8, &w1, 8);
  std::memcpy(out + 16, &w2, 8);
  std::memcpy(out + 24, &w3, 8);
  std::memcpy(out + 32, &w4, 8);
  std::memcpy(out + 40, &w5, 8);
  const std::uint64_t words[6] = {w0, w1, w2, w3, w4, w5};
  return Hash48(words, seed);
}

}  // namespace vfp
