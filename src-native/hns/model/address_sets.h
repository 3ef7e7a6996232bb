// The address sets of a network (SetPolicy), and what ACLs get that name them.
//
// An address must be in each of the sets that one side of an ACL names, and in
// any of the members of a nested set: what Azure's network policy manager, the
// one client known, means by its selectors and lists. A nested set without
// members has every address (azure-container-networking#1431); a set of
// addresses without any has none. Unverified: all but the empty nested set.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "schema/acl_policy.h"
#include "schema/address_set_policy.h"
#include "schema/endpoint.h"
#include "schema/network.h"

namespace hns {

bool NamesSets(const schema::AclPolicy& acl);
bool NamesSets(const schema::Endpoint& endpoint);
bool HaveSameSets(const schema::Network& a, const schema::Network& b);

class AddressSets {
 public:
  // Which addresses there are; sorted, each once.
  struct Members {
    bool any = false;
    std::vector<base::IpPrefix> prefixes;
  };

  // `network` outlives it. Nothing is looked at before the first question.
  explicit AddressSets(const schema::Network& network) : network_(network) {}

  // nullptr: there is none. GUIDs in any case.
  const schema::AddressSetPolicy* Find(const std::string& id) const;
  // The addresses that are in each of the sets. REQUIRES: Check and CheckAcl passed.
  Members InEach(const std::vector<std::string>& ids) const;

  // HCN_E_INVALID_POLICY: a member or an ACL's set is not there, sets that hold
  // themselves, too many addresses. HCN_E_ENTITY_HAS_REFERENCES: it is not there
  // any more. `before`: null for a new network.
  base::Status Check(const schema::Network* before) const;
  base::Status CheckAcl(const schema::AclPolicy& acl) const;

 private:
  using Heights = std::unordered_map<const schema::AddressSetPolicy*, std::size_t>;

  void Index() const;
  const Members& In(const std::string& id) const;
  // How many sets deep it is nested. `level`: how many it is in itself.
  base::Result<std::size_t> HeightOf(const schema::AddressSetPolicy& set, const schema::Network* before,
                                     std::size_t level, Heights* heights) const;

  const schema::Network& network_;
  mutable bool indexed_ = false;
  mutable std::unordered_map<std::string, const schema::AddressSetPolicy*> by_id_;
  mutable std::unordered_map<const schema::AddressSetPolicy*, Members> members_;  // As far as asked for.
};

}  // namespace hns
