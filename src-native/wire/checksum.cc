#include "wire/checksum.h"

#include <bit>

#include "wire/bytes.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/parsed_frame.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace wire {
namespace {

// Where a frame's L4 checksum is and what it covers.
struct L4Checksum {
  std::uint32_t field = 0;   // Offset of the field; 0: this frame has none that can be known.
  std::uint32_t start = 0;   // Of the L4 header.
  std::uint32_t length = 0;  // Bytes covered, header included.
  bool pseudo_header = true;
  bool zero_is_none = false;  // UDP over IPv4.
  bool udp = false;
};

L4Checksum FindL4Checksum(const Frame& frame, const ParsedFrame& parsed) {
  L4Checksum found;
  if (!parsed.IsIp() || parsed.l4_offset == 0 || parsed.is_fragment) return found;
  found.start = parsed.l4_offset;
  found.length = parsed.l3_offset + parsed.ip_length - parsed.l4_offset;
  const bool v4 = parsed.kind == EtherKind::kIpv4;
  if (parsed.protocol == kProtoTcp) {
    found.field = found.start + TcpView::kChecksumOffset;
  } else if (parsed.protocol == kProtoUdp) {
    found.field = found.start + UdpView::kChecksumOffset;
    const std::uint32_t udp_length = Load16(frame.data + found.start + 4);
    if (udp_length != 0) found.length = udp_length;  // Bytes behind it are not the datagram's.
    found.zero_is_none = v4;
    found.udp = true;
  } else if ((parsed.protocol == kProtoIcmp && v4) || (parsed.protocol == kProtoIcmpV6 && !v4)) {
    found.field = found.start + IcmpView::kChecksumOffset;
    found.pseudo_header = !v4;
  }
  return found;
}

bool IsOwed(const Frame& frame, const L4Checksum& l4) {
  return frame.offload.NeedsChecksum() && frame.offload.checksum_start == l4.start;
}

std::uint32_t PseudoSum(const ParsedFrame& parsed, const L4Checksum& l4) {
  return l4.pseudo_header ? PseudoHeaderSum(parsed.source, parsed.destination, parsed.protocol, l4.length) : 0;
}

void FillIpv4Header(std::uint8_t* header, std::size_t available) {
  const auto ip = Ipv4View::Parse({header, available});
  if (!ip) return;
  Store16(header + 10, 0);
  Store16(header + 10, static_cast<std::uint16_t>(~ChecksumFold(ChecksumAdd(ip->header()))));
}

}  // namespace

// Eight bytes at a time into two sums that cannot overflow (a frame has fewer
// than 2^32 words), in the machine's byte order: one's complement addition does
// not mind, the result is swapped once (RFC 1071, section 2 (B)).
std::uint32_t ChecksumAdd(std::span<const std::uint8_t> bytes, std::uint32_t initial) {
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t low = 0, high = 0;
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    low += word & 0xffffffff;
    high += word >> 32;
  }
  if (left != 0) {
    std::uint64_t word = 0;  // Missing bytes count as zero.
    std::memcpy(&word, at, left);
    low += word & 0xffffffff;
    high += word >> 32;
  }
  std::uint64_t sum = (low & 0xffffffff) + (low >> 32) + (high & 0xffffffff) + (high >> 32);
  sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  const std::uint64_t total = std::uint64_t{initial} + SwapIfLittle(static_cast<std::uint16_t>(sum));
  return static_cast<std::uint32_t>((total & 0xffffffff) + (total >> 32));
}

std::uint32_t PseudoHeaderSum(const base::IpAddress& source, const base::IpAddress& destination, std::uint8_t protocol,
                              std::uint32_t l4_length) {
  // An IPv4 address is followed by zeros, which add nothing.
  std::uint32_t sum = ChecksumAdd(source.bytes);
  sum = ChecksumAdd(destination.bytes, sum);
  return sum + protocol + (l4_length >> 16) + (l4_length & 0xffff);
}

void ChecksumDelta::Address(const base::IpAddress& old_value, const base::IpAddress& new_value) {
  const int bytes = old_value.IsV4() ? 4 : 16;
  for (int i = 0; i < bytes; i += 2) Word(Load16(old_value.bytes.data() + i), Load16(new_value.bytes.data() + i));
}

bool CompleteChecksum(Frame* frame) {
  if (!frame->offload.NeedsChecksum()) return true;
  const std::uint32_t start = frame->offload.checksum_start;
  const std::uint32_t offset = frame->offload.checksum_offset;
  if (start + offset + 2 > frame->length) return false;
  std::uint32_t end = frame->length;
  ParsedFrame parsed;
  if (Parse(*frame, &parsed) == ParseError::kNone && parsed.IsIp()) {
    const std::uint32_t ip_end = parsed.l3_offset + parsed.ip_length;
    if (start + offset + 2 <= ip_end) end = ip_end;
  }
  std::uint8_t* field = frame->data + start + offset;
  std::uint16_t checksum = static_cast<std::uint16_t>(~ChecksumFold(ChecksumAdd({frame->data + start, end - start})));
  // Only UDP has its field there; a zero would mean that there is no checksum.
  if (checksum == 0 && offset == UdpView::kChecksumOffset) checksum = 0xffff;
  Store16(field, checksum);
  frame->offload.flags &= static_cast<std::uint8_t>(~Offload::kNeedsChecksum);
  return true;
}

bool FillChecksums(Frame* frame) {
  const auto ethernet = EthernetView::Parse(frame->bytes());
  if (!ethernet) return false;
  if (ethernet->ether_type() == kEtherTypeIpv4) {
    FillIpv4Header(frame->data + ethernet->header_bytes(), frame->length - ethernet->header_bytes());
  }
  ParsedFrame parsed;
  if (Parse(*frame, &parsed) != ParseError::kNone) return false;
  const L4Checksum l4 = FindL4Checksum(*frame, parsed);
  if (l4.field == 0) return true;
  const std::uint32_t pseudo = PseudoSum(parsed, l4);
  if (IsOwed(*frame, l4)) {
    Store16(frame->data + l4.field, ChecksumFold(pseudo));
    return true;
  }
  Store16(frame->data + l4.field, 0);
  std::uint16_t checksum =
      static_cast<std::uint16_t>(~ChecksumFold(ChecksumAdd({frame->data + l4.start, l4.length}, pseudo)));
  if (checksum == 0 && l4.udp) checksum = 0xffff;
  Store16(frame->data + l4.field, checksum);
  return true;
}

bool ChecksumsValid(const Frame& frame) {
  ParsedFrame parsed;
  if (Parse(frame, &parsed) != ParseError::kNone) return false;  // The IPv4 header's is part of it.
  const L4Checksum l4 = FindL4Checksum(frame, parsed);
  if (l4.field == 0) return true;
  const std::uint16_t value = Load16(frame.data + l4.field);
  const std::uint32_t pseudo = PseudoSum(parsed, l4);
  if (IsOwed(frame, l4)) {
    // Equal as one's complement numbers: the difference is either of the zeros.
    const std::uint16_t difference = ChecksumFold(pseudo + static_cast<std::uint16_t>(~value));
    return difference == 0xffff || difference == 0;
  }
  if (value == 0 && l4.udp) return l4.zero_is_none;
  return ChecksumFold(ChecksumAdd({frame.data + l4.start, l4.length}, pseudo)) == 0xffff;
}

}  // namespace wire
