#include "vfp/internal/backlog.h"

#include <algorithm>
#include <utility>

namespace vfp {

std::size_t Backlog::Longest() const {
  const auto longest = std::max_element(queues_.begin(), queues_.end(),
                                        [](const Queue& a, const Queue& b) { return a.bytes < b.bytes; });
  return static_cast<std::size_t>(longest - queues_.begin());
}

bool Backlog::HasRoom(std::uint64_t flow_hash, std::uint32_t cost) const {
  if (frames_ == 0 || bytes_ + cost <= limit_) return true;
  const std::size_t queue = QueueOf(flow_hash);
  // As MakeRoom does it, on a copy of the lengths.
  std::array<std::uint64_t, kQueues> lengths;
  std::array<std::uint32_t, kQueues> last;
  for (std::size_t i = 0; i < kQueues; ++i) {
    lengths[i] = queues_[i].bytes;
    last[i] = queues_[i].tail;
  }
  for (std::uint64_t left = bytes_; left != 0 && left + cost > limit_;) {
    const auto longest = static_cast<std::size_t>(std::max_element(lengths.begin(), lengths.end()) - lengths.begin());
    if (longest == queue || lengths[longest] <= lengths[queue] + cost) return false;
    const std::uint32_t bytes = nodes_[last[longest]].departure.cost;
    last[longest] = nodes_[last[longest]].previous;
    lengths[longest] -= bytes;
    left -= bytes;
  }
  return true;
}

bool Backlog::MakeRoom(std::uint64_t flow_hash, std::uint32_t cost, std::size_t* evicted) {
  *evicted = 0;
  if (!HasRoom(flow_hash, cost)) return false;
  while (frames_ != 0 && bytes_ + cost > limit_) {
    const std::size_t longest = Longest();
    (void)Unlink(longest, queues_[longest].tail);
    ++*evicted;
  }
  return true;
}

void Backlog::Push(std::uint64_t flow_hash, WaitingDeparture departure) {
  std::uint32_t node = free_;
  if (node == kEnd) {
    node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  } else {
    free_ = nodes_[node].next;
  }
  const std::size_t index = QueueOf(flow_hash);
  Queue& queue = queues_[index];
  ++frames_;
  bytes_ += departure.cost;
  queue.bytes += departure.cost;
  nodes_[node] = {.departure = std::move(departure), .next = kEnd, .previous = queue.tail};
  if (queue.head == kEnd) {
    queue.head = node;
    queue.deficit = kQuantum;
    ring_[(ring_head_ + ring_size_++) % kQueues] = static_cast<std::uint8_t>(index);
  } else {
    nodes_[queue.tail].next = node;
  }
  queue.tail = node;
}

const WaitingDeparture& Backlog::Next() {
  for (;;) {
    Queue& queue = queues_[ring_[ring_head_]];
    const WaitingDeparture& first = nodes_[queue.head].departure;
    if (queue.deficit >= first.cost) return first;
    queue.deficit += kQuantum;
    const std::uint8_t index = ring_[ring_head_];
    ring_head_ = (ring_head_ + 1) % kQueues;
    ring_[(ring_head_ + ring_size_ - 1) % kQueues] = index;
  }
}

WaitingDeparture Backlog::Pop() {
  const std::uint32_t cost = Next().cost;
  const std::size_t index = ring_[ring_head_];
  queues_[index].deficit -= cost;
  return Unlink(index, queues_[index].head);
}

WaitingDeparture Backlog::Unlink(std::size_t index, std::uint32_t at) {
  Queue& queue = queues_[index];
  Node& node = nodes_[at];
  (node.previous == kEnd ? queue.head : nodes_[node.previous].next) = node.next;
  (node.next == kEnd ? queue.tail : nodes_[node.next].previous) = node.previous;
  WaitingDeparture departure = std::exchange(node.departure, {});
  --frames_;
  bytes_ -= departure.cost;
  queue.bytes -= departure.cost;
  node.next = free_;
  free_ = at;
  if (queue.head == kEnd) Deactivate(index);
  if (frames_ == 0) {
    nodes_ = {};
    free_ = kEnd;
  }
  return departure;
}

void Backlog::Deactivate(std::size_t index) {
  // Mostly it is its turn, and it is the first; an evicted one may be anywhere.
  std::size_t place = 0;
  while (ring_[(ring_head_ + place) % kQueues] != index) ++place;
  for (; place != 0; --place) {
    ring_[(ring_head_ + place) % kQueues] = ring_[(ring_head_ + place - 1) % kQueues];
  }
  ring_head_ = (ring_head_ + 1) % kQueues;
  --ring_size_;
  queues_[index].deficit = 0;
}

std::size_t Backlog::RemoveIf(const std::function<bool(const WaitingDeparture&)>& goes) {
  std::size_t removed = 0;
  for (std::size_t index = 0; index < kQueues; ++index) {
    for (std::uint32_t at = queues_[index].head; at != kEnd;) {
      const std::uint32_t next = nodes_[at].next;
      if (goes(nodes_[at].departure)) {
        (void)Unlink(index, at);
        ++removed;
        if (frames_ == 0) return removed;
      }
      at = next;
    }
  }
  return removed;
}

}  // namespace vfp
