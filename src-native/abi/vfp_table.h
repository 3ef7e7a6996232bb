// Beside the HCN table: what HCN has no call for. Ports, layers, rules, flows
// and counters are read; packets are explained; frames are carried.
//
// Strings, error records and noexcept as in hcn_table.h. Ports are named by
// their id (a GUID as text: for an endpoint's port, the endpoint's own id).
// A host that cannot do a thing leaves its entry null.
#pragma once

#include <cstddef>
#include <cstdint>

#include "abi/hcn_table.h"

namespace abi {

struct VfpTable {
  void* context = nullptr;
  void (*free_string)(void* context, char16_t* text) noexcept = nullptr;
  void (*free_bytes)(void* context, std::uint8_t* bytes) noexcept = nullptr;

  // JSON arrays or objects; their shapes are the interfaces of types/vfp.ts.
  HRESULT (*list_ports)(void* context, char16_t** ports, char16_t** error_record) noexcept = nullptr;
  HRESULT(*list_layers)
  (void* context, const char16_t* port, char16_t** layers, char16_t** error_record) noexcept = nullptr;
  // `query`: {"cursor":text,"limit":n}; the answer is a VfpFlowPage.
  // `port` null: all ports.
  HRESULT(*list_flows)
  (void* context, const char16_t* port, const char16_t* query, char16_t** flows,
   char16_t** error_record) noexcept = nullptr;
  HRESULT(*get_port_counters)
  (void* context, const char16_t* port, char16_t** counters, char16_t** error_record) noexcept = nullptr;
  // `frame`: Ethernet, entering the switch at `port`. Leaves no trace.
  HRESULT(*explain)
  (void* context, const char16_t* port, const std::uint8_t* frame, std::size_t length, char16_t** explanation,
   char16_t** error_record) noexcept = nullptr;

  // Frames, packed: repeated { uint32 little-endian length, bytes }.
  // send: as if the endpoint (or, at an uplink, the wire) sent them. Only on
  // ports of the memory driver; ERR_INVALID_FRAME when the packing is broken.
  HRESULT(*send_frames)
  (void* context, const char16_t* port, const std::uint8_t* packed, std::size_t length,
   char16_t** error_record) noexcept = nullptr;
  // Takes what was delivered to the port since the last call, oldest first.
  HRESULT(*receive_frames)
  (void* context, const char16_t* port, std::uint8_t** packed, std::size_t* length,
   char16_t** error_record) noexcept = nullptr;

  // Capture at a port, any driver: frames as they enter and leave it.
  // Bounded to `max_bytes`; what does not fit is counted, not kept.
  HRESULT(*start_capture)
  (void* context, const char16_t* port, std::size_t max_bytes, char16_t** error_record) noexcept = nullptr;
  // Takes what was captured so far: repeated { uint64 monotonic nanoseconds,
  // uint32 direction (0 outbound, 1 inbound), uint32 length, bytes }, little-endian.
  HRESULT(*read_capture)
  (void* context, const char16_t* port, std::uint8_t** packed, std::size_t* length,
   char16_t** error_record) noexcept = nullptr;
  HRESULT (*stop_capture)(void* context, const char16_t* port, char16_t** error_record) noexcept = nullptr;

  // The compartment behind a namespace, for programs that are to run inside:
  // {"kind":"memory"} or {"kind":"linux","pid":n,"helper":path}.
  HRESULT(*describe_compartment)
  (void* context, const base::Guid& name_space, char16_t** description, char16_t** error_record) noexcept = nullptr;
};

}  // namespace abi
