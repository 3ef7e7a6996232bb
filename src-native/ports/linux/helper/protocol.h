// What the driver and the namespace helper say to each other, over a
// SOCK_SEQPACKET socket that is the helper's descriptor 3.
//
// A message is a list of fields, each { uint32 host order length, bytes }; the
// two are one build on one machine. The helper speaks first: a reply to no
// request, "ok" when its namespaces stand. Then each request has one reply:
//   "ok", values...      (add-port: with the interface's descriptor)
//   "error", a text for people
//
//   add-compartment NAME host|pod                          -> PID
//   remove-compartment NAME
//   set-resolver NAME TEXT
//   add-port PORT NAME MAC MTU ADDRESSES ROUTES            -> INTERFACE tap|packet
//   change-port PORT MAC MTU ADDRESSES ROUTES
//   remove-port PORT
// ADDRESSES: one prefix a line. ROUTES: `PREFIX NEXT-HOP METRIC` a line.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ports::helper {

inline constexpr int kControlFd = 3;
inline constexpr std::string_view kProtocolVersion = "1";
inline constexpr std::size_t kMaxMessageBytes = 128 * 1024;

using Fields = std::vector<std::string>;

inline std::string EncodeMessage(const Fields& fields) {
  std::string out;
  for (const std::string& field : fields) {
    const auto length = static_cast<std::uint32_t>(field.size());
    out.append(reinterpret_cast<const char*>(&length), sizeof(length));
    out.append(field);
  }
  return out;
}

inline std::optional<Fields> DecodeMessage(std::string_view bytes) {
  Fields fields;
  while (!bytes.empty()) {
    std::uint32_t length = 0;
    if (bytes.size() < sizeof(length)) return std::nullopt;
    std::memcpy(&length, bytes.data(), sizeof(length));
    bytes.remove_prefix(sizeof(length));
    if (bytes.size() < length) return std::nullopt;
    fields.emplace_back(bytes.substr(0, length));
    bytes.remove_prefix(length);
  }
  return fields;
}

}  // namespace ports::helper
