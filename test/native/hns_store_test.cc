#include <map>
#include <optional>
#include <set>
#include <thread>

#include "hns/model/free_ranges.h"
#include "hns/random.h"
#include "hns/store/memory_store.h"
#include "native/test.h"

namespace {

using hns::Access;
using hns::Entry;
using hns::Table;

std::string RandomKey(hns::Random* random) {
  // Few letters and many lengths, so that prefixes, neighbours and long keys are common.
  std::string key;
  const std::size_t length = random->Next() % 4 == 0 ? random->Next() % 90 : random->Next() % 4;
  while (key.size() < length) key.push_back(static_cast<char>(random->Next() % 3 == 0 ? 0xff : random->Next() % 3));
  return key;
}

TEST("the memory store does what a sorted map does, whatever is put, erased, committed and aborted") {
  hns::MemoryStore store;
  std::map<std::string, std::string> model;
  hns::Random random(20);
  for (int round = 0; round < 300; ++round) {
    auto transaction = store.Begin(Access::kWrite);
    std::map<std::string, std::string> changed = model;
    for (int i = 0; i < 200; ++i) {
      const std::string key = RandomKey(&random);
      if (random.Next() % 3 != 0) {
        const std::string value(random.Next() % 50, static_cast<char>(random.Next()));
        (*transaction)->Put(Table::kMeta, key, value);
        changed[key] = value;
      } else {
        CHECK_EQ((*transaction)->Erase(Table::kMeta, key), changed.erase(key) == 1);
      }
    }
    if (random.Next() % 3 != 0) {
      CHECK((*transaction)->Commit().ok());
      model = changed;
    }
    transaction->reset();

    auto reader = store.Begin(Access::kRead);
    for (int i = 0; i < 50; ++i) {
      const std::string key = RandomKey(&random);
      const auto at = model.find(key);
      const auto value = (*reader)->Get(Table::kMeta, key);
      CHECK_EQ(value.has_value(), at != model.end());
      if (value) CHECK_EQ(std::string(*value), at->second);
      const auto above = model.lower_bound(key);
      const auto ceiling = (*reader)->Ceiling(Table::kMeta, key);
      CHECK_EQ(ceiling.has_value(), above != model.end());
      if (ceiling) CHECK_EQ(std::string(ceiling->key), above->first);
      auto below = model.upper_bound(key);
      const auto floor = (*reader)->Floor(Table::kMeta, key);
      CHECK_EQ(floor.has_value(), below != model.begin());
      if (floor) CHECK_EQ(std::string(floor->key), (--below)->first);
      std::size_t with_prefix = 0;
      for (const auto& [k, v] : model) with_prefix += k.starts_with(key) ? 1 : 0;
      std::size_t visited = 0;
      (*reader)->ForEach(Table::kMeta, key, [&](const Entry& entry) {
        ++visited;
        return entry.key.starts_with(key);
      });
      CHECK_EQ(visited, with_prefix);
    }
  }
}

TEST("tables of the memory store do not meet, and readers see a state that is whole") {
  hns::MemoryStore store;
  {
    auto transaction = store.Begin(Access::kWrite);
    (*transaction)->Put(Table::kNetworks, "a", "1");
    CHECK(!(*transaction)->Get(Table::kEndpoints, "a"));
    CHECK((*transaction)->Commit().ok());
  }
  std::thread writer([&] {
    for (int i = 0; i < 500; ++i) {
      auto transaction = store.Begin(Access::kWrite);
      (*transaction)->Put(Table::kMeta, "x", std::to_string(i));
      (*transaction)->Put(Table::kMeta, "y", std::to_string(i));
      (void)(*transaction)->Commit();
    }
  });
  bool equal = true;
  for (int i = 0; i < 500; ++i) {
    auto reader = store.Begin(Access::kRead);
    equal &= (*reader)->Get(Table::kMeta, "x") == (*reader)->Get(Table::kMeta, "y");
  }
  writer.join();
  CHECK(equal);
}

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
