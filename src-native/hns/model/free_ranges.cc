#include "hns/model/free_ranges.h"

#include <cstdint>
#include <vector>

namespace hns {

namespace {

constexpr std::size_t kNumberBytes = 16;

void AppendNumber(Uint128 value, std::string* out) {
  for (int shift = 120; shift >= 0; shift -= 8) out->push_back(static_cast<char>(value >> shift));
}

Uint128 ReadNumber(std::string_view bytes) {
  Uint128 value = 0;
  for (char byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
  return value;
}

}  // namespace

Uint128 ToNumber(const base::IpAddress& address) {
  Uint128 value = 0;
  const int count = address.BitLength() / 8;
  for (int i = 0; i < count; ++i) value = value << 8 | address.bytes[static_cast<std::size_t>(i)];
  return value;
}

base::IpAddress ToAddress(Uint128 number, base::IpFamily family) {
  base::IpAddress address;
  address.family = family;
  for (int i = address.BitLength() / 8 - 1; i >= 0; --i) {
    address.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(number);
    number >>= 8;
  }
  return address;
}

void FreeRanges::Add(Uint128 first, Uint128 last) {
  if (first > last) return;
  // Swallow every run that overlaps or touches.
  if (auto before = AtOrBefore(first); before && before->last >= first - (first > 0 ? 1 : 0)) {
    first = before->first;
    if (before->last > last) last = before->last;
    Erase(before->first);
  }
  while (auto after = AtOrAfter(first)) {
    const bool touches = after->first <= last || after->first - 1 == last;
    if (!touches) break;
    if (after->last > last) last = after->last;
    Erase(after->first);
  }
  Put(first, last);
}

bool FreeRanges::Take(Uint128 value) {
  const auto run = AtOrBefore(value);
  if (!run || run->last < value) return false;
  Split(*run, value);
  return true;
}

std::optional<Uint128> FreeRanges::TakeFrom(Uint128 start) {
  if (Take(start)) return start;
  auto run = AtOrAfter(start);
  if (!run) run = AtOrAfter(0);
  if (!run) return std::nullopt;
  Split(*run, run->first);
  return run->first;
}

void FreeRanges::Clear() {
  std::vector<std::string> keys;
  transaction_.ForEach(Table::kFreeRanges, pool_, [&](const Entry& entry) {
    if (entry.key.size() == pool_.size() + kNumberBytes) keys.emplace_back(entry.key);
    return true;
  });
  for (const std::string& key : keys) transaction_.Erase(Table::kFreeRanges, key);
}

void FreeRanges::Split(const Run& run, Uint128 taken) {
  if (taken == run.first) {
    Erase(run.first);
  } else {
    Put(run.first, taken - 1);
  }
  if (taken != run.last) Put(taken + 1, run.last);
}

std::optional<FreeRanges::Run> FreeRanges::AtOrBefore(Uint128 value) {
  return Decode(transaction_.Floor(Table::kFreeRanges, KeyOf(value)));
}

std::optional<FreeRanges::Run> FreeRanges::AtOrAfter(Uint128 value) {
  return Decode(transaction_.Ceiling(Table::kFreeRanges, KeyOf(value)));
}

std::optional<FreeRanges::Run> FreeRanges::Decode(const std::optional<Entry>& entry) const {
  if (!entry || entry->key.size() != pool_.size() + kNumberBytes) return std::nullopt;
  if (entry->key.substr(0, pool_.size()) != pool_ || entry->value.size() != kNumberBytes) return std::nullopt;
  return Run{ReadNumber(entry->key.substr(pool_.size())), ReadNumber(entry->value)};
}

void FreeRanges::Put(Uint128 first, Uint128 last) {
  std::string value;
  AppendNumber(last, &value);
  transaction_.Put(Table::kFreeRanges, KeyOf(first), value);
}

void FreeRanges::Erase(Uint128 first) { transaction_.Erase(Table::kFreeRanges, KeyOf(first)); }

std::string FreeRanges::KeyOf(Uint128 value) const {
  std::string key;
  key.reserve(pool_.size() + kNumberBytes);
  key = pool_;
  AppendNumber(value, &key);
  return key;
}

}  // namespace hns
