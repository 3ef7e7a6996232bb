// Namespaces: compartments, and the endpoints and containers put into them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "hns/model/records.h"
#include "schema/endpoint.h"
#include "schema/name_space.h"

namespace hns {

// The host's own compartment, number 1: there from the beginning.
inline constexpr std::uint32_t kHostCompartment = 1;

// Makes it unless the store has it already.
void CreateHostNamespace(Context& context);
base::Guid HostNamespace(Transaction& store);

inline bool IsHostCompartment(const schema::Namespace& name_space) {
  return name_space.type == schema::NamespaceType::kHostDefault;
}
// Whose compartment it is: several namespaces may share the host's.
base::Guid CompartmentOf(Transaction& store, const schema::Namespace& name_space);

// Fills in what is missing and stores it, without resources.
base::Result<schema::Namespace> CreateNamespace(Context& context, const base::Guid& id, schema::Namespace wanted);
// HCN_E_REQUEST_UNSUPPORTED: it is the host's own. Unverified: what HNS answers.
base::Status CheckRemovable(Transaction& store, const schema::Namespace& name_space);
// REQUIRES: removable, and no endpoint is attached.
void RemoveNamespace(Transaction& store, const schema::Namespace& name_space);

// Each changes and stores both sides.
//
// kUnchanged: it was so already, which is success: a repeated CNI ADD asks for
// it. Unverified: whether HNS sees an error there.
enum class Attachment { kChanged, kUnchanged };
// HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS: it is in another namespace.
// HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION. HCN_E_NAMESPACE_ATTACH_FAILED: a
// limit, or the network has its endpoint in the host compartment already.
base::Result<Attachment> AttachEndpoint(Transaction& store, schema::Namespace* name_space, schema::Endpoint* endpoint);
// HCN_E_ENDPOINT_NOT_ATTACHED.
base::Status DetachEndpoint(Transaction& store, schema::Namespace* name_space, schema::Endpoint* endpoint);

// Containers are known by any text. One that is listed already stays listed
// once; removing one that is not listed is ERROR_NOT_FOUND. Unverified: both.
base::Status AddContainers(Transaction& store, schema::Namespace* name_space, std::span<const std::string> containers);
base::Status RemoveContainer(Transaction& store, schema::Namespace* name_space, const std::string& container);

std::vector<base::Guid> EndpointsOf(const schema::Namespace& name_space);

}  // namespace hns
