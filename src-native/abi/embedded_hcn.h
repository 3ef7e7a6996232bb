// The HCN table of an embedded host.
#pragma once

#include <cstdint>
#include <memory>

#include "abi/hcn_table.h"
#include "hns/service.h"

namespace abi {

class EmbeddedHcn {
 public:
  // `service` outlives the table. `handle_tag`: handles.h.
  EmbeddedHcn(hns::Service& service, std::uint64_t handle_tag);
  ~EmbeddedHcn();

  // Good as long as this object.
  const HcnTable& table() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace abi
