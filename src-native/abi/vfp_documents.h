// What the engine shows, as the documents of types/vfp.ts.
#pragma once

#include <string>

#include "base/json.h"
#include "vfp/engine.h"

namespace abi {

// `network`: GUID text; empty when the port's network went away meanwhile.
base::json::Value PortDocument(const vfp::PortInfo& port, const std::string& network);
base::json::Value CountersDocument(const vfp::PortInfo& port);
base::json::Value LayerDocument(const vfp::LayerInfo& layer);
base::json::Value FlowPageDocument(const vfp::FlowPage& page);
base::json::Value ExplanationDocument(const vfp::Explanation& explanation);

}  // namespace abi
