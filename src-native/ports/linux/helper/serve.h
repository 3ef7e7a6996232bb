// The helper's main mode: namespaces are entered, then requests are answered
// until the driver closes its end of the socket, however that comes about.
#pragma once

namespace ports::helper {

// Returns the exit status.
int Serve(bool try_tun);

}  // namespace ports::helper
