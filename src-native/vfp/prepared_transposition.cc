#include "vfp/prepared_transposition.h"

#include <cassert>

namespace vfp {
namespace {

using HT = HeaderTransposition;
using L4 = PreparedTransposition::L4;

base::IpAddress KeyAddress(const std::uint8_t* bytes, std::uint8_t family) {
  return family == 4 ? wire::LoadIpv4(bytes) : wire::LoadIpv6(bytes);
}

// Which L4 header this transposition changes in packets of the flow.
L4 ChangedL4(std::uint16_t modify, std::uint8_t protocol, std::uint8_t family) {
  const bool addresses = (modify & (HT::kSourceAddress | HT::kDestinationAddress)) != 0;
  const bool ports = (modify & (HT::kSourcePort | HT::kDestinationPort)) != 0;
  if (!addresses && !ports) return L4::kAsItIs;
  if (protocol == wire::kProtoTcp) return L4::kTcp;
  if (protocol == wire::kProtoUdp) return L4::kUdp;
  if (protocol == wire::kProtoIcmpV6 && family == 6) return L4::kIcmpV6;
  // ICMP over IPv4 has no pseudo-header, so addresses alone leave it as it is.
  if (protocol == wire::kProtoIcmp && family == 4 && ports) return L4::kIcmpV4;
  return L4::kAsItIs;
}

}  // namespace

PreparedTransposition PrepareMacs(const HeaderTransposition& transposition) {
  PreparedTransposition prepared;
  prepared.modify = transposition.modify & (HT::kSourceMac | HT::kDestinationMac);
  wire::StoreMac(prepared.macs, transposition.destination_mac);
  wire::StoreMac(prepared.macs + 6, transposition.source_mac);
  return prepared;
}

PreparedTransposition Prepare(const HeaderTransposition& transposition, const FlowKey& key) {
  const std::uint16_t modify = transposition.modify;
  const base::IpAddress old_source = KeyAddress(key.source, key.family);
  const base::IpAddress old_destination = KeyAddress(key.destination, key.family);
  const base::IpAddress source = (modify & HT::kSourceAddress) ? transposition.source : old_source;
  const base::IpAddress destination = (modify & HT::kDestinationAddress) ? transposition.destination : old_destination;
  assert(source.family == old_source.family && destination.family == old_destination.family);

  PreparedTransposition prepared = PrepareMacs(transposition);
  prepared.modify = modify;
  prepared.ttl_decrement = (modify & HT::kDecrementTtl) ? transposition.ttl_decrement : 0;
  prepared.family = key.family;
  prepared.l4 = ChangedL4(modify, key.protocol, key.family);
  prepared.rewrites_l3 = (modify & (HT::kSourceAddress | HT::kDestinationAddress | HT::kDecrementTtl)) != 0;
  std::memcpy(prepared.source, source.bytes.data(), 16);
  std::memcpy(prepared.destination, destination.bytes.data(), 16);
  prepared.source_port = (modify & HT::kSourcePort) ? transposition.source_port : key.source_port;
  prepared.destination_port = (modify & HT::kDestinationPort) ? transposition.destination_port : key.destination_port;

  wire::ChecksumDelta addresses;
  addresses.Address(old_source, source);
  addresses.Address(old_destination, destination);
  prepared.pseudo_delta = addresses.value();
  prepared.l3_delta = key.family == 4 ? addresses.value() : 0xffff;
  if (prepared.l4 == L4::kTcp || prepared.l4 == L4::kUdp) {
    addresses.Word(key.source_port, prepared.source_port);
    addresses.Word(key.destination_port, prepared.destination_port);
  }
  prepared.l4_delta = addresses.value();
  return prepared;
}

}  // namespace vfp
