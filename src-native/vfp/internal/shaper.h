// What holds one direction of one port to its rate: a token bucket, and what
// waits for it.
#pragma once

#include "vfp/internal/backlog.h"
#include "vfp/internal/token_bucket.h"
#include "vfp/port_shaping.h"
#include "wire/parsed_frame.h"

namespace vfp {

struct Shaper {
  Shaper(const RateLimit& rate_limit, base::MonotonicTime now)
      : limit(rate_limit), bucket(rate_limit, now), backlog(rate_limit.backlog()) {}

  void SetLimit(const RateLimit& rate_limit, base::MonotonicTime now) {
    limit = rate_limit;
    bucket.SetLimit(limit, now);
    backlog.SetLimit(limit.backlog());
  }
  // Nothing waits and there are tokens. REQUIRES: the bucket is refilled.
  bool LetsPass(std::uint32_t bytes) const { return backlog.empty() && bucket.Has(bytes); }

  RateLimit limit;
  TokenBucket bucket;
  Backlog backlog;
};

// As it would be once what has its tokens at `now` had gone.
Shaper WithoutWhatIsDue(Shaper shaper, base::MonotonicTime now);

// The bytes of a frame on the wire: large segments as their pieces, each with its
// headers, and with a tunnel's when it leaves by one.
std::uint32_t WireBytes(const wire::Frame& frame, bool tunnels);
// Of the packet's addresses and, where each packet of the flow has them, ports.
// REQUIRES: packet.IsIp().
std::uint64_t FlowHashOf(wire::ParsedFrame packet, std::uint64_t seed);

}  // namespace vfp
