#include "wire/tcp_segment.h"

#include <algorithm>
#include <span>

#include "wire/parsed_frame.h"
#include "wire/tcp.h"

namespace wire {
namespace {

std::optional<std::uint8_t> FindScale(std::span<const std::uint8_t> options) {
  constexpr std::uint8_t kEnd = 0, kNoOperation = 1, kWindowScale = 3, kMostScale = 14;
  while (!options.empty() && options[0] != kEnd) {
    if (options[0] == kNoOperation) {
      options = options.subspan(1);
      continue;
    }
    if (options.size() < 2 || options[1] < 2 || options[1] > options.size()) return std::nullopt;
    if (options[0] == kWindowScale && options[1] == 3) return std::min(options[2], kMostScale);
    options = options.subspan(options[1]);
  }
  return std::nullopt;
}

}  // namespace

std::optional<TcpSegment> ReadTcpSegment(const Frame& frame, std::uint32_t l3_offset, std::uint32_t l4_offset) {
  if (l4_offset == 0) return std::nullopt;
  const std::uint8_t* ip = frame.data + l3_offset;
  const bool v4 = (ip[0] >> 4) == 4;
  if (v4 ? (Load16(ip + 6) & 0x3fff) != 0 : l4_offset != l3_offset + 40) return std::nullopt;
  const std::uint32_t claimed = v4 ? Load16(ip + 2) : Load16(ip + 4);
  // To be segmented later: zero means the rest of the frame.
  const std::uint32_t end = claimed == 0 ? frame.length : l3_offset + claimed + (v4 ? 0 : 40);
  const auto tcp = TcpView::Parse({frame.data + l4_offset, end - l4_offset});
  if (!tcp) return std::nullopt;
  TcpSegment segment;
  segment.sequence = tcp->sequence();
  segment.acknowledgment = tcp->acknowledgment();
  segment.flags = tcp->flags();
  segment.window = tcp->window();
  segment.length = end - l4_offset - tcp->header_bytes();
  if ((segment.flags & kTcpSyn) != 0) {
    ++segment.length;
    segment.scale = FindScale(tcp->options());
  }
  if ((segment.flags & kTcpFin) != 0) ++segment.length;
  return segment;
}

}  // namespace wire
