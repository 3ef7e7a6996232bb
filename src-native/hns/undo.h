// Steps to take back when a call fails after it has touched the world outside
// the store.
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace hns {

class Undo {
 public:
  Undo() = default;
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  // Takes the steps back, the last one first.
  ~Undo() {
    for (auto it = steps_.rbegin(); it != steps_.rend(); ++it) (*it)();
  }

  void Push(std::function<void()> step) { steps_.push_back(std::move(step)); }
  // All went well.
  void Forget() { steps_.clear(); }

 private:
  std::vector<std::function<void()>> steps_;
};

}  // namespace hns
