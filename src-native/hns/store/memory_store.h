// A store that lives as long as the process.
//
// One writer at a time, alone; readers together. A writer changes the tables in
// place and keeps what it replaced, so that an abort puts everything back.
#pragma once

#include <memory>

#include "hns/store/store.h"

namespace hns {

class MemoryStore final : public Store {
 public:
  MemoryStore();
  ~MemoryStore() override;
  base::Result<std::unique_ptr<Transaction>> Begin(Access access) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hns
