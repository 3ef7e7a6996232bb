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

bool PrefixesOfFamily(const std::vector<base::IpPrefix>& all, base::IpFamily family, std::vector<base::IpPrefix>* out) {
  for (const base::IpPrefix& prefix : all) {
    if (prefix.address.family == family) out->push_back(prefix.Masked());
  }
  return all.empty() || !out->empty();
}

}  // namespace hns
