#include "vfp/internal/nat_bindings.h"

#include <map>
#include <set>

#include "native/test.h"
#include "native/wire_support.h"
#include "vfp/internal/port_set.h"

namespace {

using base::PortRange;
using native_test::Ip;
using native_test::Random;
using vfp::NatBindingKey;
using vfp::NatBindings;

constexpr PortRange kAll{1024, 65535};

NatBindingKey Key(const char* remote, std::uint16_t remote_port, std::uint16_t nat_port, std::uint8_t protocol = 6) {
  const bool v6 = std::string_view(remote).find(':') != std::string_view::npos;
  return {.nat_address = Ip(v6 ? "fd00::100" : "192.0.2.1"),
          .remote_address = Ip(remote),
          .nat_port = nat_port,
          .remote_port = remote_port,
          .protocol = protocol};
}

TEST("the packet's own source port is kept when it is free and in the pool's range") {
  NatBindings bindings(1);
  CHECK(bindings.Allocate(Key("10.0.0.9", 80, 40000), kAll, 7) == 40000);
  CHECK_EQ(bindings.size(), 1u);
  CHECK(bindings.Owner(Key("10.0.0.9", 80, 40000)) == 7u);
  CHECK(!bindings.Owner(Key("10.0.0.9", 80, 40001)).has_value());
  CHECK(!bindings.Owner(Key("10.0.0.9", 81, 40000)).has_value());
  CHECK(!bindings.Owner(Key("10.0.0.9", 80, 40000, 17)).has_value());
}

TEST("a source port that is taken or outside the range is replaced by one inside it") {
  NatBindings bindings(1);
  CHECK(bindings.Allocate(Key("10.0.0.9", 80, 40000), kAll, 7) == 40000);
  const auto other = bindings.Allocate(Key("10.0.0.9", 80, 40000), kAll, 8);
  CHECK(other.has_value());
  CHECK(*other != 40000 && *other >= 1024);
  CHECK(bindings.Owner(Key("10.0.0.9", 80, *other)) == 8u);
  const auto low = bindings.Allocate(Key("10.0.0.9", 80, 53), {5000, 5009}, 8);
  CHECK(low.has_value() && *low >= 5000 && *low <= 5009);
}

TEST("flows to different remotes share a port of the NAT address") {
  NatBindings bindings(1);
  CHECK(bindings.Allocate(Key("10.0.0.9", 80, 40000), kAll, 1) == 40000);
  CHECK(bindings.Allocate(Key("10.0.0.9", 443, 40000), kAll, 2) == 40000);
  CHECK(bindings.Allocate(Key("10.0.0.8", 80, 40000), kAll, 3) == 40000);
  CHECK(bindings.Allocate(Key("10.0.0.9", 80, 40000, 17), kAll, 4) == 40000);
  CHECK(bindings.Allocate(Key("fd00::9", 80, 40000), kAll, 5) == 40000);
  CHECK(bindings.Owner(Key("10.0.0.9", 80, 40000)) == 1u);
  CHECK(bindings.Owner(Key("10.0.0.9", 443, 40000)) == 2u);
  CHECK(bindings.Owner(Key("10.0.0.8", 80, 40000)) == 3u);
  CHECK(bindings.Owner(Key("10.0.0.9", 80, 40000, 17)) == 4u);
  CHECK(bindings.Owner(Key("fd00::9", 80, 40000)) == 5u);
}

TEST("an ICMP identifier finds its owner whatever the other port says") {
  NatBindings bindings(1);
  CHECK(bindings.Allocate(Key("10.0.0.9", 99, 99, 1), kAll, 1).has_value());
  const auto translated = bindings.Allocate(Key("10.0.0.9", 2000, 2000, 1), kAll, 1);
  CHECK(translated == 2000);
  const auto second = bindings.Allocate(Key("10.0.0.9", 2000, 2000, 1), kAll, 2);
  CHECK(second.has_value() && *second != 2000);
  // The reply carries the translated identifier in both places.
  CHECK(bindings.Owner(Key("10.0.0.9", *second, *second, 1)) == 2u);
}

TEST("zero is given as an ICMP identifier and never as a port") {
  NatBindings bindings(1);
  CHECK(bindings.Allocate(Key("10.0.0.9", 0, 0, 1), {0, 0}, 1) == 0);
  CHECK(!bindings.Allocate(Key("10.0.0.9", 80, 0, 6), {0, 0}, 1).has_value());
  CHECK(bindings.Allocate(Key("10.0.0.9", 80, 0, 17), {0, 1}, 1) == 1);
}

TEST("every port of a range is given out once, then none, and a released one again") {
  for (const PortRange range :
       {PortRange{1024, 65535}, PortRange{100, 100}, PortRange{60, 70}, PortRange{1, 65535}, PortRange{65470, 65535}}) {
    NatBindings bindings(9);
    const std::size_t expected = std::size_t{range.last} - range.first + 1;
    std::set<std::uint16_t> given;
    // All ask for the same port, so that nearly all of them are searched for.
    for (std::size_t i = 0; i < expected; ++i) {
      const auto port = bindings.Allocate(Key("10.0.0.9", 80, range.first), range, 1);
      CHECK(port.has_value());
      CHECK(range.Contains(*port));
      CHECK(given.insert(*port).second);
    }
    CHECK(!bindings.Allocate(Key("10.0.0.9", 80, range.first), range, 1).has_value());
    CHECK(bindings.Allocate(Key("10.0.0.9", 81, range.last), range, 1) ==
          range.last);  // Another remote is not concerned.
    const auto released = static_cast<std::uint16_t>(range.first + (expected - 1) / 2);
    bindings.Release(Key("10.0.0.9", 80, released));
    CHECK(bindings.Allocate(Key("10.0.0.9", 80, range.first), range, 1) == released);
    CHECK(!bindings.Allocate(Key("10.0.0.9", 80, range.first), range, 1).has_value());
  }
}

TEST("a range that ends before it begins has no port") {
  NatBindings bindings(1);
  CHECK(!bindings.Allocate(Key("10.0.0.9", 80, 5), {10, 9}, 1).has_value());
  CHECK_EQ(bindings.size(), 0u);
}

TEST("a dry run names the port the next allocation takes, and takes nothing") {
  NatBindings bindings(3);
  Random random(41);
  for (int i = 0; i < 2000; ++i) {
    const auto wanted =
        Key(random.OneIn(2) ? "10.0.0.9" : "10.0.0.8", 80, static_cast<std::uint16_t>(random.Below(3000)));
    const PortRange range{1024, 2200};
    const std::size_t before = bindings.size();
    const auto dry = bindings.Allocate(wanted, range, 1, true);
    CHECK(bindings.Allocate(wanted, range, 1, true) == dry);
    CHECK_EQ(bindings.size(), before);
    CHECK(bindings.Allocate(wanted, range, 1) == dry);
  }
  CHECK(bindings.UsesAddress(Ip("192.0.2.1")));
}

TEST("the search starts elsewhere for another seed") {
  std::set<std::uint16_t> found;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    NatBindings bindings(seed);
    found.insert(*bindings.Allocate(Key("10.0.0.9", 80, 1), kAll, 1));
  }
  CHECK(found.size() > 15);
}

TEST("an address is in use from its first binding to its last") {
  NatBindings bindings(1);
  CHECK(!bindings.UsesAddress(Ip("192.0.2.1")));
  CHECK(bindings.Allocate(Key("10.0.0.9", 80, 2000), kAll, 1).has_value());
  CHECK(bindings.Allocate(Key("10.0.0.9", 80, 2001), kAll, 1).has_value());
  CHECK(bindings.UsesAddress(Ip("192.0.2.1")));
  CHECK(!bindings.UsesAddress(Ip("192.0.2.2")));
  CHECK(!bindings.UsesAddress(Ip("fd00::100")));
  bindings.Release(Key("10.0.0.9", 80, 2000));
  CHECK(bindings.UsesAddress(Ip("192.0.2.1")));
  bindings.Release(Key("10.0.0.9", 80, 2001));
  CHECK(!bindings.UsesAddress(Ip("192.0.2.1")));
  CHECK_EQ(bindings.size(), 0u);
}

// Against a std::map that knows every binding: few remotes, so that they pass
// from counting to bitmap and back to nothing many times over.
TEST("no binding is given twice and none is lost, under any order of taking and releasing") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    Random random(seed);
    NatBindings bindings(seed);
    std::map<std::tuple<int, std::uint16_t, std::uint16_t>, vfp::PortIndex> oracle;  // Remote, remote port, NAT port.
    const char* remotes[] = {"10.0.0.1", "10.0.0.2", "fd00::1"};
    const PortRange range{2000, 2149};
    bool filling = true;
    for (int step = 0; step < 30000; ++step) {
      if (step % 1500 == 0) filling = !filling;
      const bool take = random.Below(10) < (filling ? 8u : 2u);
      if (take || oracle.empty()) {
        const int remote = static_cast<int>(random.Below(3));
        const auto remote_port = static_cast<std::uint16_t>(80 + random.Below(2));
        const auto owner = random.Below(100);
        const auto wanted = static_cast<std::uint16_t>(1990 + random.Below(180));
        const auto port = bindings.Allocate(Key(remotes[remote], remote_port, wanted), range, owner);
        std::size_t used = 0;
        for (const auto& [key, value] : oracle) used += std::get<0>(key) == remote && std::get<1>(key) == remote_port;
        CHECK_EQ(port.has_value(), used < 150);
        if (!port) continue;
        CHECK(range.Contains(*port));
        if (range.Contains(wanted) && !oracle.count({remote, remote_port, wanted})) CHECK_EQ(*port, wanted);
        CHECK(oracle.emplace(std::tuple{remote, remote_port, *port}, owner).second);
      } else {
        auto it =
            oracle.lower_bound({static_cast<int>(random.Below(3)), static_cast<std::uint16_t>(80 + random.Below(2)),
                                static_cast<std::uint16_t>(2000 + random.Below(150))});
        if (it == oracle.end()) it = oracle.begin();
        bindings.Release(Key(remotes[std::get<0>(it->first)], std::get<1>(it->first), std::get<2>(it->first)));
        oracle.erase(it);
      }
      CHECK_EQ(bindings.size(), oracle.size());
    }
    for (const auto& [key, owner] : oracle) {
      CHECK(bindings.Owner(Key(remotes[std::get<0>(key)], std::get<1>(key), std::get<2>(key))) == owner);
    }
    while (!oracle.empty()) {
      const auto key = oracle.begin()->first;
      bindings.Release(Key(remotes[std::get<0>(key)], std::get<1>(key), std::get<2>(key)));
      oracle.erase(oracle.begin());
    }
    CHECK_EQ(bindings.size(), 0u);
    CHECK(!bindings.UsesAddress(Ip("192.0.2.1")));
  }
}

TEST("a port set finds the lowest free port of any range as a plain search does") {
  Random random(42);
  vfp::PortSet set;
  std::set<std::uint16_t> oracle;
  const auto check_range = [&](std::uint16_t first, std::uint16_t last) {
    std::optional<std::uint16_t> expected;
    for (std::uint32_t port = first; port <= last && !expected; ++port) {
      if (!oracle.count(static_cast<std::uint16_t>(port))) expected = static_cast<std::uint16_t>(port);
    }
    CHECK(set.FirstFree(first, last) == expected);
  };
  // Long full stretches, as a pool that fills up has them.
  for (const auto& [from, to] : {std::pair<std::uint32_t, std::uint32_t>{1000, 9300}, {20000, 20064}, {40960, 65536}}) {
    for (std::uint32_t port = from; port < to; ++port) {
      set.Insert(static_cast<std::uint16_t>(port));
      oracle.insert(static_cast<std::uint16_t>(port));
    }
  }
  for (int i = 0; i < 4000; ++i) {
    auto first = random.Word(), last = random.Word();
    if (random.OneIn(2)) last = static_cast<std::uint16_t>(first + random.Below(200));
    if (first > last) std::swap(first, last);
    check_range(first, last);
    const auto port = random.Word();
    CHECK_EQ(set.Contains(port), oracle.count(port) != 0);
    if (random.OneIn(2)) {
      set.Insert(port);
      oracle.insert(port);
    } else {
      set.Erase(port);
      oracle.erase(port);
    }
  }
}

}  // namespace
