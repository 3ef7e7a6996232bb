// The search with AVX2 and BMI2 (x86 processors since 2013).
#include "vfp/internal/rule_search.h"

// Not with GCC for Windows, which puts 32-byte values on a stack that is aligned to 16 (its PR 54412).
#if defined(__x86_64__) && !defined(_WIN32)

#include <immintrin.h>

#include <utility>

#define HNS_SEARCH_TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))

namespace vfp {
namespace {

HNS_SEARCH_TARGET inline std::uint32_t ExtractHere(std::uint64_t word, std::uint64_t mask) {
  return static_cast<std::uint32_t>(_pext_u64(word, mask));
}

template <int kWords>
struct Probe {
  HNS_SEARCH_TARGET explicit Probe(const RuleKey<kWords>& key) {
    for (int w = 0; w < kWords; ++w) source[w] = _mm256_set1_epi32(static_cast<int>(key.source(w)));
    for (int w = 0; w < kWords; ++w) destination[w] = _mm256_set1_epi32(static_cast<int>(key.destination(w)));
    source_port = _mm_set1_epi16(static_cast<short>(key.source_port()));
    destination_port = _mm_set1_epi16(static_cast<short>(key.destination_port()));
    protocol = _mm_set1_epi8(static_cast<char>(key.protocol()));
    flags = _mm_set1_epi8(static_cast<char>(key.flags));
  }
  __m256i source[kWords], destination[kWords];
  __m128i source_port, destination_port, protocol, flags;
};

HNS_SEARCH_TARGET inline __m128i Load8(const std::uint8_t* at) {
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at));
}
HNS_SEARCH_TARGET inline __m128i Load16(const std::uint16_t* at) {
  return _mm_load_si128(reinterpret_cast<const __m128i*>(at));
}

// What differs between an address and each lane's prefix: zero where it is inside.
template <int kWords>
HNS_SEARCH_TARGET inline __m256i Differing(const std::uint32_t (*words)[8], const __m256i* address, __m256i free_bits) {
  if constexpr (kWords == 1) {
    const __m256i lanes = _mm256_load_si256(reinterpret_cast<const __m256i*>(words[0]));
    return _mm256_srlv_epi32(_mm256_xor_si256(address[0], lanes), free_bits);  // A shift of 32 gives zero.
  } else {
    __m256i all = _mm256_setzero_si256();
    for (int w = 0; w < kWords; ++w) {
      const __m256i lanes = _mm256_load_si256(reinterpret_cast<const __m256i*>(words[w]));
      const __m256i behind = _mm256_set1_epi32(32 * (kWords - 1 - w));
      const __m256i shift = _mm256_max_epi32(_mm256_sub_epi32(free_bits, behind), _mm256_setzero_si256());
      all = _mm256_or_si256(all, _mm256_srlv_epi32(_mm256_xor_si256(address[w], lanes), shift));
    }
    return all;
  }
}

template <int kWords>
HNS_SEARCH_TARGET inline std::uint32_t MatchBlock(const RuleBlock<kWords>& block, const Probe<kWords>& probe) {
  const __m256i addresses = _mm256_or_si256(
      Differing<kWords>(block.source, probe.source, _mm256_cvtepu8_epi32(Load8(block.source_free))),
      Differing<kWords>(block.destination, probe.destination, _mm256_cvtepu8_epi32(Load8(block.destination_free))));
  // Zero where (port - first), without sign, is at most the span.
  const __m128i source_port =
      _mm_subs_epu16(_mm_sub_epi16(probe.source_port, Load16(block.source_port)), Load16(block.source_span));
  const __m128i destination_port = _mm_subs_epu16(_mm_sub_epi16(probe.destination_port, Load16(block.destination_port)),
                                                  Load16(block.destination_span));
  const __m128i flags = Load8(block.flags);
  const __m128i any_protocol = _mm_cmpgt_epi8(_mm_setzero_si128(), flags);
  const __m128i protocol = _mm_andnot_si128(any_protocol, _mm_xor_si128(probe.protocol, Load8(block.protocol)));
  const __m128i bytes = _mm_or_si128(protocol, _mm_and_si128(flags, probe.flags));
  const __m256i ports = _mm256_cvtepu16_epi32(_mm_or_si128(source_port, destination_port));
  const __m256i all = _mm256_or_si256(_mm256_or_si256(addresses, ports), _mm256_cvtepu8_epi32(bytes));
  return static_cast<std::uint32_t>(
      _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(all, _mm256_setzero_si256()))));
}

// Without a branch: the number of the first lane and one; 0 (`none`) when there is none.
template <int kWords>
HNS_SEARCH_TARGET inline const LaneId& FirstOf(const RuleBlock<kWords>& block, std::uint32_t lanes) {
  return block.ids[__builtin_popcount(lanes ^ (lanes - 1)) & 31];
}

#include "vfp/internal/rule_search.inc"

}  // namespace

const RuleSearch* Avx2RuleSearch() {
  static constexpr RuleSearch kSearch{FindOne<1>, FindOne<4>, FindMany<1>, FindMany<4>, "avx2"};
  // `pext` of the first two generations of Zen is microcode, slower than the plain way.
  const bool can = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
                   __builtin_cpu_supports("popcnt") && !__builtin_cpu_is("znver1") && !__builtin_cpu_is("znver2");
  return can ? &kSearch : nullptr;
}

}  // namespace vfp

#else

namespace vfp {
const RuleSearch* Avx2RuleSearch() { return nullptr; }
}  // namespace vfp

#endif
