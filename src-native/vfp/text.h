// Text that copies share: names and ids of rules. A rule stands in the lists of
// a change, in a group, and where it is on several ports in many groups; its
// name is in memory once.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <new>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace vfp {

// Never changes; what is assigned is another text. Threads may share copies.
class Text {
 public:
  Text() noexcept = default;
  Text(std::string_view text) : block_(Make(text)) {}              // NOLINT: implicit by design
  Text(const std::string& text) : Text(std::string_view(text)) {}  // NOLINT
  Text(const char* text) : Text(std::string_view(text)) {}         // NOLINT
  Text(const Text& other) noexcept : block_(other.block_) { AddReference(); }
  Text(Text&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Text& operator=(Text other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Text() { Release(); }

  bool empty() const { return block_ == nullptr; }
  std::string_view view() const {
    return block_ == nullptr ? std::string_view() : std::string_view(Characters(block_), block_->size);
  }
  std::string str() const { return std::string(view()); }
  operator std::string_view() const { return view(); }  // NOLINT

  friend bool operator==(const Text& a, const Text& b) { return a.block_ == b.block_ || a.view() == b.view(); }
  friend std::strong_ordering operator<=>(const Text& a, const Text& b) { return a.view() <=> b.view(); }
  friend bool operator==(const Text& a, std::string_view b) { return a.view() == b; }
  friend bool operator==(const Text& a, const std::string& b) { return a.view() == b; }
  friend bool operator==(const Text& a, const char* b) { return a.view() == b; }
  friend std::string operator+(std::string a, const Text& b) { return a.append(b.view()); }
  friend std::string operator+(const char* a, const Text& b) { return std::string(a).append(b.view()); }
  friend std::ostream& operator<<(std::ostream& out, const Text& text) { return out << text.view(); }

 private:
  struct Block {
    std::atomic<std::uint32_t> references;
    std::uint32_t size;  // Of the characters that follow.
  };

  static const char* Characters(const Block* block) { return reinterpret_cast<const char*>(block + 1); }
  static Block* Make(std::string_view text) {
    if (text.empty()) return nullptr;
    void* const memory = ::operator new(sizeof(Block) + text.size());
    std::memcpy(static_cast<char*>(memory) + sizeof(Block), text.data(), text.size());
    return new (memory) Block{1, static_cast<std::uint32_t>(text.size())};
  }
  void AddReference() const {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
  }
  void Release() {
    if (block_ == nullptr || block_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    block_->~Block();
    ::operator delete(block_);
  }

  Block* block_ = nullptr;
};

}  // namespace vfp
