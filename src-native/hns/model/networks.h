// Networks: what makes one valid, what the service fills in, what may change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/guid.h"
#include "base/result.h"
#include "hns/model/ipam.h"
#include "hns/model/mac_pool.h"
#include "hns/model/records.h"
#include "schema/modify_request.h"
#include "schema/network.h"

namespace hns {

// Checks `wanted`, fills in what is missing and stores it. `id` zero: see
// ChooseId. Errors leave rows behind: the caller drops the transaction.
base::Result<schema::Network> CreateNetwork(Context& context, const base::Guid& id, schema::Network wanted);

// Removes the network's rows. REQUIRES: its endpoints are gone.
void RemoveNetwork(Transaction& store, const schema::Network& network);

// Applies a modify request; gives the network as it is afterwards.
base::Result<schema::Network> ModifyNetwork(Context& context, schema::Network network,
                                            schema::ModifyNetworkRequest request);

// Where the network's endpoints get addresses, in the order of the document.
std::vector<AddressRange> RangesOf(const schema::Network& network);
std::vector<MacRange> MacRangesOf(const schema::Network& network);

// What network policies with an effect say; empty when there is none.
std::string AdapterNameOf(const schema::Network& network);                    // NetAdapterName
std::string UplinkAdapterOf(const schema::Network& network);                  // The same, where frames leave by it.
std::optional<base::MacAddress> SourceMacOf(const schema::Network& network);  // SourceMacAddress
std::optional<base::MacAddress> RouterMacOf(const schema::Network& network);  // DrMacAddress
std::optional<base::IpAddress> ProviderOf(const schema::Network& network);    // ProviderAddress
// Unless it has one.
void SetProvider(const base::IpAddress& provider, schema::Network* network);

}  // namespace hns
