#include <set>

#include "hns/model/free_ranges.h"
#include "hns/random.h"
#include "hns/store/memory_store.h"
#include "native/test.h"

namespace {

using hns::Access;
using hns::Entry;
using hns::Table;

TEST("free ranges give what a set of numbers would, and join what is given back") {
  hns::MemoryStore store;
  auto transaction = store.Begin(Access::kWrite);
  hns::FreeRanges pool(**transaction, "pool-a");
  hns::FreeRanges other(**transaction, "pool-b");
  other.Add(0, 1000);
  std::set<unsigned> model;
  hns::Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    const unsigned first = static_cast<unsigned>(random.Next() % 300);
    switch (random.Next() % 4) {
      case 0: {
        const unsigned last = first + static_cast<unsigned>(random.Next() % 6);
        pool.Add(first, last);
        for (unsigned n = first; n <= last; ++n) model.insert(n);
        break;
      }
      case 1: CHECK_EQ(pool.Take(first), model.erase(first) == 1); break;
      default: {
        auto wanted = model.lower_bound(first);
        if (wanted == model.end()) wanted = model.begin();
        const auto got = pool.TakeFrom(first);
        CHECK_EQ(got.has_value(), !model.empty());
        if (got) {
          CHECK_EQ(static_cast<unsigned>(*got), *wanted);
          model.erase(wanted);
        }
      }
    }
  }
  pool.Clear();
  CHECK(!pool.TakeFrom(0));
  CHECK(other.Take(1000));
  // One run again, once all of it is back.
  pool.Add(0, 99);
  for (unsigned n : {50u, 51u, 10u, 0u, 99u}) CHECK(pool.Take(n));
  for (unsigned n : {99u, 51u, 0u, 50u, 10u}) pool.Add(n, n);
  int runs = 0;
  (*transaction)->ForEach(Table::kFreeRanges, "pool-a", [&](const Entry&) { return ++runs > 0; });
  CHECK_EQ(runs, 1);
}

TEST("addresses become numbers and back, at both ends of both families") {
  for (const char* text :
       {"0.0.0.0", "10.1.2.3", "255.255.255.255", "::", "fd00::1:2", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}) {
    const base::IpAddress address = *base::IpAddress::Parse(text);
    CHECK_EQ(hns::ToAddress(hns::ToNumber(address), address.family).ToString(), text);
  }
}

}  // namespace
