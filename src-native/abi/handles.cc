#include "abi/handles.h"

namespace abi {

namespace {

// Bits of a handle, from the top: tag, generation of the slot, slot + 1.
constexpr int kSlotBits = 26;
constexpr int kGenerationBits = 22;
constexpr int kTagBits = 16;
static_assert(kSlotBits + kGenerationBits + kTagBits == 64);
static_assert(sizeof(void*) == 8, "handles are 64-bit numbers");

constexpr std::uint64_t Mask(int bits) { return (std::uint64_t{1} << bits) - 1; }

}  // namespace

HandleTable::HandleTable(std::uint64_t tag) : tag_(tag & Mask(kTagBits)) {}

void* HandleTable::Open(HandleKind kind, const HandleTarget& target) {
  std::lock_guard lock(mutex_);
  std::uint32_t index;
  // A few slots are kept back, so that one closed a moment ago is not used again at once.
  constexpr std::size_t kReserve = 1024;
  if (free_.size() > kReserve || (!free_.empty() && slots_.size() >= Mask(kSlotBits))) {
    index = free_.front();
    free_.pop_front();
  } else {
    if (slots_.size() >= Mask(kSlotBits)) return nullptr;
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  }
  Slot& slot = slots_[index];
  slot.target = target;
  slot.kind = kind;
  slot.open = true;
  const std::uint64_t bits =
      tag_ << (kGenerationBits + kSlotBits) | std::uint64_t{slot.generation} << kSlotBits | (index + 1);
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(bits));
}

std::optional<HandleTarget> HandleTable::Find(void* handle, HandleKind kind) const {
  std::lock_guard lock(mutex_);
  const auto index = IndexOf(handle, kind);
  if (!index) return std::nullopt;
  return slots_[*index].target;
}

std::optional<HandleTarget> HandleTable::Close(void* handle, HandleKind kind) {
  std::lock_guard lock(mutex_);
  const auto index = IndexOf(handle, kind);
  if (!index) return std::nullopt;
  Slot& slot = slots_[*index];
  slot.open = false;
  slot.generation = static_cast<std::uint32_t>((slot.generation + 1) & Mask(kGenerationBits));
  free_.push_back(static_cast<std::uint32_t>(*index));
  return slot.target;
}

std::size_t HandleTable::open_count() const {
  std::lock_guard lock(mutex_);
  return slots_.size() - free_.size();
}

std::optional<std::size_t> HandleTable::IndexOf(void* handle, HandleKind kind) const {
  const auto bits = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(handle));
  const std::uint64_t slot_number = bits & Mask(kSlotBits);
  if (slot_number == 0 || slot_number > slots_.size()) return std::nullopt;
  if (bits >> (kGenerationBits + kSlotBits) != tag_) return std::nullopt;
  const std::size_t index = slot_number - 1;
  const Slot& slot = slots_[index];
  if (!slot.open || slot.kind != kind) return std::nullopt;
  if ((bits >> kSlotBits & Mask(kGenerationBits)) != slot.generation) return std::nullopt;
  return index;
}

}  // namespace abi
