// Remembers first fragments, so that later ones, which have no L4 header, are
// treated as their first was. A later fragment that comes before its first is
// not waited for.
//
// Each port has a share for either direction, whose oldest record makes room:
// who sends fragments by the million loses his own.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <unordered_map>

#include "vfp/flow_key.h"
#include "vfp/internal/connection.h"
#include "wire/parsed_frame.h"

namespace vfp {

// What the first fragment's L4 header said.
struct FragmentRecord {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t icmp_type = 0;
  bool is_icmp_echo = false;
  bool is_icmp_error = false;
  std::uint32_t end = 0;  // Where it ends in the datagram.
};

class FragmentTable {
 public:
  static constexpr std::size_t kPerPort = 1024;  // In each direction.

  explicit FragmentTable(Tick lifetime) : lifetime_(lifetime) {}

  // Of a packet as it entered `port` in `direction`. A lost record costs one
  // datagram, not a connection.
  void Remember(const wire::ParsedFrame& first, PortIndex port, Direction direction, Tick now);
  std::optional<FragmentRecord> Find(const wire::ParsedFrame& later, PortIndex port, Direction direction,
                                     Tick now) const;
  void Forget(Tick now);
  void ForgetPort(PortIndex port);
  std::size_t size() const { return records_.size(); }

 private:
  // The flow key's shape, with the identification in place of the ports.
  using Key = FlowKey;
  using Queue = std::deque<std::pair<Key, Tick>>;  // Oldest first.
  struct Hash {
    std::size_t operator()(const Key& key) const { return HashFlowKey(key, 0x6f72'6167'6d65'6e74); }
  };
  struct Record {
    FragmentRecord what;
    Tick since;
  };
  static Key MakeKey(const wire::ParsedFrame& parsed, PortIndex port, Direction direction);
  static std::uint64_t ShareOf(PortIndex port, Direction direction) {
    return std::uint64_t{port} * 2 + static_cast<std::uint64_t>(direction);
  }
  void Forget(Queue& queue, Tick now);

  const Tick lifetime_;
  std::unordered_map<Key, Record, Hash> records_;
  std::unordered_map<std::uint64_t, Queue> shares_;
};

}  // namespace vfp
