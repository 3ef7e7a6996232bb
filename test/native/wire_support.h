// For tests of wire and vfp: numbers from a seed, frames in buffers of exactly
// their size (so that a read past the end is seen by AddressSanitizer), and
// random packets of every kind the switch rewrites.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/frame.h"
#include "wire/frame_builder.h"
#include "wire/parsed_frame.h"

namespace native_test {

// splitmix64: all of a test's choices follow from its seed.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint32_t Below(std::uint32_t limit) { return static_cast<std::uint32_t>(Next() % limit); }
  bool OneIn(std::uint32_t n) { return Below(n) == 0; }
  std::uint16_t Word() { return static_cast<std::uint16_t>(Next()); }

 private:
  std::uint64_t state_;
};

class HeapFrame {
 public:
  explicit HeapFrame(std::span<const std::uint8_t> bytes)
      : bytes_(std::make_unique<std::uint8_t[]>(bytes.size())), length_(static_cast<std::uint32_t>(bytes.size())) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes_[i] = bytes[i];
  }
  HeapFrame(const HeapFrame& other) : HeapFrame(std::span(other.bytes_.get(), other.length_)) {
    offload_ = other.offload_;
  }
  wire::Frame frame() { return {bytes_.get(), length_, offload_}; }
  std::uint8_t* data() { return bytes_.get(); }
  std::span<const std::uint8_t> bytes() const { return {bytes_.get(), length_}; }
  wire::Offload& offload() { return offload_; }
  bool operator==(const HeapFrame& other) const {
    return std::vector<std::uint8_t>(bytes().begin(), bytes().end()) ==
           std::vector<std::uint8_t>(other.bytes().begin(), other.bytes().end());
  }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::uint32_t length_;
  wire::Offload offload_;
};

inline std::vector<std::uint8_t> FromHex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::vector<std::uint8_t> bytes;
  int high = -1;
  for (const char c : hex) {
    if (c == ' ' || c == '\n') continue;
    if (high < 0) {
      high = digit(c);
    } else {
      bytes.push_back(static_cast<std::uint8_t>(high << 4 | digit(c)));
      high = -1;
    }
  }
  return bytes;
}

inline base::IpAddress Ip(std::string_view text) { return *base::IpAddress::Parse(text); }
inline base::MacAddress Mac(std::string_view text) { return *base::MacAddress::Parse(text); }

inline base::IpAddress RandomAddress(Random& random, bool v4) {
  base::IpAddress address;
  address.family = v4 ? base::IpFamily::kIpv4 : base::IpFamily::kIpv6;
  for (int i = 0; i < (v4 ? 4 : 16); ++i)
    address.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(random.Next());
  return address;
}
inline base::MacAddress RandomMac(Random& random) { return base::MacAddress::FromUint64(random.Next()); }

enum class PacketKind { kTcp, kUdp, kEchoRequest, kEchoReply, kOther };

inline wire::FrameBytes RandomPacket(Random& random, bool v4, PacketKind kind) {
  std::vector<std::uint8_t> payload(random.Below(64));
  for (auto& byte : payload) byte = static_cast<std::uint8_t>(random.Next());
  wire::FrameFields fields;
  fields.source_mac = RandomMac(random);
  fields.destination_mac = RandomMac(random);
  if (random.OneIn(4)) fields.vlan = static_cast<std::uint16_t>(random.Below(4096));
  fields.source = RandomAddress(random, v4);
  fields.destination = RandomAddress(random, v4);
  fields.ttl = static_cast<std::uint8_t>(random.Next());
  fields.identification = random.Word();
  fields.source_port = random.Word();
  fields.destination_port = random.Word();
  fields.tcp_flags = static_cast<std::uint8_t>(random.Below(64));
  fields.tcp_sequence = static_cast<std::uint32_t>(random.Next());
  fields.payload = payload;
  switch (kind) {
    case PacketKind::kTcp: return wire::BuildTcp(fields);
    case PacketKind::kUdp: return wire::BuildUdp(fields);
    case PacketKind::kEchoRequest: return wire::BuildIcmpEcho(fields);
    case PacketKind::kEchoReply: return wire::BuildIcmpEcho(fields, true);
    case PacketKind::kOther: break;
  }
  return wire::BuildIp(fields, 132);
}

}  // namespace native_test
