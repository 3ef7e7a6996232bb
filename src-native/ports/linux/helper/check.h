// What this machine lets this user have, found out by trying.
#pragma once

namespace ports::helper {

// Prints one line of JSON:
//   {"available":bool,"ports":"tap"|"packet"|null,"userNamespaces":bool,
//    "namespaces":bool,"tun":bool,"packetSockets":bool,"iproute2":bool,
//    "missing":["a sentence with its remedy", ...]}
// Returns 0 when compartments and interfaces can be had, else 1.
int Check();

}  // namespace ports::helper
