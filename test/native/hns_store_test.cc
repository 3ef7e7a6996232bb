// What every store does: one suite, run against each.
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hns/random.h"
#include "hns/store/lmdb_store.h"
#include "hns/store/memory_store.h"
#include "native/temp_folder.h"
#include "native/test.h"

namespace {

using hns::Access;
using hns::Entry;
using hns::Table;

void InMemory(void (*body)(hns::Store&)) {
  hns::MemoryStore store;
  body(store);
}

void InAFolder(void (*body)(hns::Store&)) {
  const native_test::TempFolder folder;
  const auto store = hns::LmdbStore::Open(folder.path());
  CHECK(store.ok());
  body(**store);
}

// Registers `body` once for each store.
#define STORE_TEST(name, body)                                                                \
  [[maybe_unused]] static const bool registered_##body =                                      \
      native_test::Register(__FILE__, "the store in memory " name, [] { InMemory(body); }) && \
      native_test::Register(__FILE__, "the store in a folder " name, [] { InAFolder(body); })

std::string RandomKey(hns::Random* random) {
  // Few letters and many lengths, so that prefixes, neighbours and long keys are common.
  std::string key;
  const std::size_t length = random->Next() % 4 == 0 ? random->Next() % 90 : random->Next() % 4;
  while (key.size() < length) key.push_back(static_cast<char>(random->Next() % 3 == 0 ? 0xff : random->Next() % 3));
  return key;
}

std::unique_ptr<hns::Transaction> Begin(hns::Store& store, Access access) {
  auto begun = store.Begin(access);
  return begun.ok() ? std::move(begun).value() : nullptr;
}

void DoesWhatASortedMapDoes(hns::Store& store) {
  std::map<std::string, std::string> model;
  hns::Random random(20);
  for (int round = 0; round < 200; ++round) {
    auto transaction = Begin(store, Access::kWrite);
    CHECK(transaction != nullptr);
    // Neighbours of the table, which no search may run into.
    transaction->Put(Table::kMeta, "z", "before");
    transaction->Put(Table::kEndpoints, "", "after");
    std::map<std::string, std::string> changed = model;
    for (int i = 0; i < 200; ++i) {
      const std::string key = RandomKey(&random);
      if (random.Next() % 3 != 0) {
        // Some fill several pages.
        const std::size_t length = random.Next() % 1000 == 0 ? random.Next() % 20'000 : random.Next() % 50;
        const std::string value(length, static_cast<char>(random.Next()));
        transaction->Put(Table::kNetworks, key, value);
        changed[key] = value;
      } else {
        CHECK_EQ(transaction->Erase(Table::kNetworks, key), changed.erase(key) == 1);
      }
    }
    if (random.Next() % 3 != 0) {
      CHECK(transaction->Commit().ok());
      model = changed;
    }
    transaction.reset();

    auto reader = Begin(store, Access::kRead);
    CHECK(reader != nullptr);
    for (int i = 0; i < 50; ++i) {
      const std::string key = RandomKey(&random);
      const auto at = model.find(key);
      const auto value = reader->Get(Table::kNetworks, key);
      CHECK_EQ(value.has_value(), at != model.end());
      if (value) CHECK_EQ(std::string(*value), at->second);
      const auto above = model.lower_bound(key);
      const auto ceiling = reader->Ceiling(Table::kNetworks, key);
      CHECK_EQ(ceiling.has_value(), above != model.end());
      if (ceiling) CHECK_EQ(std::string(ceiling->key), above->first);
      auto below = model.upper_bound(key);
      const auto floor = reader->Floor(Table::kNetworks, key);
      CHECK_EQ(floor.has_value(), below != model.begin());
      if (floor) CHECK_EQ(std::string(floor->key), (--below)->first);
      std::size_t with_prefix = 0;
      for (const auto& [k, v] : model) with_prefix += k.starts_with(key) ? 1 : 0;
      std::size_t visited = 0;
      reader->ForEach(Table::kNetworks, key, [&](const Entry& entry) {
        ++visited;
        return entry.key.starts_with(key);
      });
      CHECK_EQ(visited, with_prefix);
    }
    CHECK(reader->status().ok());
  }
}
STORE_TEST("does what a sorted map does, whatever is put, erased, committed and aborted", DoesWhatASortedMapDoes);

void KeepsTablesApartAndReadersWhole(hns::Store& store) {
  {
    auto transaction = Begin(store, Access::kWrite);
    transaction->Put(Table::kNetworks, "a", "1");
    CHECK(!transaction->Get(Table::kEndpoints, "a"));
    CHECK(transaction->Commit().ok());
  }
  std::thread writer([&] {
    for (int i = 0; i < 300; ++i) {
      auto transaction = Begin(store, Access::kWrite);
      transaction->Put(Table::kMeta, "x", std::to_string(i));
      transaction->Put(Table::kMeta, "y", std::to_string(i));
      (void)transaction->Commit();
    }
  });
  bool equal = true;
  for (int i = 0; i < 500; ++i) {
    auto reader = Begin(store, Access::kRead);
    equal &= reader->Get(Table::kMeta, "x") == reader->Get(Table::kMeta, "y");
  }
  writer.join();
  CHECK(equal);
}
STORE_TEST("keeps tables apart and shows readers a state that is whole", KeepsTablesApartAndReadersWhole);

void LosesNoIncrement(hns::Store& store) {
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        auto transaction = Begin(store, Access::kWrite);
        const auto count = transaction->Get(Table::kMeta, "count");
        transaction->Put(Table::kMeta, "count", std::to_string(count ? std::stoi(std::string(*count)) + 1 : 1));
        (void)transaction->Commit();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  CHECK_EQ(std::string(*Begin(store, Access::kRead)->Get(Table::kMeta, "count")), "200");
}
STORE_TEST("gives writers turns: none overwrites what another has just written", LosesNoIncrement);

void PutsAValueItHasItself(hns::Store& store) {
  auto transaction = Begin(store, Access::kWrite);
  for (int i = 0; i < 100; ++i) transaction->Put(Table::kNetworks, std::to_string(i), std::string(200, 'a'));
  transaction->Put(Table::kNetworks, "from", std::string(1000, 'v'));
  for (int i = 0; i < 100; ++i) {
    transaction->Put(Table::kNetworks, "fr" + std::to_string(i), *transaction->Get(Table::kNetworks, "from"));
  }
  for (int i = 0; i < 100; ++i) {
    CHECK_EQ(std::string(*transaction->Get(Table::kNetworks, "fr" + std::to_string(i))), std::string(1000, 'v'));
  }
}
STORE_TEST("can put a value that it has just given", PutsAValueItHasItself);

void TakesTheLongestKeys(hns::Store& store) {
  const std::string key(hns::kMaxKeyBytes, '\xff');
  auto transaction = Begin(store, Access::kWrite);
  transaction->Put(Table::kNetworks, key, "1");
  CHECK(transaction->Commit().ok());
  transaction.reset();
  auto reader = Begin(store, Access::kRead);
  CHECK_EQ(std::string(reader->Floor(Table::kNetworks, key)->value), "1");
  CHECK(!reader->Ceiling(Table::kEndpoints, ""));
}
STORE_TEST("takes keys of the longest kind", TakesTheLongestKeys);

void SearchesWhileItVisits(hns::Store& store) {
  auto transaction = Begin(store, Access::kWrite);
  for (int i = 0; i < 100; ++i) transaction->Put(Table::kNetworks, std::to_string(i), std::to_string(i));
  int visited = 0;
  transaction->ForEach(Table::kNetworks, "", [&](const Entry& entry) {
    transaction->ForEach(Table::kNetworks, "9", [](const Entry&) { return true; });
    if (transaction->Ceiling(Table::kNetworks, entry.key)->value == entry.value) ++visited;
    return true;
  });
  CHECK_EQ(visited, 100);
}
STORE_TEST("can be searched from within a visit", SearchesWhileItVisits);

}  // namespace
