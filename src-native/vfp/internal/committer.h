// Carries plans out: makes connections, changes them after a policy change, and
// takes and releases what they hold. All or nothing, each.
#pragma once

#include <optional>

#include "vfp/internal/datapath.h"
#include "vfp/internal/planner.h"

namespace vfp {

class Committer {
 public:
  Committer(Datapath& path, const Planner& planner) : path_(path), planner_(planner) {}

  // Makes the connection of a plan that drops nothing. `route` is for its
  // outbound side; null when the first packet goes inbound. `replaced` makes
  // way (or kNone). kNone in *made on failure.
  std::optional<DropReason> Make(const Plan& plan, const PacketFacts& facts, const Route* route,
                                 ConnectionIndex replaced, ConnectionIndex* made);
  // Under today's policy. Null: both directions are stamped with the present
  // generation, perhaps with other rewrites and another reply key.
  std::optional<DropReason> Reconcile(ConnectionIndex connection);
  // Finds out where an unresolved direction goes. `ask_for`: see Route.
  std::optional<DropReason> Resolve(ConnectionIndex connection, Direction direction,
                                    const base::MacAddress& destination_mac, std::optional<base::IpAddress>* ask_for);
  // A packet of the connection passes: TCP moves on.
  void Advance(ConnectionIndex connection, const PacketFacts& facts, bool from_initiator);

  // The first, and every other segment of a connection whose sequence numbers
  // are checked. Null: it cannot be told what passes, so nothing is checked any more.
  void BeginWindow(ConnectionIndex connection, const std::optional<wire::TcpSegment>& syn);
  void AdvanceWindow(ConnectionIndex connection, Direction direction, const std::optional<wire::TcpSegment>& segment);

  static void CountRules(const WalkResult& walk);

 private:
  bool IsHeld(const Translation& translation, std::uint32_t held) const;
  bool TakeBindings(const WalkResult& walk, std::uint32_t held, PortIndex owner);
  void ReleaseBindings(const WalkResult& walk, std::uint32_t held, std::size_t count);
  void ReleaseTranslations(std::uint32_t list, const WalkResult* except);
  bool SameTranslations(const WalkResult& walk, std::uint32_t held) const;
  std::uint32_t StoreTranslations(const WalkResult& walk, bool* ok);
  void SetEntries(ConnectionIndex connection, const Plan& plan, const PortState& port, const Route* route);
  void SetFlags(ConnectionIndex connection, const Plan& plan);

  Datapath& path_;
  const Planner& planner_;
  Plan plan_;         // Scratch.
  WalkResult reply_;  // Scratch.
};

}  // namespace vfp
