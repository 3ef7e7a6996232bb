// Descriptors that carry [virtio header][Ethernet frame]. All of them
// non-blocking and closed on exec.
#pragma once

#include <string>

#include "base/result.h"
#include "ports/linux/fd.h"

namespace ports {

// Makes a TAP in the current network namespace; it lives as long as the
// descriptor. The stack behind it may leave checksums and segmentation to us.
base::Result<Fd> OpenTap(const std::string& name);

// A socket that sees what others put on an interface of the current network
// namespace, and never what it sent itself.
base::Result<Fd> OpenPacketSocket(const std::string& interface);

bool LinkExists(const std::string& name);

}  // namespace ports
