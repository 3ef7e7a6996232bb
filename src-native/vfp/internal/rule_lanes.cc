#include "vfp/internal/rule_lanes.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace vfp {
namespace {

template <int kWords>
struct Prefix {
  std::uint32_t words[kWords] = {};
  int length = 0;

  bool operator==(const Prefix&) const = default;
  std::uint32_t MaskOf(int w, int of_length) const {
    const int bits = std::clamp(of_length - 32 * w, 0, 32);
    return bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
  }
  void Cut(int to_length) {
    for (int w = 0; w < kWords; ++w) words[w] &= MaskOf(w, to_length);
    length = to_length;
  }
  bool Contains(const Prefix& other) const {
    if (length > other.length) return false;
    Prefix cut = other;
    cut.Cut(length);
    return std::memcmp(cut.words, words, sizeof words) == 0;
  }
  bool Before(const Prefix& other) const {
    for (int w = 0; w < kWords; ++w) {
      if (words[w] != other.words[w]) return words[w] < other.words[w];
    }
    return length < other.length;
  }
};

template <int kWords>
Prefix<kWords> PrefixFrom(const base::IpPrefix& prefix) {
  Prefix<kWords> made;
  for (int w = 0; w < kWords; ++w) made.words[w] = BigEndian32(prefix.address.bytes.data() + 4 * w);
  made.Cut(std::min<int>(prefix.length, 32 * kWords));
  return made;
}

// Those of this family, none inside another. An empty list is one prefix of length 0.
template <int kWords>
Few<Prefix<kWords>> Gather(const List<base::IpPrefix>& list) {
  constexpr auto kFamily = kWords == 1 ? base::IpFamily::kIpv4 : base::IpFamily::kIpv6;
  if (list.empty()) return Few(Prefix<kWords>());
  if (list.size() == 1 && list[0].address.family == kFamily) return Few(PrefixFrom<kWords>(list[0]));
  std::vector<Prefix<kWords>> all;
  for (const auto& prefix : list) {
    if (prefix.address.family == kFamily) all.push_back(PrefixFrom<kWords>(prefix));
  }
  if (all.size() < 2) return all;
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.Before(b); });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (!all[kept].Contains(all[i])) all[++kept] = all[i];
  }
  all.resize(kept + 1);
  return all;
}

// REQUIRES: not empty, in order.
template <int kWords>
Prefix<kWords> Around(const Few<Prefix<kWords>>& list) {
  Prefix<kWords> around = list.front();
  int common = 0;
  for (int w = 0; w < kWords && common == 32 * w; ++w)
    common += std::countl_zero(around.words[w] ^ list.back().words[w]);
  int length = common;
  for (const auto& one : list) length = std::min(length, one.length);
  around.Cut(length);
  return around;
}

using Ports = Few<base::PortRange>;

// Empty ranges go, those that meet become one.
Ports Gather(const List<base::PortRange>& list) {
  if (list.size() == 1 && list[0].first <= list[0].last) return Ports(list[0]);
  std::vector<base::PortRange> all;
  for (const auto& range : list) {
    if (range.first <= range.last) all.push_back(range);
  }
  if (all.size() < 2) return all;
  std::sort(all.begin(), all.end());
  std::size_t kept = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].first <= std::uint32_t{all[kept].last} + 1) {
      all[kept].last = std::max(all[kept].last, all[i].last);
    } else {
      all[++kept] = all[i];
    }
  }
  all.resize(kept + 1);
  return all;
}

// The lane's ports from a gathered list that was not empty before.
void SetPorts(const base::PortRange& range, std::uint16_t* first, std::uint16_t* span) {
  *first = range.first;
  *span = static_cast<std::uint16_t>(range.last - range.first);
}

template <int kWords>
void SetPrefix(const Prefix<kWords>& prefix, std::uint32_t* words, std::uint8_t* free_bits) {
  std::memcpy(words, prefix.words, sizeof prefix.words);
  *free_bits = static_cast<std::uint8_t>(32 * kWords - prefix.length);
}

}  // namespace

template <int kWords>
Few<Lane<kWords>> LanesOf(const Rule& rule, std::uint32_t slot) {
  const Conditions& conditions = rule.conditions;
  const auto sources = Gather<kWords>(conditions.sources);
  const auto destinations = Gather<kWords>(conditions.destinations);
  const Ports source_ports = Gather(conditions.source_ports);
  const Ports destination_ports = Gather(conditions.destination_ports);
  if (sources.empty() || destinations.empty()) return {};
  if (source_ports.empty() != conditions.source_ports.empty()) return {};
  if (destination_ports.empty() != conditions.destination_ports.empty()) return {};

  Lane<kWords> lane;
  lane.id = {.rule = slot, .rank = RankOf(rule)};
  bool check = false;
  const auto& protocols = conditions.protocols;
  if (!protocols.empty() &&
      std::count(protocols.begin(), protocols.end(), protocols[0]) == static_cast<std::ptrdiff_t>(protocols.size())) {
    lane.protocol = protocols[0];
    lane.flags = 0;
  } else if (!protocols.empty()) {
    check = true;
  }
  if (!source_ports.empty() || !destination_ports.empty()) lane.flags |= kLaneHasPorts;

  enum class Spelled { kNone, kSources, kDestinations, kSourcePorts, kDestinationPorts } spelled = Spelled::kNone;
  const auto is_short_list = [](const Ports& ports) { return ports.size() > 1 && ports.size() <= kMaxSpelledPorts; };
  if (sources.size() > 1 || destinations.size() > 1) {
    spelled = sources.size() >= destinations.size() ? Spelled::kSources : Spelled::kDestinations;
  } else if (is_short_list(destination_ports)) {
    spelled = Spelled::kDestinationPorts;
  } else if (is_short_list(source_ports)) {
    spelled = Spelled::kSourcePorts;
  }

  SetPrefix(Around(sources), lane.source, &lane.source_free);
  SetPrefix(Around(destinations), lane.destination, &lane.destination_free);
  check |= sources.size() > 1 && spelled != Spelled::kSources;
  check |= destinations.size() > 1 && spelled != Spelled::kDestinations;
  if (!source_ports.empty()) {
    SetPorts({source_ports.front().first, source_ports.back().last}, &lane.source_port, &lane.source_span);
    check |= source_ports.size() > 1 && spelled != Spelled::kSourcePorts;
  }
  if (!destination_ports.empty()) {
    SetPorts({destination_ports.front().first, destination_ports.back().last}, &lane.destination_port,
             &lane.destination_span);
    check |= destination_ports.size() > 1 && spelled != Spelled::kDestinationPorts;
  }
  if (check) lane.id.rule |= LaneId::kMustCheck;

  if (spelled == Spelled::kNone) return Few(lane);
  std::vector<Lane<kWords>> lanes;
  switch (spelled) {
    case Spelled::kNone: break;
    case Spelled::kSources:
      for (const auto& prefix : sources) {
        SetPrefix(prefix, lane.source, &lane.source_free);
        lanes.push_back(lane);
      }
      break;
    case Spelled::kDestinations:
      for (const auto& prefix : destinations) {
        SetPrefix(prefix, lane.destination, &lane.destination_free);
        lanes.push_back(lane);
      }
      break;
    case Spelled::kSourcePorts:
      for (const auto& range : source_ports) {
        SetPorts(range, &lane.source_port, &lane.source_span);
        lanes.push_back(lane);
      }
      break;
    case Spelled::kDestinationPorts:
      for (const auto& range : destination_ports) {
        SetPorts(range, &lane.destination_port, &lane.destination_span);
        lanes.push_back(lane);
      }
      break;
  }
  return lanes;
}

template Few<Lane<1>> LanesOf(const Rule&, std::uint32_t);
template Few<Lane<4>> LanesOf(const Rule&, std::uint32_t);

}  // namespace vfp
