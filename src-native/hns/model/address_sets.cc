#include "hns/model/address_sets.h"

#include <algorithm>
#include <utility>

#include "base/error_codes.h"
#include "base/guid.h"
#include "hns/model/limits.h"

namespace hns {

namespace {

using Prefixes = std::vector<base::IpPrefix>;

std::string KeyOf(const std::string& id) {
  const auto guid = base::Guid::Parse(id);
  return guid ? guid->ToString() : id;
}

void SortOnce(Prefixes* prefixes) {
  std::sort(prefixes->begin(), prefixes->end());
  prefixes->erase(std::unique(prefixes->begin(), prefixes->end()), prefixes->end());
}

// Those of `a` that lie within one of `b`, which is sorted.
void AppendWithin(const Prefixes& a, const Prefixes& b, Prefixes* out) {
  for (const base::IpPrefix& prefix : a) {
    for (int length = prefix.length; length >= 0; --length) {
      base::IpPrefix wider = prefix;
      wider.length = static_cast<std::uint8_t>(length);
      if (!std::binary_search(b.begin(), b.end(), wider.Masked())) continue;
      out->push_back(prefix);
      break;
    }
  }
}

Prefixes Intersection(const Prefixes& a, const Prefixes& b) {
  Prefixes both;
  AppendWithin(a, b, &both);
  AppendWithin(b, a, &both);
  SortOnce(&both);
  return both;
}

std::vector<const schema::AddressSetPolicy*> SetsOf(const schema::Network& network) {
  std::vector<const schema::AddressSetPolicy*> sets;
  for (const schema::NetworkPolicy& policy : network.policies) {
    if (const auto* set = policy.AsAddressSet()) sets.push_back(set);
  }
  return sets;
}

base::Error Missing(const std::string& id, const std::string& who, const schema::Network* before) {
  if (before != nullptr && AddressSets(*before).Find(id) != nullptr) {
    // Unverified: whether HNS takes a set away that is still named, and the code.
    return base::MakeError(base::hr::HCN_E_ENTITY_HAS_REFERENCES, "the set `" + id + "` is named by " + who);
  }
  return base::MakeError(base::hr::HCN_E_INVALID_POLICY,
                         who + " names `" + id + "`, which is neither an address nor the Id of a SetPolicy here");
}

}  // namespace

bool NamesSets(const schema::AclPolicy& acl) { return !acl.local_sets.empty() || !acl.remote_sets.empty(); }

bool NamesSets(const schema::Endpoint& endpoint) {
  return std::any_of(endpoint.policies.begin(), endpoint.policies.end(), [](const schema::EndpointPolicy& policy) {
    return policy.AsAcl() != nullptr && NamesSets(*policy.AsAcl());
  });
}

bool HaveSameSets(const schema::Network& a, const schema::Network& b) {
  const auto of_a = SetsOf(a), of_b = SetsOf(b);
  return std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                    [](const auto* left, const auto* right) { return *left == *right; });
}

void AddressSets::Index() const {
  if (std::exchange(indexed_, true)) return;
  for (const schema::AddressSetPolicy* set : SetsOf(network_)) by_id_.emplace(KeyOf(set->id), set);
}

const schema::AddressSetPolicy* AddressSets::Find(const std::string& id) const {
  Index();
  const auto it = by_id_.find(KeyOf(id));
  return it == by_id_.end() ? nullptr : it->second;
}

const AddressSets::Members& AddressSets::In(const std::string& id) const {
  const schema::AddressSetPolicy* set = Find(id);
  const auto [it, is_new] = members_.try_emplace(set);
  if (!is_new || set == nullptr) return it->second;
  Members members;
  members.any = set->nested && set->members.empty();
  members.prefixes = set->addresses;
  for (const std::string& member : set->members) {
    const Members& of = In(member);
    members.any |= of.any;
    members.prefixes.insert(members.prefixes.end(), of.prefixes.begin(), of.prefixes.end());
  }
  if (members.any) members.prefixes.clear();
  SortOnce(&members.prefixes);
  return members_[set] = std::move(members);
}

AddressSets::Members AddressSets::InEach(const std::vector<std::string>& ids) const {
  Members all{.any = true, .prefixes = {}};
  for (const std::string& id : ids) {
    const Members& of = In(id);
    if (of.any) continue;
    all.prefixes = all.any ? of.prefixes : Intersection(all.prefixes, of.prefixes);
    all.any = false;
  }
  return all;
}

base::Status AddressSets::Check(const schema::Network* before) const {
  Heights heights;
  std::size_t addresses = 0;
  for (const schema::AddressSetPolicy* set : SetsOf(network_)) {
    addresses += set->addresses.size() + set->members.size();
    if (const auto height = HeightOf(*set, before, 0, &heights); !height.ok()) return height.error();
  }
  if (addresses > limits::kSetValuesPerNetwork) {
    return base::MakeError(base::hr::HCN_E_INVALID_POLICY, "more than " + std::to_string(limits::kSetValuesPerNetwork) +
                                                               " values in the sets of one network");
  }
  for (const schema::NetworkPolicy& policy : network_.policies) {
    const schema::AclPolicy* acl = policy.AsNetworkAcl();
    if (acl == nullptr) continue;
    for (const auto* ids : {&acl->local_sets, &acl->remote_sets}) {
      for (const std::string& id : *ids) {
        if (Find(id) == nullptr) return Missing(id, "a NetworkACL", before);
      }
    }
  }
  return {};
}

base::Result<std::size_t> AddressSets::HeightOf(const schema::AddressSetPolicy& set, const schema::Network* before,
                                                std::size_t level, Heights* heights) const {
  constexpr std::size_t kOpen = limits::kSetDepth + 1;  // Being looked into: who meets it again goes round in a circle.
  if (!set.nested) return std::size_t{0};
  const auto known = heights->find(&set);
  std::size_t height = known != heights->end() ? known->second : 0;
  if (level + height > limits::kSetDepth) {
    return base::MakeError(base::hr::HCN_E_INVALID_POLICY, "the members of the set `" + set.id +
                                                               "` lead back to it, or are nested deeper than " +
                                                               std::to_string(limits::kSetDepth) + " sets");
  }
  if (known != heights->end()) return height;
  heights->emplace(&set, kOpen);
  for (const std::string& id : set.members) {
    const schema::AddressSetPolicy* member = Find(id);
    if (member == nullptr) return Missing(id, "the set `" + set.id + "`", before);
    HNS_ASSIGN_OR_RETURN(const std::size_t below, HeightOf(*member, before, level + 1, heights));
    height = std::max(height, below + 1);
  }
  (*heights)[&set] = height;
  return height;
}

base::Status AddressSets::CheckAcl(const schema::AclPolicy& acl) const {
  for (const auto* ids : {&acl.local_sets, &acl.remote_sets}) {
    for (const std::string& id : *ids) {
      if (Find(id) == nullptr) return Missing(id, "an ACL", nullptr);
    }
  }
  return {};
}

}  // namespace hns
