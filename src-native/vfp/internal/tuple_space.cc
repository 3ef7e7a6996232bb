#include "vfp/internal/tuple_space.h"

#include <algorithm>
#include <cassert>

#include "vfp/internal/conditions.h"

namespace vfp {

struct TupleSpace::Shape {
  std::uint8_t family = 0;  // 4, 6, or 0: no addresses, both families.
  std::uint8_t source_bytes = 0;
  std::uint8_t destination_bytes = 0;
  bool protocol = false;
  bool source_port = false;
  bool destination_port = false;
  bool operator==(const Shape&) const = default;
};

struct TupleSpace::Entry {
  // Bits of `checks`: what to ask the rule itself on a hit.
  static constexpr std::uint8_t kProtocols = 1;
  static constexpr std::uint8_t kPorts = 2;
  static constexpr std::uint8_t kSources = 4;
  static constexpr std::uint8_t kDestinations = 8;

  CompiledRule* rule = nullptr;
  std::uint32_t rank = 0;
  // The bits of the prefixes behind their whole bytes.
  std::uint8_t source_bits = 0, source_mask = 0;
  std::uint8_t destination_bits = 0, destination_mask = 0;
  std::uint8_t checks = 0;

  bool Before(const Entry& other) const {
    return rank != other.rank ? rank < other.rank : rule->rule.id < other.rule->rule.id;
  }
};

// The entries of one key, in order of evaluation. Nearly always one.
struct TupleSpace::Bucket {
  Entry first;
  std::vector<Entry> more;
};

struct TupleSpace::Space {
  explicit Space(const Shape& its_shape) : shape(its_shape), buckets(0) {
    std::memset(source_mask, 0xff, shape.source_bytes);
    std::memset(destination_mask, 0xff, shape.destination_bytes);
  }

  Shape shape;
  std::uint8_t source_mask[16] = {};
  std::uint8_t destination_mask[16] = {};
  // Not seeded: keys come from policy, not from packets.
  FlatMap<FlowKey, Bucket> buckets;
  std::map<std::uint32_t, std::size_t> ranks;  // Entries by rank.

  std::uint32_t best_rank() const { return ranks.begin()->first; }
  FlowKey KeyOf(const Tuple& tuple) const {
    FlowKey key;
    Mask(tuple.source.bytes.data(), source_mask, key.source);
    Mask(tuple.destination.bytes.data(), destination_mask, key.destination);
    if (shape.source_port) key.source_port = tuple.source_port;
    if (shape.destination_port) key.destination_port = tuple.destination_port;
    if (shape.protocol) key.protocol = tuple.protocol;
    key.family = shape.family;
    return key;
  }

 private:
  static void Mask(const std::uint8_t* bytes, const std::uint8_t* mask, std::uint8_t* out) {
    std::uint64_t b[2], m[2];
    std::memcpy(b, bytes, 16);
    std::memcpy(m, mask, 16);
    b[0] &= m[0];
    b[1] &= m[1];
    std::memcpy(out, b, 16);
  }
};

namespace {

using Prefixes = std::vector<base::IpPrefix>;

bool IsOnePort(const std::vector<base::PortRange>& ranges) {
  return ranges.size() == 1 && ranges[0].first == ranges[0].last;
}

// Which lists of prefixes go into the keys.
struct Indexed {
  bool sources;
  bool destinations;
};
Indexed WhatToIndex(const Conditions& conditions) {
  const std::size_t sources = conditions.sources.size(), destinations = conditions.destinations.size();
  if (sources * destinations <= TupleSpace::kMaxPairs) return {true, true};
  return {sources >= destinations, sources < destinations};
}

// A prefix cut into whole bytes and the bits left over.
struct CutPrefix {
  std::uint8_t whole_bytes = 0;
  std::uint8_t bits = 0;
  std::uint8_t mask = 0;
};
CutPrefix Cut(const base::IpPrefix& prefix) {
  const int length = std::min<int>(prefix.length, prefix.address.BitLength());
  CutPrefix cut{static_cast<std::uint8_t>(length / 8), 0, 0};
  if (length % 8 != 0) {
    cut.mask = static_cast<std::uint8_t>(0xff << (8 - length % 8));
    cut.bits = prefix.address.bytes[cut.whole_bytes] & cut.mask;
  }
  return cut;
}

}  // namespace

TupleSpace::TupleSpace() = default;
TupleSpace::~TupleSpace() = default;

std::size_t TupleSpace::EntriesOf(const Conditions& conditions) {
  const Indexed indexed = WhatToIndex(conditions);
  const std::size_t sources = indexed.sources ? std::max<std::size_t>(1, conditions.sources.size()) : 1;
  const std::size_t destinations = indexed.destinations ? std::max<std::size_t>(1, conditions.destinations.size()) : 1;
  return sources * destinations;
}

template <typename Visit>
void TupleSpace::ForEachEntry(CompiledRule* rule, Visit visit) {
  const Conditions& conditions = rule->rule.conditions;
  const Indexed indexed = WhatToIndex(conditions);
  Shape shape;
  shape.protocol = conditions.protocols.size() == 1;
  shape.source_port = IsOnePort(conditions.source_ports);
  shape.destination_port = IsOnePort(conditions.destination_ports);
  Entry entry;
  entry.rule = rule;
  entry.rank = RankOf(rule->rule);
  if (conditions.protocols.size() > 1) entry.checks |= Entry::kProtocols;
  const bool source_ranges = !conditions.source_ports.empty() && !shape.source_port;
  const bool destination_ranges = !conditions.destination_ports.empty() && !shape.destination_port;
  if (source_ranges || destination_ranges) entry.checks |= Entry::kPorts;
  if (!indexed.sources) entry.checks |= Entry::kSources;
  if (!indexed.destinations) entry.checks |= Entry::kDestinations;
  FlowKey key;
  if (shape.protocol) key.protocol = conditions.protocols[0];
  if (shape.source_port) key.source_port = conditions.source_ports[0].first;
  if (shape.destination_port) key.destination_port = conditions.destination_ports[0].first;

  const auto visit_pair = [&](const base::IpPrefix* source, const base::IpPrefix* destination) {
    if (source && destination && source->address.family != destination->address.family) return;  // Matches nothing.
    Shape of_pair = shape;
    Entry with_bits = entry;
    FlowKey with_addresses = key;
    if (source) {
      const CutPrefix cut = Cut(*source);
      of_pair.source_bytes = cut.whole_bytes;
      with_bits.source_bits = cut.bits;
      with_bits.source_mask = cut.mask;
      std::memcpy(with_addresses.source, source->address.bytes.data(), cut.whole_bytes);
      of_pair.family = static_cast<std::uint8_t>(source->address.family);
    }
    if (destination) {
      const CutPrefix cut = Cut(*destination);
      of_pair.destination_bytes = cut.whole_bytes;
      with_bits.destination_bits = cut.bits;
      with_bits.destination_mask = cut.mask;
      std::memcpy(with_addresses.destination, destination->address.bytes.data(), cut.whole_bytes);
      of_pair.family = static_cast<std::uint8_t>(destination->address.family);
    }
    with_addresses.family = of_pair.family;
    visit(of_pair, with_addresses, with_bits);
  };
  const auto visit_destinations = [&](const base::IpPrefix* source) {
    if (!indexed.destinations || conditions.destinations.empty()) return visit_pair(source, nullptr);
    for (const auto& destination : conditions.destinations) visit_pair(source, &destination);
  };
  if (!indexed.sources || conditions.sources.empty()) return visit_destinations(nullptr);
  for (const auto& source : conditions.sources) visit_destinations(&source);
}

TupleSpace::Space& TupleSpace::SpaceFor(const Shape& shape) {
  for (const auto& space : spaces_) {
    if (space->shape == shape) return *space;
  }
  spaces_.push_back(std::make_unique<Space>(shape));
  return *spaces_.back();
}

void TupleSpace::Sort() {
  std::erase_if(spaces_, [](const auto& space) { return space->ranks.empty(); });
  search_v4_.clear();
  search_v6_.clear();
  for (const auto& space : spaces_) {
    if (space->shape.family != 6) search_v4_.push_back(space.get());
    if (space->shape.family != 4) search_v6_.push_back(space.get());
  }
  for (auto* search : {&search_v4_, &search_v6_}) {
    std::sort(search->begin(), search->end(),
              [](const Space* a, const Space* b) { return a->best_rank() < b->best_rank(); });
  }
}

void TupleSpace::Add(CompiledRule* rule) {
  bool order_changed = false;
  ForEachEntry(rule, [&](const Shape& shape, const FlowKey& key, const Entry& entry) {
    Space& space = SpaceFor(shape);
    order_changed |= space.ranks.empty() || entry.rank < space.best_rank();
    ++space.ranks[entry.rank];
    const auto [bucket, is_new] = space.buckets.Insert(key);
    if (is_new) {
      bucket->first = entry;
      return;
    }
    Entry later = entry;
    if (later.Before(bucket->first)) std::swap(later, bucket->first);
    const auto place = std::upper_bound(bucket->more.begin(), bucket->more.end(), later,
                                        [](const Entry& a, const Entry& b) { return a.Before(b); });
    bucket->more.insert(place, later);
  });
  if (order_changed) Sort();
}

void TupleSpace::Remove(CompiledRule* rule) {
  bool order_changed = false;
  ForEachEntry(rule, [&](const Shape& shape, const FlowKey& key, const Entry& entry) {
    Space& space = SpaceFor(shape);
    const std::uint32_t best = space.best_rank();
    const auto rank = space.ranks.find(entry.rank);
    if (--rank->second == 0) space.ranks.erase(rank);
    order_changed |= space.ranks.empty() || space.best_rank() != best;
    Bucket* bucket = space.buckets.Find(key);
    assert(bucket != nullptr);
    if (bucket->first.rule == rule) {
      if (bucket->more.empty()) {
        space.buckets.Erase(key);
        return;
      }
      bucket->first = bucket->more.front();
      bucket->more.erase(bucket->more.begin());
      return;
    }
    // A rule whose prefixes differ only in left-over bits has several entries
    // here; each of its visits takes one, whichever.
    auto at = std::lower_bound(bucket->more.begin(), bucket->more.end(), entry,
                               [](const Entry& a, const Entry& b) { return a.Before(b); });
    assert(at != bucket->more.end() && at->rule == rule);
    bucket->more.erase(at);
  });
  if (order_changed) Sort();
}

// The first entry of the bucket that matches and is better than `best`; or `best`.
const TupleSpace::Entry* TupleSpace::FindIn(const Bucket& bucket, const Tuple& tuple, const Space& space,
                                            const Entry* best) {
  // Of a whole address nothing is left over, its mask is zero: any byte will do.
  const std::uint8_t source_byte = tuple.source.bytes[std::min<std::size_t>(15, space.shape.source_bytes)];
  const std::uint8_t destination_byte =
      tuple.destination.bytes[std::min<std::size_t>(15, space.shape.destination_bytes)];
  const auto matches = [&](const Entry& entry) {
    if ((source_byte & entry.source_mask) != entry.source_bits) return false;
    if ((destination_byte & entry.destination_mask) != entry.destination_bits) return false;
    if (entry.checks == 0) return true;
    const Conditions& conditions = entry.rule->rule.conditions;
    return ((entry.checks & Entry::kProtocols) == 0 || AnyProtocolIs(conditions.protocols, tuple.protocol)) &&
           ((entry.checks & Entry::kPorts) == 0 || PortsMatch(conditions, tuple)) &&
           ((entry.checks & Entry::kSources) == 0 || AnyPrefixContains(conditions.sources, tuple.source)) &&
           ((entry.checks & Entry::kDestinations) == 0 ||
            AnyPrefixContains(conditions.destinations, tuple.destination));
  };
  const auto is_better = [&](const Entry& entry) { return best == nullptr || entry.Before(*best); };
  if (!is_better(bucket.first)) return best;
  if (matches(bucket.first)) return &bucket.first;
  for (const Entry& entry : bucket.more) {
    if (!is_better(entry)) return best;
    if (matches(entry)) return &entry;
  }
  return best;
}

CompiledRule* TupleSpace::Match(const Tuple& tuple) const {
  const Entry* best = nullptr;
  for (const Space* space : tuple.source.IsV4() ? search_v4_ : search_v6_) {
    if (best != nullptr && space->best_rank() > best->rank) break;
    if (!tuple.has_ports && (space->shape.source_port || space->shape.destination_port)) continue;
    const Bucket* bucket = space->buckets.Find(space->KeyOf(tuple));
    if (bucket != nullptr) best = FindIn(*bucket, tuple, *space, best);
  }
  return best == nullptr ? nullptr : best->rule;
}

}  // namespace vfp
