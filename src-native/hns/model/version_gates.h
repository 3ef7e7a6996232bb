// What of an object the version of the host does not have. Asked before any
// other rule of the model, so that what is too new is told from what is wrong.
#pragma once

#include <optional>

#include "base/result.h"
#include "hns/features.h"
#include "schema/endpoint.h"
#include "schema/load_balancer.h"
#include "schema/network.h"

namespace hns {

// nullopt: every version with HCN has it.
std::optional<Feature> FeatureOf(schema::EndpointPolicyType type);
std::optional<Feature> FeatureOf(schema::NetworkPolicyType type);

// The code of the first feature that is asked for and missing.
base::Status CheckVersion(HnsVersion version, const schema::Network& network);
base::Status CheckVersion(HnsVersion version, const schema::Endpoint& endpoint);
base::Status CheckVersion(HnsVersion version, const schema::LoadBalancer& load_balancer);

}  // namespace hns
