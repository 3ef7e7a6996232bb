#include "vfp/internal/maglev.h"

#include <algorithm>
#include <map>

#include "native/test.h"
#include "native/wire_support.h"
#include "vfp/flow_key.h"
#include "vfp/internal/backend_tables.h"

namespace {

using native_test::Random;
using vfp::Backend;
using vfp::MaglevTable;

std::vector<Backend> Backends(std::size_t count, std::uint32_t from = 0) {
  std::vector<Backend> backends;
  for (std::uint32_t i = 0; i < count; ++i) {
    Backend backend;
    const std::uint32_t host = 0x0af40100 + from + i;
    for (int byte = 0; byte < 4; ++byte)
      backend.address.bytes[static_cast<std::size_t>(byte)] = static_cast<std::uint8_t>(host >> (24 - 8 * byte));
    backend.port = 8080;
    backends.push_back(backend);
  }
  return backends;
}

// A client's connections: consecutive source ports from some addresses.
std::uint64_t ConnectionHash(std::uint32_t i) {
  vfp::FlowKey key;
  key.source[0] = 10;
  key.source[3] = static_cast<std::uint8_t>(i >> 14);
  key.source_port = static_cast<std::uint16_t>(1024 + (i & 0x3fff));
  key.destination_port = 80;
  key.protocol = 6;
  return vfp::HashFlowKey(key, 99);
}

constexpr std::uint32_t kConnections = 100000;

TEST("connections are spread over backends evenly, by a chi-square test") {
  for (const std::size_t count : {2u, 3u, 5u, 10u, 33u, 64u, 100u}) {
    for (const std::uint64_t seed : {0u, 1u, 2u}) {
      const MaglevTable table(Backends(count), seed);
      std::vector<double> chosen(count);
      for (std::uint32_t i = 0; i < kConnections; ++i) ++chosen[table.Choose(ConnectionHash(i))];
      const double expected = static_cast<double>(kConnections) / static_cast<double>(count);
      double chi_square = 0;
      for (const double n : chosen) chi_square += (n - expected) * (n - expected) / expected;
      // Mean is `freedom`, variance twice that; five deviations are a chance of about 1 in 10^5.
      const double freedom = static_cast<double>(count) - 1;
      CHECK((chi_square - freedom) * (chi_square - freedom) < 25 * 2 * freedom || chi_square < freedom);
    }
  }
}

TEST("no backend has more than two percent more slots than another") {
  for (const std::size_t count : {2u, 7u, 50u, 65u, 66u, 655u}) {
    const MaglevTable table(Backends(count), 5);
    std::vector<std::size_t> slots(count);
    for (std::size_t slot = 0; slot < table.slot_count(); ++slot) {
      // The middle of each slot's share of the hash space.
      const auto hash =
          static_cast<std::uint64_t>((static_cast<unsigned __int128>(2 * slot + 1) << 63) / table.slot_count());
      ++slots[table.Choose(hash)];
    }
    const auto [least, most] = std::minmax_element(slots.begin(), slots.end());
    CHECK(table.slot_count() >= 100 * count);
    CHECK(*most - *least <= 1 + *least / 50);
  }
}

// Of all connections, the share that goes to another backend.
double Moved(const MaglevTable& before, const MaglevTable& after) {
  std::uint32_t moved = 0;
  for (std::uint32_t i = 0; i < kConnections; ++i) {
    const std::uint64_t hash = ConnectionHash(i);
    moved += before.backends()[before.Choose(hash)] != after.backends()[after.Choose(hash)];
  }
  return static_cast<double>(moved) / kConnections;
}

TEST("when one of n backends goes or comes, about 1/n of the choices move") {
  for (const std::size_t count : {2u, 3u, 4u, 8u, 11u, 20u, 40u, 65u}) {
    const auto all = Backends(count);
    const MaglevTable whole(all, 3);
    for (const std::size_t gone : {std::size_t{0}, count / 2, count - 1}) {
      auto fewer = all;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(gone));
      const MaglevTable without(fewer, 3);
      const double fair = 1.0 / static_cast<double>(count);
      const double moved = Moved(whole, without);
      CHECK(moved >= fair * 0.9);  // Its own must move.
      CHECK(moved <= fair + 0.03);
      // Replacing it by a new one is two changes.
      auto replaced = fewer;
      replaced.push_back(Backends(1, 1000)[0]);
      CHECK(Moved(whole, MaglevTable(replaced, 3)) <= 2 * fair + 0.03);
    }
  }
}

TEST("the order in which backends are named does not matter") {
  auto backends = Backends(17);
  const MaglevTable sorted(backends, 8);
  Random random(51);
  for (int round = 0; round < 5; ++round) {
    for (std::size_t i = backends.size(); i > 1; --i)
      std::swap(backends[i - 1], backends[random.Below(static_cast<std::uint32_t>(i))]);
    const MaglevTable shuffled(backends, 8);
    CHECK(shuffled.backends() == sorted.backends());
    for (std::uint32_t i = 0; i < 5000; ++i)
      CHECK_EQ(shuffled.Choose(ConnectionHash(i)), sorted.Choose(ConnectionHash(i)));
  }
}

TEST("another seed chooses otherwise") {
  const auto backends = Backends(10);
  const double moved = Moved(MaglevTable(backends, 1), MaglevTable(backends, 2));
  CHECK(moved > 0.85 && moved < 0.95);
}

TEST("a backend named twice gets twice the connections") {
  auto backends = Backends(3);
  backends.push_back(backends[1]);
  const MaglevTable table(backends, 4);
  std::map<Backend, std::uint32_t> chosen;
  for (std::uint32_t i = 0; i < kConnections; ++i) ++chosen[table.backends()[table.Choose(ConnectionHash(i))]];
  CHECK(chosen[backends[1]] > kConnections * 49 / 100 && chosen[backends[1]] < kConnections * 51 / 100);
  CHECK(chosen[backends[0]] > kConnections * 24 / 100 && chosen[backends[0]] < kConnections * 26 / 100);
}

TEST("rules with the same backends share a table, in whatever order they name them") {
  vfp::BackendTables tables(7);
  const auto backends = Backends(10);
  auto reversed = backends;
  std::reverse(reversed.begin(), reversed.end());
  const auto first = tables.Get(backends);
  CHECK(tables.Get(reversed) == first);
  CHECK(tables.Get(Backends(9)) != first);
  auto other_port = backends;
  other_port[3].port = 9090;
  CHECK(tables.Get(other_port) != first);
  const MaglevTable alone(backends, 7);
  for (std::uint32_t i = 0; i < 5000; ++i) CHECK_EQ(first->Choose(ConnectionHash(i)), alone.Choose(ConnectionHash(i)));
}

TEST("tables that nobody holds any more are forgotten") {
  vfp::BackendTables tables(7);
  const auto held = tables.Get(Backends(3));
  for (std::uint32_t i = 1; i <= 10000; ++i) (void)tables.Get(Backends(2, i));
  CHECK(tables.size() <= 128);
  CHECK(tables.Get(Backends(3)) == held);
}

TEST("a table such as HNS can ask for is filled by its first choice, a greater one at once") {
  const MaglevTable usual(Backends(65), 1);
  CHECK(!usual.is_filled());
  usual.Choose(0);
  CHECK(usual.is_filled());
  CHECK(MaglevTable(Backends(66), 1).is_filled());
}

TEST("one backend takes all connections, and none leaves the table empty") {
  const MaglevTable one(Backends(1), 1);
  CHECK(!one.empty());
  for (const std::uint64_t hash : {std::uint64_t{0}, std::uint64_t{1} << 63, ~std::uint64_t{0}})
    CHECK_EQ(one.Choose(hash), 0u);
  CHECK(MaglevTable({}, 1).empty());
  const MaglevTable many(Backends(64), 1);
  CHECK(many.Choose(~std::uint64_t{0}) < 64);  // The highest hash is still inside.
}

}  // namespace
