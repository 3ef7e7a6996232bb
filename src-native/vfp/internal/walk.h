// The walk through a port's layers: what policy says about one packet in one
// direction. The only place where rules are evaluated.
//
// A walk changes nothing: NAT ports are looked for, not taken, and rules are
// not counted. Whoever acts on the result does that (slow_path.h); whoever only
// wants to know hands in an observer (explain.h). So both see the same.
//
// Earlier decisions. A walk for a connection that exists is given what was
// translated for it. A layer's translation stays while it is valid: the rule is
// there with the same address, and a backend is still listed. Then the layer's
// rules are not asked, even if another one would match now. Allow and block are
// never kept: they are asked again.
//
// Replies. A stateful layer does not see replies, except that its translation
// is undone. A stateless layer, and a layer in which a rule without the
// stateful flag decided, speak of single packets and are asked about replies too.
#pragma once

#include <cstdint>
#include <optional>

#include "vfp/drop_reason.h"
#include "vfp/header_transposition.h"
#include "vfp/internal/inline_vector.h"
#include "vfp/internal/layer_state.h"
#include "vfp/internal/nat_bindings.h"
#include "vfp/internal/translation.h"

namespace vfp {

// What one layer did. Kept for layers in which a rule or an earlier decision spoke.
struct LayerOutcome {
  const CompiledLayer* layer = nullptr;
  const CompiledGroup* group = nullptr;
  CompiledRule* rule = nullptr;
  bool stateful = false;    // Replies pass this layer.
  bool kept = false;        // An earlier decision, not a match.
  bool translates = false;  // `translation` counts.
  Tuple before{};
  HeaderTransposition change{};
  Translation translation{};
};

class WalkObserver {
 public:
  virtual ~WalkObserver() = default;
  // After each layer. `outcome` is null when no rule of it matched; `drop` is
  // set when the packet ends here.
  virtual void OnLayer(const CompiledLayer& layer, const LayerOutcome* outcome, const Tuple& before, const Tuple& after,
                       std::optional<DropReason> drop) = 0;
};

struct WalkRequest {
  const CompiledLayers* layers = nullptr;
  PortIndex port = kNoPort;
  Direction direction = Direction::kOutbound;
  std::uint8_t family = 4;
  bool is_echo = false;
  Tuple tuple;
  // False: the packet belongs to no connection and makes none, so a NAT rule
  // rewrites addresses without taking a port.
  bool connects = true;
  // Earlier decisions, or kNone.
  std::uint32_t earlier = kNone;
  // 0, or which further choice of backend to take when the first would give the
  // tuple of a connection that exists.
  std::uint32_t attempt = 0;
};

struct WalkResult {
  std::optional<DropReason> drop;
  bool blocked_by_policy = false;  // Of `drop`: a rule or a default, not a lack of something.
  InlineVector<LayerOutcome, kMaxLayers> outcomes;
  Tuple after;
  HeaderTransposition change;
  bool stateful = false;  // A stateful rule matched.
  bool replies_ask = false;
  bool hairpin = false;     // A rule of the hairpin layer matched.
  bool has_choice = false;  // A backend was chosen anew among several.
  // Where to go instead of `after.destination`: the backend of a load balancer
  // that preserves the destination.
  std::optional<base::IpAddress> reach;

  void Reset() {
    drop.reset();
    blocked_by_policy = stateful = replies_ask = hairpin = has_choice = false;
    outcomes.Clear();
    change = HeaderTransposition{};
    reach.reset();
  }
};

class Walker {
 public:
  Walker(const StringPool& names, const TranslationPool& translations, NatBindings& bindings, std::uint64_t seed)
      : names_(names), translations_(translations), bindings_(bindings), seed_(seed) {}

  void Walk(const WalkRequest& request, WalkObserver* observer, WalkResult* result) const;
  // A reply's way back: `request` has the reply's direction and tuple, `forward`
  // is the walk of the connection's first direction.
  void WalkReply(const WalkRequest& request, const WalkResult& forward, WalkObserver* observer,
                 WalkResult* result) const;

 private:
  bool Keep(const WalkRequest& request, const CompiledLayer& layer, const Tuple& tuple, LayerOutcome* outcome) const;
  bool KeepDynamic(const WalkRequest& request, const CompiledLayer& layer, const Translation& earlier,
                   const Tuple& tuple, const WalkResult& result, LayerOutcome* outcome,
                   std::optional<DropReason>* drop) const;
  const CompiledRule* FindRule(const WalkRequest& request, const CompiledLayer& layer, NameId rule,
                               const CompiledGroup** group) const;
  std::optional<DropReason> WalkLayer(const WalkRequest& request, const CompiledLayer& layer, Tuple* tuple,
                                      WalkObserver* observer, WalkResult* result) const;
  std::optional<DropReason> Act(const WalkRequest& request, const Tuple& tuple, LayerOutcome* outcome,
                                WalkResult* result) const;
  std::optional<DropReason> ActDynamic(const WalkRequest& request, const base::IpAddress& address,
                                       base::PortRange ports, const Tuple& tuple, std::uint16_t wanted_port,
                                       const WalkResult& result, LayerOutcome* outcome) const;
  std::optional<DropReason> ActBalance(const WalkRequest& request, const LoadBalance& action, const Tuple& tuple,
                                       LayerOutcome* outcome, WalkResult* result) const;

  const StringPool& names_;
  const TranslationPool& translations_;
  NatBindings& bindings_;  // Only asked.
  const std::uint64_t seed_;
};

// `change` on the tuple; an echo has one identifier, which is both ports.
void ApplyToTuple(const HeaderTransposition& change, bool is_echo, Tuple* tuple);

}  // namespace vfp
