// Compartments: each a network namespace held by a process that only waits,
// with a mount namespace of its own in which /etc/resolv.conf is its own.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/linux/fd.h"
#include "ports/linux/helper/world.h"

namespace ports::helper {

class Compartments {
 public:
  explicit Compartments(const World& world) : world_(world) {}

  // `host`: shares the world's first network namespace. Returns the waiting
  // process's id as the helper's own parent sees it.
  base::Result<pid_t> Add(const std::string& name, bool host);
  base::Status Remove(const std::string& name);
  // Replaces the whole text of the compartment's resolver file.
  base::Status SetResolver(const std::string& name, std::string_view text);
  // nullptr when there is none of that name.
  const Fd* FindNetns(const std::string& name) const;

 private:
  struct Compartment {
    pid_t holder = -1;
    Fd netns;
  };

  const World& world_;
  std::map<std::string, Compartment> compartments_;
};

}  // namespace ports::helper
