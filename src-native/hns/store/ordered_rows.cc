#include "hns/store/ordered_rows.h"

#include <algorithm>
#include <type_traits>

namespace hns {

namespace {

// As std::string_view compares; the library's own is not inlined into searches.
bool Less(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  const int order = common == 0 ? 0 : std::memcmp(a.data(), b.data(), common);
  return order < 0 || (order == 0 && a.size() < b.size());
}

// The first row whose key is not below `key`.
std::size_t LowerRow(const OrderedRows::Row* rows, std::size_t count, std::string_view key) {
  std::size_t low = 0;
  while (count > 0) {
    const std::size_t half = count / 2;
    if (Less(rows[low + half].key.view(), key)) {
      low += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return low;
}

}  // namespace

static_assert(std::is_trivially_copyable_v<OrderedRows::Row>);

OrderedRows::~OrderedRows() {
  for (Entry& entry : directory_) {
    for (std::size_t i = 0; i < entry.leaf->count; ++i) {
      entry.leaf->rows[i].key.Free();
      entry.leaf->rows[i].value.Free();
    }
    entry.first.Free();
    delete entry.leaf;
  }
}

const OrderedRows::Row* OrderedRows::Find(std::string_view key) const {
  const Row* row = AtOrAfter(key);
  return row != nullptr && row->key.view() == key ? row : nullptr;
}

const OrderedRows::Row* OrderedRows::AtOrAfter(std::string_view key) const {
  const Place at = LowerBound(key);
  return at.leaf < directory_.size() ? &directory_[at.leaf].leaf->rows[at.row] : nullptr;
}

const OrderedRows::Row* OrderedRows::AtOrBefore(std::string_view key) const {
  if (directory_.empty()) return nullptr;
  const std::size_t index = LeafFor(key);
  const Leaf& leaf = *directory_[index].leaf;
  const std::size_t row = LowerRow(leaf.rows, leaf.count, key);
  if (row < leaf.count && leaf.rows[row].key.view() == key) return &leaf.rows[row];
  if (row > 0) return &leaf.rows[row - 1];
  // Only in the first leaf is a key below all of its own leaf.
  return nullptr;
}

bool OrderedRows::Put(std::string_view key, ValueBytes value, ValueBytes* old) {
  if (directory_.empty()) {
    directory_.push_back({KeyBytes::Copy(key), new Leaf});
  }
  std::size_t index = LeafFor(key);
  if (directory_[index].leaf->count == kLeafRows) {
    Split(index);
    index = LeafFor(key);
  }
  Leaf& leaf = *directory_[index].leaf;
  const std::size_t at = LowerRow(leaf.rows, leaf.count, key);
  if (at < leaf.count && leaf.rows[at].key.view() == key) {
    *old = leaf.rows[at].value;
    leaf.rows[at].value = value;
    return true;
  }
  std::memmove(&leaf.rows[at + 1], &leaf.rows[at], (leaf.count - at) * sizeof(Row));
  leaf.rows[at] = {KeyBytes::Copy(key), value};
  ++leaf.count;
  if (at == 0) SetFirst(index);
  return false;
}

bool OrderedRows::Erase(std::string_view key, ValueBytes* old) {
  if (directory_.empty()) return false;
  const std::size_t index = LeafFor(key);
  Leaf& leaf = *directory_[index].leaf;
  const std::size_t at = LowerRow(leaf.rows, leaf.count, key);
  if (at == leaf.count || leaf.rows[at].key.view() != key) return false;
  *old = leaf.rows[at].value;
  leaf.rows[at].key.Free();
  --leaf.count;
  std::memmove(&leaf.rows[at], &leaf.rows[at + 1], (leaf.count - at) * sizeof(Row));
  if (leaf.count == 0) {
    directory_[index].first.Free();
    delete directory_[index].leaf;
    directory_.erase(directory_.begin() + static_cast<std::ptrdiff_t>(index));
  } else if (at == 0) {
    SetFirst(index);
  }
  return true;
}

std::size_t OrderedRows::LeafFor(std::string_view key) const {
  // The last leaf that does not begin above the key; else the first leaf.
  std::size_t low = 0;
  std::size_t count = directory_.size();
  while (count > 0) {
    const std::size_t half = count / 2;
    if (Less(key, directory_[low + half].first.view())) {
      count = half;
    } else {
      low += half + 1;
      count -= half + 1;
    }
  }
  return low == 0 ? 0 : low - 1;
}

OrderedRows::Place OrderedRows::LowerBound(std::string_view key) const {
  if (directory_.empty()) return {0, 0};
  const std::size_t index = LeafFor(key);
  const Leaf& leaf = *directory_[index].leaf;
  const std::size_t row = LowerRow(leaf.rows, leaf.count, key);
  return row < leaf.count ? Place{index, row} : Place{index + 1, 0};
}

void OrderedRows::SetFirst(std::size_t leaf) {
  Entry& entry = directory_[leaf];
  entry.first.Free();
  entry.first = KeyBytes::Copy(entry.leaf->rows[0].key.view());
}

void OrderedRows::Split(std::size_t index) {
  Leaf* low = directory_[index].leaf;
  auto* high = new Leaf;
  const std::size_t keep = kLeafRows / 2;
  high->count = low->count - keep;
  std::memcpy(high->rows, &low->rows[keep], high->count * sizeof(Row));
  low->count = keep;
  directory_.insert(directory_.begin() + static_cast<std::ptrdiff_t>(index + 1),
                    {KeyBytes::Copy(high->rows[0].key.view()), high});
}

}  // namespace hns
