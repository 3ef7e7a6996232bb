// Runs a command inside a compartment.
#pragma once

#include <string>

namespace ports::helper {

// Joins the namespaces of `pid` and runs `command` (null-terminated, at least
// one word) with our environment, folder and terminal. Returns its exit status,
// 128 + N when signal N ended it, 125 when the compartment cannot be entered,
// 126 or 127 when the command cannot be run or found. The command dies with us.
int Enter(const std::string& pid, char** command);

}  // namespace ports::helper
