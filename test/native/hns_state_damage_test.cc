// Folders that are older, newer or broken: opening one says so, and harms nothing.
#include <array>
#include <fstream>
#include <iterator>
#include <string>

#include "hns/random.h"
#include "hns/store/lmdb_store.h"
#include "native/temp_folder.h"
#include "native/test.h"

namespace {

using hns::Access;
using hns::LmdbStore;
using hns::Table;
using native_test::TempFolder;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void WriteFile(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

hns::Key IdKey(std::uint32_t number) {
  base::Guid id;
  id.data1 = number;
  return hns::Key(id);
}

// Some objects, some of several pages.
bool Fill(const std::filesystem::path& folder, const hns::LayoutPlan& plan = {}) {
  const auto store = LmdbStore::Open(folder, plan);
  if (!store.ok()) return false;
  auto transaction = (*store)->Begin(Access::kWrite);
  for (std::uint32_t i = 0; i < 400; ++i) {
    (*transaction)
        ->Put(i % 10 == 0 ? Table::kNetworks : Table::kEndpoints, IdKey(i), std::string(i % 50 == 0 ? 9000 : 300, 'x'));
  }
  return (*transaction)->Commit().ok();
}

base::Status Opening(const std::filesystem::path& folder, const hns::LayoutPlan& plan = {}) {
  const auto store = LmdbStore::Open(folder, plan);
  return store.ok() ? base::Status() : base::Status(store.error());
}

// The pages that have something: on Windows LMDB gives the file the size of its map.
std::string UsedPages(const std::filesystem::path& file) {
  std::string bytes = ReadFile(file);
  bytes.resize((bytes.find_last_not_of('\0') / 4096 + 1) * 4096);
  return bytes;
}

TEST("a file that was cut off is told as damaged, with what of it can be read") {
  const TempFolder folder;
  CHECK(Fill(folder.path()));
  const auto data = folder.path() / "data.mdb";
  const std::string whole = UsedPages(data);
  for (const std::size_t bytes :
       {whole.size() / 2, std::size_t{8192}, std::size_t{4096}, std::size_t{100}, std::size_t{1}}) {
    WriteFile(data, whole.substr(0, bytes));
    const base::Status opened = Opening(folder.path());
    CHECK(!opened.ok());
    CHECK_EQ(opened.error().code, base::hr::ERR_STATE_DAMAGED);
    CHECK(opened.error().detail.find("networks") != std::string::npos);
    CHECK_EQ(ReadFile(data).size(), bytes);
  }
  WriteFile(data, whole);
  CHECK(Opening(folder.path()).ok());
}

TEST("bytes written over any part of a file are told as damage, or do no harm") {
  const TempFolder folder;
  CHECK(Fill(folder.path()));
  const auto data = folder.path() / "data.mdb";
  const std::string whole = UsedPages(data);
  hns::Random random(5);
  int told = 0;
  for (int i = 0; i < 200; ++i) {
    std::string broken = whole;
    // Headers of pages, mostly.
    const std::size_t at = random.Next() % (whole.size() / 4096) * 4096 + (i % 3 == 0 ? random.Next() % 4000 : 0);
    for (std::size_t k = 0; k < 64; ++k) broken[at + k] = static_cast<char>(random.Next());
    WriteFile(data, broken);
    const auto store = LmdbStore::Open(folder.path());
    if (!store.ok()) {
      CHECK_EQ(store.error().code, base::hr::ERR_STATE_DAMAGED);
      ++told;
      continue;
    }
    const auto reader = (*store)->Begin(Access::kRead);
    std::size_t rows = 0;
    (*reader)->ForEach(Table::kEndpoints, {}, [&](const hns::Entry&) { return ++rows > 0; });
    CHECK((*reader)->status().ok());
  }
  CHECK(told > 50);
}

TEST("a folder that has lost its data is not taken for a new one") {
  const TempFolder folder;
  CHECK(Fill(folder.path()));
  std::filesystem::remove(folder.path() / "data.mdb");
  CHECK_EQ(Opening(folder.path()).error().code, base::hr::ERR_STATE_DAMAGED);
  WriteFile(folder.path() / "data.mdb", "");
  CHECK_EQ(Opening(folder.path()).error().code, base::hr::ERR_STATE_DAMAGED);
}

TEST("a folder that was killed while it was made opens") {
  const TempFolder folder;
  WriteFile(folder.path() / "opening.lock", "");
  WriteFile(folder.path() / "users.lock", "");
  CHECK(Opening(folder.path()).ok());
}

// Layout 0 of this test: endpoints' rows begin with a mark that 1 has not.
base::Status DropMarks(hns::Transaction& store) {
  for (std::uint32_t i = 0; i < 400; ++i) {
    const auto row = store.Get(Table::kEndpoints, IdKey(i));
    if (row) store.Put(Table::kEndpoints, IdKey(i), std::string(row->substr(1)));
  }
  return {};
}
base::Status Fail(hns::Transaction& store) {
  store.Put(Table::kEndpoints, IdKey(1), "half");
  return base::MakeError(base::hr::E_UNEXPECTED, "the upgrade fails");
}

std::size_t BytesOfEndpoint(const std::filesystem::path& folder, const hns::LayoutPlan& plan) {
  const auto store = LmdbStore::Open(folder, plan);
  if (!store.ok()) return 0;
  return (*(*store)->Begin(Access::kRead))->Get(Table::kEndpoints, IdKey(1)).value_or("").size();
}

TEST("a folder of an older layout is upgraded once, step by step") {
  const TempFolder folder;
  const hns::LayoutPlan old{.current = 0, .upgrades = {}};
  CHECK(Fill(folder.path(), old));
  static constexpr std::array<hns::Upgrade, 2> kUpgrades = {{{0, DropMarks}, {1, DropMarks}}};
  const hns::LayoutPlan now{.current = 2, .upgrades = kUpgrades};
  CHECK_EQ(BytesOfEndpoint(folder.path(), now), std::size_t{298});
  CHECK_EQ(BytesOfEndpoint(folder.path(), now), std::size_t{298});
}

TEST("an upgrade that fails leaves the folder as it was") {
  const TempFolder folder;
  const hns::LayoutPlan old{.current = 0, .upgrades = {}};
  CHECK(Fill(folder.path(), old));
  static constexpr std::array<hns::Upgrade, 2> kUpgrades = {{{0, DropMarks}, {1, Fail}}};
  CHECK_EQ(Opening(folder.path(), {.current = 2, .upgrades = kUpgrades}).error().code, base::hr::E_UNEXPECTED);
  CHECK_EQ(Opening(folder.path(), {.current = 2, .upgrades = {}}).error().code, base::hr::ERR_STATE_UNAVAILABLE);
  CHECK_EQ(BytesOfEndpoint(folder.path(), old), std::size_t{300});
}

TEST("a folder of a newer layout is refused, and not touched") {
  const TempFolder folder;
  const hns::LayoutPlan newer{.current = hns::kLayout + 1, .upgrades = {}};
  CHECK(Fill(folder.path(), newer));
  CHECK_EQ(Opening(folder.path()).error().code, base::hr::ERR_STATE_NEWER);
  CHECK_EQ(BytesOfEndpoint(folder.path(), newer), std::size_t{300});
}

TEST("a folder of an older layout that somebody has open is not upgraded under them") {
  const TempFolder folder;
  const hns::LayoutPlan old{.current = 0, .upgrades = {}};
  CHECK(Fill(folder.path(), old));
  const auto holder = LmdbStore::Open(folder.path(), old);
  CHECK(holder.ok());
  static constexpr std::array<hns::Upgrade, 1> kUpgrades = {{{0, DropMarks}}};
  CHECK_EQ(Opening(folder.path(), {.current = 1, .upgrades = kUpgrades}).error().code, base::hr::ERR_STATE_UNAVAILABLE);
}

}  // namespace
