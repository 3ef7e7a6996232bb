// Batches of frames, port after port: cached flows at once, everything else by
// the slow path, in order.
//
// A lookup touches three cache lines that are rarely in the cache when flows
// are many. One packet at a time would wait for each; a batch asks for all of
// one kind before it needs the first:
//
//   1. parse, make keys, hash            fetch the index buckets
//   2. find candidates in the buckets    fetch the entries, both lines
//   3. compare keys, rewrite, count      pass on to the next port
//
// Frames that go on to another port make the next round; when none is left,
// what has arrived is handed to the sinks. Rounds go through the frames in
// order, so frames of one flow stay in order.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "vfp/internal/delivery.h"
#include "vfp/internal/slow_path.h"
#include "vfp/internal/tunnel_ingress.h"
#include "wire/fast_view.h"

namespace vfp {

class FastPath {
 public:
  explicit FastPath(Datapath& path) : path_(path), delivery_(path), slow_(path, delivery_), planner_(path) {}

  // Frames that enter `port` outbound. path.now is set.
  void Carry(PortState& port, std::span<wire::Frame> frames);

  // Of a port that goes: its number may be given to another one, on another segment.
  void ForgetOwners() { owners_ = {}; }

  // Lets go what waits and has its tokens by now.
  void Release();
  // Everything that waits, whatever the tokens. REQUIRES: the shaper is no port's any more.
  void ReleaseAll(PortState& port, Direction direction, Shaper* shaper);

 private:
  static constexpr std::size_t kBatch = Delivery::kBatch;

  struct Lookup {
    FlowKey key;
    std::uint64_t hash = 0;
    std::uint32_t entry = kNoEntry;
  };

  void CarryBatch(PortState& port, std::span<wire::Frame> frames);
  void GuardBatch(const PortState& port, std::span<wire::Frame> frames);
  // One round over `count_` frames; leaves those that go on.
  void Round();
  void Begin(std::uint32_t frame);
  bool Pass(std::uint32_t frame);
  bool PassFromUplink(std::uint32_t frame);
  bool PassCarefully(std::uint32_t frame, std::uint32_t entry);
  // The next ones of the shaper that `may_go` lets go, up to a batch; false: none.
  template <typename MayGo>
  bool ReleaseBatch(PortState& port, Direction direction, Shaper* shaper, MayGo may_go);

  Datapath& path_;
  Delivery delivery_;
  SlowPath slow_;
  Planner planner_;

  // Scratch, by number of the frame in its batch.
  std::array<Traveller, kBatch> travellers_;
  std::array<wire::FastView, kBatch> views_;
  std::array<bool, kBatch> is_plain_{};  // ParseFast has accepted it.
  std::array<Lookup, kBatch> lookups_;
  std::array<std::uint32_t, kBatch> round_{};  // Numbers of this round's frames.
  TunnelOwners owners_;
  std::size_t count_ = 0;
  std::array<WaitingDeparture, kBatch> released_;
  std::array<wire::Frame, kBatch> released_frames_;
  std::uint64_t mutations_ = 0;  // The table's, when candidates were looked up.
};

}  // namespace vfp
