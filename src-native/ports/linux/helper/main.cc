// hns-netns-helper: owns the namespaces of one Linux port driver, or runs a
// command in one of them.
#include <stdio.h>
#include <string.h>

#include "ports/linux/helper/check.h"
#include "ports/linux/helper/enter.h"
#include "ports/linux/helper/serve.h"

namespace {

constexpr char kUsage[] =
    "usage: hns-netns-helper enter PID -- COMMAND [ARGUMENT...]   runs COMMAND in the compartment that PID holds\n"
    "       hns-netns-helper check                                says, as JSON, what this machine allows\n"
    "       hns-netns-helper serve [--no-tun]                     for the driver: its socket is descriptor 3\n";

bool Is(const char* argument, const char* text) { return ::strcmp(argument, text) == 0; }

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && Is(argv[1], "check")) return ports::helper::Check();
  if (argc >= 2 && argc <= 3 && Is(argv[1], "serve") && (argc == 2 || Is(argv[2], "--no-tun"))) {
    return ports::helper::Serve(argc == 2);
  }
  if (argc >= 5 && Is(argv[1], "enter") && Is(argv[3], "--")) return ports::helper::Enter(argv[2], argv + 4);
  ::fputs(kUsage, stderr);
  return 2;
}
