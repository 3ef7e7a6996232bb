#include "hns/store/lmdb_check.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "hns/store/tables.h"

namespace hns {

namespace {

// The format of LMDB 0.9 where pointers have 64 bits; numbers are the machine's.
constexpr std::uint32_t kMagic = 0xBEEFC0DE;
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 16;  // Number (8), padding (2), flags (2), lower (2), upper (2).
constexpr std::size_t kNodeBytes = 8;     // Size or page, low to high (6), key size (2).
constexpr std::uint16_t kBranch = 1, kLeaf = 2, kOverflow = 4, kMeta = 8;
constexpr std::uint16_t kBigData = 1;
constexpr std::uint64_t kNoPage = ~std::uint64_t{0};

template <typename T>
T Read(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

struct Tree {
  std::uint16_t depth = 0;
  std::uint64_t entries = 0;
  std::uint64_t root = kNoPage;
};

class Check {
 public:
  explicit Check(const std::filesystem::path& file) : in_(file, std::ios::binary), path_(file) {}

  base::Status Run() {
    std::error_code error;
    file_bytes_ = std::filesystem::file_size(path_, error);
    if (error || file_bytes_ == 0) return {};
    if (!ReadMetas()) return Damage();
    seen_.assign(last_page_ + 1, false);
    for (Tree* tree : {&free_, &main_}) {
      std::uint64_t entries = 0;
      std::string last_key;
      if (tree->root != kNoPage) Walk(tree->root, tree->depth, tree == &main_, &entries, &last_key);
      if (entries != tree->entries) Wrong(tree->root, "the number of entries is another");
    }
    return wrong_.empty() ? base::Status() : Damage();
  }

 private:
  base::Error Damage() const {
    std::string detail = "`" + path_.string() + "`: " + wrong_ + ". Of the objects in it " + std::to_string(networks_) +
                         " networks, " + std::to_string(endpoints_) + " endpoints, " + std::to_string(namespaces_) +
                         " namespaces and " + std::to_string(load_balancers_) +
                         " load balancers can be read; the folder is left as it is. "
                         "Go back to a copy of it, or begin with another folder";
    return base::MakeError(base::hr::ERR_STATE_DAMAGED, std::move(detail));
  }

  // Only the first is told.
  void Wrong(std::uint64_t page, const char* what) {
    if (!wrong_.empty()) return;
    wrong_ = page == kNoPage ? std::string(what) : "page " + std::to_string(page) + ": " + what;
  }

  bool ReadMetas() {
    page_bytes_ = 4096;
    for (std::uint64_t number = 0; number < 2; ++number) {
      const std::string page = Load(number, 1);
      if (page.empty()) return false;
      const std::string_view meta = std::string_view(page).substr(kHeaderBytes);
      if (Read<std::uint16_t>(page, 10) != kMeta || Read<std::uint32_t>(meta, 0) != kMagic ||
          Read<std::uint32_t>(meta, 4) != kVersion) {
        Wrong(number, "it does not begin as a database of LMDB");
        return false;
      }
      if (number == 0) {
        page_bytes_ = Read<std::uint32_t>(meta, 24);
        if (page_bytes_ < 512 || page_bytes_ > 65536 || !std::has_single_bit(page_bytes_)) {
          Wrong(number, "pages cannot be so large");
          return false;
        }
      }
      const auto transaction = Read<std::uint64_t>(meta, 128);
      if (number == 1 && transaction <= newest_) continue;
      newest_ = transaction;
      free_ = ReadTree(meta.substr(24));
      main_ = ReadTree(meta.substr(72));
      last_page_ = Read<std::uint64_t>(meta, 120);
    }
    // Pages at the end that are free need not be in the file, but not many are.
    if (last_page_ / 2 > file_bytes_ / page_bytes_) {
      Wrong(kNoPage, "it was cut off");
      return false;
    }
    return true;
  }

  static Tree ReadTree(std::string_view db) {
    return {Read<std::uint16_t>(db, 6), Read<std::uint64_t>(db, 32), Read<std::uint64_t>(db, 40)};
  }

  // Empty when it is not in the file.
  std::string Load(std::uint64_t number, std::uint64_t count) {
    std::string bytes;
    if (count == 0 || number + count > file_bytes_ / page_bytes_) {
      Wrong(number, "it is beyond the end of the file");
      return bytes;
    }
    bytes.resize(count * page_bytes_);
    in_.clear();
    in_.seekg(static_cast<std::streamoff>(number * page_bytes_));
    in_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (in_) return bytes;
    Wrong(number, "it cannot be read");
    return {};
  }

  bool Name(std::uint64_t number, std::uint64_t count) {
    for (std::uint64_t page = number; page < number + count; ++page) {
      if (page < 2 || page > last_page_ || seen_[page]) {
        Wrong(page, "it is named where it cannot be");
        return false;
      }
      seen_[page] = true;
    }
    return true;
  }

  void Walk(std::uint64_t number, unsigned depth, bool is_main, std::uint64_t* entries, std::string* last_key) {
    if (depth == 0 || !Name(number, 1)) return Wrong(number, "it lies too deep");
    const std::string page = Load(number, 1);
    if (page.empty()) return;
    const auto lower = Read<std::uint16_t>(page, 12);
    const auto upper = Read<std::uint16_t>(page, 14);
    const bool is_leaf = depth == 1;
    if (Read<std::uint64_t>(page, 0) != number || Read<std::uint16_t>(page, 10) != (is_leaf ? kLeaf : kBranch) ||
        lower < kHeaderBytes || lower > upper || upper > page_bytes_ || lower % 2 != 0) {
      return Wrong(number, "it is not the page it should be");
    }
    for (std::size_t at = kHeaderBytes; at < lower; at += 2) {
      const auto node = Read<std::uint16_t>(page, at);
      if (node < upper || node + kNodeBytes > page_bytes_) return Wrong(number, "an entry lies outside");
      const auto key_bytes = Read<std::uint16_t>(page, node + 6);
      if (node + kNodeBytes + key_bytes > page_bytes_) return Wrong(number, "a key lies outside");
      const std::string_view key = std::string_view(page).substr(node + kNodeBytes, key_bytes);
      if (is_leaf) {
        Entry(page, number, node, key, is_main, last_key);
        ++*entries;
      } else {
        const std::uint64_t child = Read<std::uint32_t>(page, node) | std::uint64_t{Read<std::uint16_t>(page, node + 4)}
                                                                          << 32;
        Walk(child, depth - 1, is_main, entries, last_key);
      }
    }
  }

  void Entry(const std::string& page, std::uint64_t number, std::size_t node, std::string_view key, bool is_main,
             std::string* last_key) {
    const auto bytes = Read<std::uint32_t>(page, node);
    const auto flags = Read<std::uint16_t>(page, node + 4);
    const std::size_t data = node + kNodeBytes + key.size();
    if (flags == kBigData) {
      if (data + 8 > page_bytes_) return Wrong(number, "an entry lies outside");
      if (!Overflow(Read<std::uint64_t>(page, data), bytes)) return;
    } else if (flags != 0 || data + bytes > page_bytes_) {
      return Wrong(number, "an entry lies outside");
    }
    if (key.empty() || (!is_main && key.size() != 8)) return Wrong(number, "a key has a length it cannot have");
    if (!is_main) return;
    if (!last_key->empty() && key <= *last_key) return Wrong(number, "keys are not in order");
    last_key->assign(key);
    switch (static_cast<Table>(key[0])) {
      case Table::kNetworks: ++networks_; break;
      case Table::kEndpoints: ++endpoints_; break;
      case Table::kNamespaces: ++namespaces_; break;
      case Table::kLoadBalancers: ++load_balancers_; break;
      default: break;
    }
  }

  bool Overflow(std::uint64_t number, std::uint64_t bytes) {
    const std::uint64_t count = (kHeaderBytes - 1 + bytes) / page_bytes_ + 1;
    if (number > last_page_ || count > last_page_ || !Name(number, count)) {
      Wrong(number, "it is named where it cannot be");
      return false;
    }
    const std::string pages = Load(number, count);
    if (pages.empty()) return false;
    if (Read<std::uint64_t>(pages, 0) == number && Read<std::uint16_t>(pages, 10) == kOverflow &&
        Read<std::uint32_t>(pages, 12) == count) {
      return true;
    }
    Wrong(number, "it is not the page it should be");
    return false;
  }

  std::ifstream in_;
  const std::filesystem::path path_;
  std::uint64_t file_bytes_ = 0;
  std::uint64_t page_bytes_ = 0;
  std::uint64_t last_page_ = 0;
  std::uint64_t newest_ = 0;
  Tree free_, main_;
  std::vector<bool> seen_;
  std::string wrong_;
  std::size_t networks_ = 0, endpoints_ = 0, namespaces_ = 0, load_balancers_ = 0;
};

}  // namespace

base::Status CheckLmdbFile(const std::filesystem::path& file) { return Check(file).Run(); }

}  // namespace hns
