#include "vfp/internal/walk.h"

#include <algorithm>
#include <cstring>

#include "wire/icmp.h"

namespace vfp {
namespace {

using HT = HeaderTransposition;

std::uint64_t BackendHash(Affinity affinity, const Tuple& tuple, std::uint64_t seed, std::uint32_t attempt) {
  FlowKey key;
  std::memcpy(key.source, tuple.source.bytes.data(), 16);
  key.family = static_cast<std::uint8_t>(tuple.source.family);
  if (affinity != Affinity::kSourceAddress) key.protocol = tuple.protocol;
  if (affinity == Affinity::kFiveTuple) {
    std::memcpy(key.destination, tuple.destination.bytes.data(), 16);
    key.source_port = tuple.source_port;
    key.destination_port = tuple.destination_port;
  }
  return HashFlowKey(key, seed + attempt);
}

bool CarriesPorts(const Tuple& tuple) { return tuple.has_ports; }

// What `change` must be to take the packet from `now` back to `before`, seen
// from the reply: its destination is our source.
HT Undo(const Tuple& before, const HT& change) {
  HT undo;
  if (change.modify & HT::kSourceAddress) {
    undo.modify |= HT::kDestinationAddress;
    undo.destination = before.source;
  }
  if (change.modify & HT::kDestinationAddress) {
    undo.modify |= HT::kSourceAddress;
    undo.source = before.destination;
  }
  if (change.modify & HT::kSourcePort) {
    undo.modify |= HT::kDestinationPort;
    undo.destination_port = before.source_port;
  }
  if (change.modify & HT::kDestinationPort) {
    undo.modify |= HT::kSourcePort;
    undo.source_port = before.destination_port;
  }
  return undo;
}

void SetDestination(const base::IpAddress& address, std::optional<std::uint16_t> port, const Tuple& tuple, HT* change) {
  change->modify |= HT::kDestinationAddress;
  change->destination = address;
  if (port && CarriesPorts(tuple)) {
    change->modify |= HT::kDestinationPort;
    change->destination_port = *port;
  }
}

void SetSource(const base::IpAddress& address, std::optional<std::uint16_t> port, HT* change) {
  change->modify |= HT::kSourceAddress;
  change->source = address;
  if (port) {
    change->modify |= HT::kSourcePort;
    change->source_port = *port;
  }
}

std::optional<std::uint16_t> PortOrKeep(std::uint16_t port) { return port == 0 ? std::nullopt : std::optional(port); }

HT StaticChange(const StaticNat& action, const Tuple& tuple) {
  HT change;
  if (action.source) {
    if (action.address) SetSource(*action.address, std::nullopt, &change);
    if (action.port && CarriesPorts(tuple)) {
      change.modify |= HT::kSourcePort;
      change.source_port = *action.port;
    }
  } else {
    if (action.address) SetDestination(*action.address, std::nullopt, tuple, &change);
    if (action.port && CarriesPorts(tuple)) {
      change.modify |= HT::kDestinationPort;
      change.destination_port = *action.port;
    }
  }
  return change;
}

Translation StaticTranslation(const StaticNat& action) {
  Translation translation;
  translation.kind = TranslationKind::kStatic;
  translation.of_source = action.source;
  if (action.address) translation.address = *action.address;
  if (action.port) translation.port = *action.port;
  return translation;
}

// A packet that keeps its destination keeps its source too.
bool TranslatesSource(const LoadBalance& action) {
  return action.source_address.has_value() && !action.preserve_destination;
}

bool IsPlanned(const WalkResult& result, const NatBindingKey& binding) {
  return std::any_of(result.outcomes.begin(), result.outcomes.end(), [&](const LayerOutcome& outcome) {
    return outcome.translates && outcome.translation.has_binding && outcome.translation.Binding() == binding;
  });
}

bool Lists(const LoadBalance& action, const base::IpAddress& address, std::uint16_t port) {
  return std::find(action.backends.begin(), action.backends.end(), Backend{address, port}) != action.backends.end();
}

}  // namespace

void ApplyToTuple(const HeaderTransposition& change, bool is_echo, Tuple* tuple) {
  if (change.modify & HT::kSourceAddress) tuple->source = change.source;
  if (change.modify & HT::kDestinationAddress) tuple->destination = change.destination;
  if (is_echo) {
    if (change.modify & HT::kSourcePort) tuple->source_port = tuple->destination_port = change.source_port;
    if (change.modify & HT::kDestinationPort) tuple->source_port = tuple->destination_port = change.destination_port;
    return;
  }
  if (change.modify & HT::kSourcePort) tuple->source_port = change.source_port;
  if (change.modify & HT::kDestinationPort) tuple->destination_port = change.destination_port;
}

const CompiledRule* Walker::FindRule(const WalkRequest& request, const CompiledLayer& layer, NameId rule,
                                     const CompiledGroup** group) const {
  const std::string_view id = names_.Text(rule);
  for (const CompiledGroup* candidate : layer.Groups(request.direction, request.family)) {
    if (const CompiledRule* found = candidate->Find(id)) {
      *group = candidate;
      return found;
    }
  }
  return nullptr;
}

bool Walker::Keep(const WalkRequest& request, const CompiledLayer& layer, const Tuple& tuple,
                  LayerOutcome* outcome) const {
  for (std::uint32_t node = request.earlier; node != kNone; node = translations_.next(node)) {
    const Translation earlier = translations_.at(node);
    if (earlier.layer != layer.name || earlier.kind == TranslationKind::kDynamic) continue;
    const CompiledGroup* group = nullptr;
    const CompiledRule* rule = FindRule(request, layer, earlier.rule, &group);
    if (rule == nullptr || !ConditionsMatch(rule->rule.conditions, tuple)) return false;
    if (const auto* fixed = std::get_if<StaticNat>(&rule->rule.action)) {
      Translation now = StaticTranslation(*fixed);
      now.layer = earlier.layer;
      now.rule = earlier.rule;
      if (!(now == earlier)) return false;
      outcome->change = StaticChange(*fixed, tuple);
    } else if (const auto* balance = std::get_if<LoadBalance>(&rule->rule.action)) {
      if (earlier.kind != TranslationKind::kBalance || !Lists(*balance, earlier.address, earlier.port) ||
          balance->preserve_destination != earlier.preserves_destination ||
          TranslatesSource(*balance) != earlier.has_binding ||
          (earlier.has_binding && *balance->source_address != earlier.nat_address)) {
        return false;
      }
      if (!earlier.preserves_destination) {
        SetDestination(earlier.address, PortOrKeep(earlier.port), tuple, &outcome->change);
      }
      if (earlier.has_binding) SetSource(earlier.nat_address, PortOrKeep(earlier.nat_port), &outcome->change);
    } else {
      return false;
    }
    outcome->group = group;
    outcome->rule = const_cast<CompiledRule*>(rule);
    outcome->translation = earlier;
    outcome->translates = outcome->kept = outcome->stateful = true;
    return true;
  }
  return false;
}

// A dynamic NAT stays as long as some rule of its layer translates to the same
// address, even when an exception now matches first: the connection could not
// survive the change.
bool Walker::KeepDynamic(const WalkRequest& request, const CompiledLayer& layer, const Translation& earlier,
                         const Tuple& tuple, const WalkResult& result, LayerOutcome* outcome,
                         std::optional<DropReason>* drop) const {
  const auto translates_alike = [&](const Rule& rule) {
    const auto* dynamic = std::get_if<DynamicNat>(&rule.action);
    return dynamic != nullptr && dynamic->address == earlier.nat_address;
  };
  const CompiledGroup* group = nullptr;
  const CompiledRule* rule = FindRule(request, layer, earlier.rule, &group);
  if (rule == nullptr || !translates_alike(rule->rule)) {
    rule = nullptr;
    for (const CompiledGroup* candidate : layer.Groups(request.direction, request.family)) {
      for (const CompiledRule* other : candidate->rules().Rules()) {
        if (rule != nullptr || !translates_alike(other->rule)) continue;
        rule = other;
        group = candidate;
      }
    }
    if (rule == nullptr) return false;
  }
  outcome->group = group;
  outcome->rule = const_cast<CompiledRule*>(rule);
  outcome->kept = true;
  const std::uint16_t remote_port = CarriesPorts(tuple) ? tuple.destination_port : 0;
  if (earlier.address == tuple.destination && earlier.remote_port == remote_port) {
    outcome->translates = outcome->stateful = true;
    outcome->translation = earlier;
    outcome->translation.rule = group->Program(*rule).name;
    SetSource(earlier.nat_address, PortOrKeep(earlier.nat_port), &outcome->change);
    return true;
  }
  // An earlier layer sends it elsewhere now: the same NAT port if that is free there.
  *drop = ActDynamic(request, earlier.nat_address, std::get<DynamicNat>(rule->rule.action).ports, tuple,
                     earlier.nat_port, result, outcome);
  return true;
}

std::optional<DropReason> Walker::ActDynamic(const WalkRequest& request, const base::IpAddress& address,
                                             base::PortRange ports, const Tuple& tuple, std::uint16_t wanted_port,
                                             const WalkResult& result, LayerOutcome* outcome) const {
  outcome->stateful = true;
  if (!request.connects) {
    SetSource(address, std::nullopt, &outcome->change);
    return std::nullopt;
  }
  const bool has_number = tuple.has_ports || request.is_echo;
  Translation& translation = outcome->translation;
  translation.kind = TranslationKind::kDynamic;
  translation.has_binding = true;
  translation.protocol = tuple.protocol;
  translation.address = tuple.destination;
  // An echo has one identifier, ours, which the remote merely repeats.
  translation.remote_port = tuple.has_ports ? tuple.destination_port : 0;
  translation.nat_address = address;
  translation.nat_port = has_number ? wanted_port : 0;
  ports.first = std::max<std::uint16_t>(ports.first, 1);  // Port 0 is none.
  if (!has_number) ports = {0, 0};
  // A dry run takes nothing, so it knows nothing of what a layer before this one
  // has planned for the same packet.
  for (std::uint32_t wanted = translation.nat_port, attempt = 0;; ++attempt) {
    const auto free = bindings_.Allocate(translation.Binding(), ports, request.port, /*dry_run=*/true);
    if (!free) return DropReason::kNatPoolExhausted;
    translation.nat_port = *free;
    if (!IsPlanned(result, translation.Binding())) break;
    if (attempt == kMaxLayers || ports.first == ports.last) return DropReason::kNatPoolExhausted;
    wanted = wanted < ports.first || wanted >= ports.last ? ports.first : wanted + 1;
    translation.nat_port = static_cast<std::uint16_t>(wanted);
  }
  outcome->translates = true;
  SetSource(address, has_number ? std::optional(translation.nat_port) : std::nullopt, &outcome->change);
  return std::nullopt;
}

std::optional<DropReason> Walker::ActBalance(const WalkRequest& request, const LoadBalance& action, const Tuple& tuple,
                                             LayerOutcome* outcome, WalkResult* result) const {
  outcome->stateful = true;
  const MaglevTable& backends = *outcome->group->Program(*outcome->rule).backends;
  if (backends.empty()) return DropReason::kNoBackend;
  const std::uint64_t hash = BackendHash(action.affinity, tuple, seed_, request.attempt);
  const Backend backend = backends.backends()[backends.Choose(hash)];
  if (backends.backends().size() > 1) result->has_choice = true;
  Tuple balanced = tuple;
  if (!action.preserve_destination) {
    SetDestination(backend.address, PortOrKeep(backend.port), tuple, &outcome->change);
    ApplyToTuple(outcome->change, request.is_echo, &balanced);
  }
  if (TranslatesSource(action)) {
    const auto drop = ActDynamic(request, *action.source_address, base::PortRange{1024, 65535}, balanced,
                                 tuple.source_port, *result, outcome);
    if (drop || !request.connects) return drop;
  }
  Translation& translation = outcome->translation;
  translation.kind = TranslationKind::kBalance;
  translation.preserves_destination = action.preserve_destination;
  // The binding's remote is the backend, so one address serves both.
  translation.address = backend.address;
  translation.port = backend.port;
  outcome->translates = true;
  return std::nullopt;
}

std::optional<DropReason> Walker::Act(const WalkRequest& request, const Tuple& tuple, LayerOutcome* outcome,
                                      WalkResult* result) const {
  const Rule& rule = outcome->rule->rule;
  outcome->stateful = rule.stateful() && outcome->layer->stateful;
  if (std::holds_alternative<Block>(rule.action)) {
    result->blocked_by_policy = true;
    return DropReason::kAclBlocked;
  }
  std::optional<DropReason> drop;
  if (const auto* fixed = std::get_if<StaticNat>(&rule.action)) {
    outcome->change = StaticChange(*fixed, tuple);
    outcome->translation = StaticTranslation(*fixed);
    outcome->translates = outcome->stateful;
  } else if (const auto* dynamic = std::get_if<DynamicNat>(&rule.action)) {
    drop = ActDynamic(request, dynamic->address, dynamic->ports, tuple, tuple.source_port, *result, outcome);
  } else if (const auto* balance = std::get_if<LoadBalance>(&rule.action)) {
    drop = ActBalance(request, *balance, tuple, outcome, result);
  }
  outcome->translation.layer = outcome->layer->name;
  outcome->translation.rule = outcome->group->Program(*outcome->rule).name;
  return drop;
}

std::optional<DropReason> Walker::WalkLayer(const WalkRequest& request, const CompiledLayer& layer, Tuple* tuple,
                                            WalkObserver* observer, WalkResult* result) const {
  const Tuple before = *tuple;
  LayerOutcome outcome{.layer = &layer};
  outcome.before = before;
  std::optional<DropReason> drop;
  bool decided = false;
  if (request.earlier != kNone && layer.stateful) {
    decided = Keep(request, layer, *tuple, &outcome);
    for (std::uint32_t node = request.earlier; node != kNone && !decided; node = translations_.next(node)) {
      const Translation earlier = translations_.at(node);
      if (earlier.layer != layer.name || earlier.kind != TranslationKind::kDynamic) continue;
      decided = KeepDynamic(request, layer, earlier, *tuple, *result, &outcome, &drop);
      outcome.translation.layer = layer.name;
      if (decided) outcome.translation.rule = outcome.group->Program(*outcome.rule).name;
    }
  }
  if (!decided) {
    for (const CompiledGroup* group : layer.Groups(request.direction, request.family)) {
      CompiledRule* rule = group->Match(*tuple);
      if (rule == nullptr) continue;
      outcome.group = group;
      outcome.rule = rule;
      if ((rule->rule.flags & Rule::kTerminating) != 0) break;
    }
    if (outcome.rule != nullptr) {
      decided = true;
      drop = Act(request, *tuple, &outcome, result);
    } else if (!layer.default_allow) {
      drop = DropReason::kAclDefault;
      result->blocked_by_policy = true;
    }
  }
  if (decided) {
    if (!drop) ApplyToTuple(outcome.change, request.is_echo, tuple);
    result->stateful |= outcome.stateful;
    result->hairpin |= layer.hairpin;
    if (outcome.translates && outcome.translation.preserves_destination) result->reach = outcome.translation.address;
    if (!outcome.stateful) result->replies_ask = true;
    result->outcomes.Append(outcome);
  }
  if (!layer.stateful) result->replies_ask = true;
  if (observer != nullptr) observer->OnLayer(layer, decided ? &outcome : nullptr, before, *tuple, drop);
  if (!drop) result->change = Compose(result->change, outcome.change);
  return drop;
}

void Walker::Walk(const WalkRequest& request, WalkObserver* observer, WalkResult* result) const {
  result->Reset();
  const CompiledLayers& layers = *request.layers;
  Tuple tuple = request.tuple;
  for (std::size_t i = 0; i < layers.size() && !result->drop; ++i) {
    const bool ascending = request.direction == Direction::kOutbound;
    result->drop = WalkLayer(request, *layers[ascending ? i : layers.size() - 1 - i], &tuple, observer, result);
  }
  result->after = tuple;
}

void Walker::WalkReply(const WalkRequest& request, const WalkResult& forward, WalkObserver* observer,
                       WalkResult* result) const {
  result->Reset();
  const CompiledLayers& layers = *request.layers;
  Tuple tuple = request.tuple;
  for (std::size_t i = 0; i < layers.size() && !result->drop; ++i) {
    const bool ascending = request.direction == Direction::kOutbound;
    const CompiledLayer& layer = *layers[ascending ? i : layers.size() - 1 - i];
    const auto* outcome = std::find_if(forward.outcomes.begin(), forward.outcomes.end(),
                                       [&](const LayerOutcome& o) { return o.layer == &layer; });
    const bool spoke = outcome != forward.outcomes.end();
    if (!layer.stateful || (spoke && !outcome->stateful)) {
      result->drop = WalkLayer(request, layer, &tuple, observer, result);
    } else if (spoke) {
      const HT undo = Undo(outcome->before, outcome->change);
      ApplyToTuple(undo, request.is_echo, &tuple);
      result->change = Compose(result->change, undo);
    }
  }
  result->after = tuple;
}

}  // namespace vfp
