#include "vfp/internal/flat_map.h"

#include <map>
#include <memory>

#include "native/test.h"
#include "native/wire_support.h"

namespace {

using native_test::Random;
using vfp::FlatMap;
using vfp::FlowKey;

FlowKey KeyOf(std::uint32_t i) {
  FlowKey key;
  key.port = i;
  return key;
}

TEST("a map holds what was put in and not taken out, while it grows and is searched") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    Random random(seed);
    FlatMap<FlowKey, std::unique_ptr<std::uint32_t>> map(seed);
    std::map<std::uint32_t, std::uint32_t> oracle;
    // Keys from a small range are met again; the range grows, so that growing
    // tables are erased from in every state of moving.
    for (std::uint32_t step = 0; step < 60000; ++step) {
      const std::uint32_t i = random.Below(64 + step / 4);
      if (random.Below(8) < 5) {
        const auto [value, is_new] = map.Insert(KeyOf(i));
        CHECK_EQ(is_new, oracle.count(i) == 0);
        CHECK_EQ(*value == nullptr, is_new);
        *value = std::make_unique<std::uint32_t>(step);
        oracle[i] = step;
      } else {
        CHECK_EQ(map.Erase(KeyOf(i)), oracle.erase(i) == 1);
      }
      CHECK_EQ(map.size(), oracle.size());
      const std::uint32_t asked = random.Below(64 + step / 4);
      const auto* found = map.Find(KeyOf(asked));
      const auto expected = oracle.find(asked);
      CHECK_EQ(found != nullptr, expected != oracle.end());
      if (found != nullptr) CHECK_EQ(**found, expected->second);
    }
    for (const auto& [i, value] : oracle) {
      const auto* found = map.Find(KeyOf(i));
      CHECK(found != nullptr);
      CHECK_EQ(**found, value);
    }
    while (!oracle.empty()) {
      CHECK(map.Erase(KeyOf(oracle.begin()->first)));
      oracle.erase(oracle.begin());
    }
    CHECK_EQ(map.size(), 0u);
  }
}

TEST("an empty map finds and erases nothing") {
  FlatMap<FlowKey, int> map(0);
  CHECK(map.Find(KeyOf(1)) == nullptr);
  CHECK(!map.Erase(KeyOf(1)));
  CHECK_EQ(map.size(), 0u);
}

TEST("a map emptied in the middle of growing can be filled again") {
  FlatMap<FlowKey, int> map(5);
  for (int round = 0; round < 50; ++round) {
    const std::uint32_t count = 12 + static_cast<std::uint32_t>(round) * 7;
    for (std::uint32_t i = 0; i < count; ++i) *map.Insert(KeyOf(i)).first = static_cast<int>(i);
    for (std::uint32_t i = 0; i < count; ++i) {
      const int* value = map.Find(KeyOf(i));
      CHECK(value != nullptr);
      CHECK_EQ(*value, static_cast<int>(i));
      CHECK(map.Erase(KeyOf(i)));
      CHECK(map.Find(KeyOf(i)) == nullptr);
    }
    CHECK_EQ(map.size(), 0u);
  }
}

}  // namespace
