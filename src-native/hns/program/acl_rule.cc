#include "hns/program/acl_rule.h"

#include <cstdint>

#include "hns/program/layers.h"

namespace hns {

namespace {

base::Guid RuleId(const std::string& settings, std::uint64_t salt) {
  constexpr std::uint64_t kPrime = 0x100000001b3;  // FNV-1a.
  std::uint64_t high = 0xcbf29ce484222325 ^ salt;
  std::uint64_t low = 0x9ae16a3b2f90404f + salt;
  for (char c : settings) {
    high = (high ^ static_cast<std::uint8_t>(c)) * kPrime;
    low = (low + static_cast<std::uint8_t>(c)) * 0xd6e8feb86659fd93;
    low ^= low >> 32;
  }
  base::Guid id;
  id.data1 = static_cast<std::uint32_t>(high >> 32);
  id.data2 = static_cast<std::uint16_t>(high >> 16);
  id.data3 = static_cast<std::uint16_t>(high);
  for (std::uint8_t& byte : id.data4) {
    byte = static_cast<std::uint8_t>(low);
    low >>= 8;
  }
  return id;
}

}  // namespace

std::string RuleIds::For(const std::string& settings) {
  for (std::uint64_t salt = 0;; ++salt) {
    const base::Guid id = RuleId(settings, salt);
    if (taken_.insert(id).second) return id.ToString();
  }
}

vfp::Rule AclRule(const base::json::Value& settings, const schema::AclPolicy& acl, RuleIds* ids) {
  const base::json::Object* members = settings.AsObject();
  const bool has_priority = members != nullptr && members->FindIgnoringCase("Priority") != nullptr;
  vfp::Rule rule;
  rule.id = ids->For(base::json::Write(settings));
  rule.name = acl.id;
  rule.priority = has_priority ? acl.priority : kPriorityWhenAbsent;
  rule.flags = kStatefulTerminating;
  if (acl.action == schema::AclAction::kBlock) rule.action = vfp::Block{};
  return rule;
}

std::optional<vfp::Conditions> ConditionsOf(const schema::AclPolicy& acl, const AddressSets& sets,
                                            base::IpFamily family) {
  const bool inbound = IsInbound(acl.direction);
  if (!NamesSets(acl)) return ConditionsOf(acl, inbound, family);
  const auto in_sets = [&](const std::vector<std::string>& ids, const std::vector<base::IpPrefix>& addresses,
                           vfp::List<base::IpPrefix>* out) {
    if (ids.empty()) return PrefixesOfFamily(addresses, family, out);
    const AddressSets::Members members = sets.InEach(ids);
    if (members.any) return true;
    return !members.prefixes.empty() && PrefixesOfFamily(members.prefixes, family, out);
  };
  vfp::Conditions conditions;
  conditions.protocols = acl.protocols;
  // Ports are the endpoint's own and its peer's, as without sets.
  conditions.source_ports = inbound ? acl.remote_ports : acl.local_ports;
  conditions.destination_ports = inbound ? acl.local_ports : acl.remote_ports;
  if (!in_sets(acl.local_sets, acl.local_addresses, &conditions.sources)) return std::nullopt;
  if (!in_sets(acl.remote_sets, acl.remote_addresses, &conditions.destinations)) return std::nullopt;
  return conditions;
}

bool PrefixesOfFamily(const std::vector<base::IpPrefix>& all, base::IpFamily family, vfp::List<base::IpPrefix>* out) {
  for (const base::IpPrefix& prefix : all) {
    if (prefix.address.family == family) out->push_back(prefix.Masked());
  }
  return all.empty() || !out->empty();
}

}  // namespace hns
