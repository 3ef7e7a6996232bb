// One call that changes something, while it runs, and the steps that several
// calls have in common.
#pragma once

#include <cstddef>
#include <functional>
#include <unordered_map>
#include <vector>

#include "hns/change_log.h"
#include "hns/model/records.h"
#include "hns/program/compiler.h"
#include "hns/program/policy_change.h"
#include "hns/program/switch.h"
#include "hns/service.h"
#include "hns/undo.h"

namespace hns {

struct Service::Change {
  Transaction& store;
  Context context;
  Switch& ports;
  Undo undo;            // Of what was done outside the store before the commit.
  RuleDiff rules;       // Of shared groups.
  PolicyChange policy;  // The rest.
  std::vector<Event> events;
  // After the commit: before the policy is applied, and after it.
  std::vector<std::function<base::Status()>> moves;
  std::vector<std::function<void()>> removals;
  // Where in policy.ports an owner's is.
  std::unordered_map<base::Guid, std::size_t, base::GuidHash> port_places;

  // CheckObject, in this change.
  base::Status Check(ObjectKind kind, const ObjectRef& object);

  // Sets the layers of a port; the last policy given for it counts.
  void SetPort(PortPolicy port);
  // The ports of the endpoints that are on a route, or were: after the store knows.
  base::Status SetPortsOf(const schema::SdnRoute& route);
  // Adds rules as they are to be. An endpoint that gets its first rule of
  // SLB_NAT_LAYER inbound gets the layer, too.
  base::Status AddRules(std::vector<PlacedRule> after);

  // Makes the engine's port follow an endpoint whose policies were changed.
  base::Status Reprogram(const schema::Endpoint& old, const schema::Endpoint& endpoint);

  // Makes the engine follow a network whose ACLs or address sets were changed.
  base::Status ReprogramAcls(const schema::Network& old, const schema::Network& network);

  // Puts an endpoint into a namespace, with everything that follows.
  base::Status Attach(schema::Namespace* name_space, const base::Guid& endpoint);
  base::Status Detach(schema::Namespace* name_space, const base::Guid& endpoint);
  // Takes an endpoint out of its namespace, if it is in one, and removes it.
  // REQUIRES: no load balancer names it.
  base::Status Drop(const schema::Network& network, schema::Endpoint endpoint);

  // Sets everything on a network that depends on the host's addresses. `before`:
  // CompileNetworkRules of what was.
  base::Status SetHostDependents(const base::Guid& network, std::vector<PlacedRule> before);
};

Table TableOf(ObjectKind kind);
// HCN_E_OBJECT_USED_AFTER_UNLOAD unless it is still the object of the handle.
base::Status CheckObject(Transaction& store, ObjectKind kind, const ObjectRef& object);
// A document to create from, as a v2 document whichever dialect it came in.
// HCN_E_INVALID_JSON, ERR_DOCUMENT_TOO_LARGE.
base::Result<base::json::Object> ParseSettings(ObjectKind kind, std::string_view settings);

}  // namespace hns
