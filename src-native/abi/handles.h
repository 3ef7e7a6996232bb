// Open handles of one host, as values that can be checked.
//
// A handle is a number in a pointer's clothes: which slot, which use of that
// slot, which host. So any pointer at all may be given back to us, and a closed
// handle, one of another host or one of another kind is told apart without
// reading what it points to.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "base/guid.h"

namespace abi {

enum class HandleKind : std::uint8_t {
  kNetwork,
  kEndpoint,
  kNamespace,
  kLoadBalancer,
  kSdnRoute,
  kGuestNetworkService,
  kCallback,
  kGuestNetworkServiceCallback,
  kPortReservation
};

// What a handle stands for. `incarnation` tells an object from a later one that
// was given the same id; for a callback it is the subscription's number.
struct HandleTarget {
  base::Guid id;
  std::uint64_t incarnation = 0;
};

// Callable from any thread.
class HandleTable {
 public:
  // `tag` marks this host's handles; hosts should differ in it.
  explicit HandleTable(std::uint64_t tag);

  // Null when 2^26 handles are open.
  void* Open(HandleKind kind, const HandleTarget& target);
  // nullopt: not an open handle of this kind and host.
  std::optional<HandleTarget> Find(void* handle, HandleKind kind) const;
  std::optional<HandleTarget> Close(void* handle, HandleKind kind);
  std::size_t open_count() const;

 private:
  struct Slot {
    HandleTarget target;
    std::uint32_t generation = 0;
    HandleKind kind = HandleKind::kNetwork;
    bool open = false;
  };
  // REQUIRES: mutex_ held.
  std::optional<std::size_t> IndexOf(void* handle, HandleKind kind) const;

  const std::uint64_t tag_;
  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
  std::deque<std::uint32_t> free_;  // Longest free first, so that a slot's uses lie far apart.
};

}  // namespace abi
