#include "vfp/internal/connection_table.h"

#include <algorithm>
#include <cassert>

namespace vfp {
namespace {

// Entry numbers have 32 bits, two to a connection, and the last is kNoEntry.
constexpr std::size_t kMostConnections = (std::size_t{1} << 31) - 1;

}  // namespace

ConnectionTable::ConnectionTable(std::uint64_t seed, std::size_t max_connections, const Timeouts& timeouts)
    : seed_(seed), max_connections_(std::min(max_connections, kMostConnections)), limits_(timeouts) {}

ConnectionIndex ConnectionTable::TakeSlot() {
  if (free_ != kNone) {
    const ConnectionIndex slot = free_;
    free_ = connections_[slot].next;
    return slot;
  }
  while (used_ >= connections_.size()) {
    if (!connections_.Grow()) return kNone;
  }
  while (std::uint64_t{used_} * 2 + 1 >= entries_.size()) {
    if (!entries_.Grow()) return kNone;
  }
  return used_++;
}

ConnectionIndex ConnectionTable::Insert(const FlowKey& outbound, const FlowKey& inbound, std::uint32_t* port_head) {
  if (full()) return kNone;
  const ConnectionIndex slot = TakeSlot();
  if (slot == kNone) return kNone;
  const FlowKey* keys[2] = {&outbound, &inbound};
  for (std::uint32_t direction = 0; direction < 2; ++direction) {
    FlowEntry& entry = entries_[slot * 2 + direction];
    entry = FlowEntry{};
    entry.SetKey(*keys[direction]);
    if (index_.Insert(FlowIndex::Tag(Hash(*keys[direction])), slot * 2 + direction)) continue;
    if (direction == 1) index_.Erase(FlowIndex::Tag(Hash(outbound)), slot * 2);
    connections_[slot].next = free_;
    free_ = slot;
    return kNone;
  }
  Connection& connection = connections_[slot];
  connection = Connection{.next = kNone,
                          .previous = kNone,
                          .translations = kNone,
                          .serial = connection.serial + 1,
                          .packets_high = {},
                          .state = ConnectionState::kNew,
                          .initiator = Direction::kOutbound,
                          .flags = Connection::kLive,
                          .protocol = outbound.protocol};
  Link(slot, port_head);
  ++live_;
  ++mutations_;
  return slot;
}

void ConnectionTable::Remove(ConnectionIndex index, std::uint32_t* port_head) {
  Connection& connection = connections_[index];
  assert(connection.live());
  for (std::uint32_t direction = 0; direction < 2; ++direction) {
    const std::uint32_t entry = index * 2 + direction;
    index_.Erase(FlowIndex::Tag(Hash(entries_[entry].Key())), entry);
  }
  Unlink(index, port_head);
  connection.flags = 0;
  connection.next = free_;
  free_ = index;
  --live_;
  ++mutations_;
}

bool ConnectionTable::Rekey(std::uint32_t index, const FlowKey& key) {
  FlowEntry& entry = entries_[index];
  if (!index_.Insert(FlowIndex::Tag(Hash(key)), index)) return false;
  index_.Erase(FlowIndex::Tag(Hash(entry.Key())), index);
  entry.SetKey(key);
  ++mutations_;
  return true;
}

void ConnectionTable::RefreshFlags(ConnectionIndex index) {
  const Connection& connection = connections_[index];
  for (const Direction direction : {Direction::kOutbound, Direction::kInbound}) {
    FlowEntry& entry = entries_[EntryOf(index, direction)];
    bool settled = IsSettled(connection.state) && !connection.tracks_window();
    if (connection.protocol == wire::kProtoIcmp || connection.protocol == wire::kProtoIcmpV6) {
      settled = false;  // Requests and replies have the same key; the type is looked at each time.
    } else if (connection.protocol != wire::kProtoTcp && direction == connection.initiator) {
      settled = true;
    }
    entry.flags = static_cast<std::uint8_t>(entry.flags & ~(FlowEntry::kSettled | FlowEntry::kBlocked));
    if (settled) entry.flags |= FlowEntry::kSettled;
    if (connection.blocked()) entry.flags |= FlowEntry::kBlocked;
  }
}

Tick ConnectionTable::IdleTicks(ConnectionIndex index, Tick now) const {
  return std::min(now - entries_[index * 2].last_used, now - entries_[index * 2 + 1].last_used);
}

Tick ConnectionTable::LimitOf(ConnectionIndex index) const {
  return limits_.Of(connections_[index].state, connections_[index].protocol);
}

bool ConnectionTable::IsExpired(ConnectionIndex index, Tick now) const {
  return IdleTicks(index, now) >= LimitOf(index);
}

void ConnectionTable::Link(ConnectionIndex index, std::uint32_t* port_head) {
  connections_[index].next = *port_head;
  if (*port_head != kNone) connections_[*port_head].previous = index;
  *port_head = index;
}

void ConnectionTable::Unlink(ConnectionIndex index, std::uint32_t* port_head) {
  const Connection& connection = connections_[index];
  if (connection.previous == kNone) {
    *port_head = connection.next;
  } else {
    connections_[connection.previous].next = connection.next;
  }
  if (connection.next != kNone) connections_[connection.next].previous = connection.previous;
}

}  // namespace vfp
