// The namespaces that hold everything of one driver.
//
//   user     Only when we are not allowed to do without: user 0 inside is the
//            user outside, and nobody else exists.
//   pid      Every process started inside hangs on one init; when that goes,
//            the kernel kills them all.
//   mount    Changes of the machine are seen, ours are not. /run is a tmpfs
//            that shows what was there, but /run/netns and nscd's socket (it
//            would answer for a resolver that is not the compartment's).
//   network  Two: the host compartment, and `wires`, where the helper itself
//            stays and where the far ends of veth pairs lie. No stack has an
//            address there, so that none answers what the engine must answer.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "ports/linux/fd.h"

namespace ports::helper {

inline constexpr char kNetnsFolder[] = "/run/netns";
inline constexpr char kPrivateFolder[] = "/run/hns-vfp";

struct World {
  Fd host_netns;
  Fd wires_netns;
  // The other end is init's: readable (as end of file) when init is gone.
  Fd init_alive;
  pid_t init = -1;
  bool user_namespace = false;
  bool tun = false;  // TAP devices can be made.
  // What a compartment's resolver file is mounted over: /etc/resolv.conf, or
  // where it points. Where there is none, /etc becomes a tmpfs that shows the
  // machine's /etc and an empty resolv.conf.
  std::string resolver_target;
};

// Enters new namespaces; there is no way back. The error says what is missing
// and how it can be had.
base::Result<World> EnterWorld(bool try_tun);

// Kills every process inside and waits for the helper's own children.
void EndWorld(World* world);

// For the current network namespace: loopback up; no address of IPv6 waits for
// duplicates, because the engine knows that there are none; nothing is learned
// from routers; each interface answers for its own addresses alone, as Windows'
// strong host model has it; and no packet is dropped for where it came from,
// which is the engine's to judge.
base::Status PrepareNetns();

// 0 when a new user namespace, mapped to ourselves, can be entered. For check.
base::Status EnterUserNamespace();

}  // namespace ports::helper
