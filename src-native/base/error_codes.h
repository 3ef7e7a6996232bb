// Every HRESULT this project returns, by HCN's and Windows' own names.
//
// HCN codes are 0x803B0000 + n. Win32 codes are 0x80070000 + n. Codes with the
// customer bit (0x2...) are ours: HCN has no code for them.
#pragma once

#include <cstdint>
#include <string_view>

namespace base {

using HResult = std::int32_t;

constexpr HResult MakeHResult(std::uint32_t bits) { return static_cast<HResult>(bits); }
constexpr bool Failed(HResult hr) { return hr < 0; }

#define HNS_VFP_ERROR_CODES(X)                                                                                         \
  X(HCN_E_NETWORK_NOT_FOUND, 0x803B0001u, "The network was not found.")                                                \
  X(HCN_E_ENDPOINT_NOT_FOUND, 0x803B0002u, "The endpoint was not found.")                                              \
  X(HCN_E_LAYER_NOT_FOUND, 0x803B0003u, "The network's underlying layer was not found.")                               \
  X(HCN_E_SWITCH_NOT_FOUND, 0x803B0004u, "The network's underlying switch was not found.")                             \
  X(HCN_E_SUBNET_NOT_FOUND, 0x803B0005u, "The network does not have a subnet for this endpoint.")                      \
  X(HCN_E_ADAPTER_NOT_FOUND, 0x803B0006u, "An adapter was not found.")                                                 \
  X(HCN_E_PORT_NOT_FOUND, 0x803B0007u, "The switch-port was not found.")                                               \
  X(HCN_E_POLICY_NOT_FOUND, 0x803B0008u, "An expected policy was not found.")                                          \
  X(HCN_E_VFP_PORTSETTING_NOT_FOUND, 0x803B0009u, "A required VFP port setting was not found.")                        \
  X(HCN_E_INVALID_NETWORK, 0x803B000Au, "The provided network configuration is invalid or missing parameters.")        \
  X(HCN_E_INVALID_NETWORK_TYPE, 0x803B000Bu, "Invalid network type.")                                                  \
  X(HCN_E_INVALID_ENDPOINT, 0x803B000Cu, "The provided endpoint configuration is invalid or missing parameters.")      \
  X(HCN_E_INVALID_POLICY, 0x803B000Du, "The provided policy configuration is invalid or missing parameters.")          \
  X(HCN_E_INVALID_POLICY_TYPE, 0x803B000Eu, "Invalid policy type.")                                                    \
  X(HCN_E_INVALID_REMOTE_ENDPOINT_OPERATION, 0x803B000Fu,                                                              \
    "This requested operation is invalid for a remote endpoint.")                                                      \
  X(HCN_E_NETWORK_ALREADY_EXISTS, 0x803B0010u, "A network with this name already exists.")                             \
  X(HCN_E_LAYER_ALREADY_EXISTS, 0x803B0011u, "A network with this name already exists.")                               \
  X(HCN_E_POLICY_ALREADY_EXISTS, 0x803B0012u, "Policy information already exists on this object.")                     \
  X(HCN_E_PORT_ALREADY_EXISTS, 0x803B0013u, "The specified port already exists.")                                      \
  X(HCN_E_ENDPOINT_ALREADY_ATTACHED, 0x803B0014u, "This endpoint is already attached to the switch.")                  \
  X(HCN_E_REQUEST_UNSUPPORTED, 0x803B0015u, "The specified request is unsupported.")                                   \
  X(HCN_E_MAPPING_NOT_SUPPORTED, 0x803B0016u, "Port mapping is not supported on the given network.")                   \
  X(HCN_E_DEGRADED_OPERATION, 0x803B0017u, "There was an operation attempted on a degraded object.")                   \
  X(HCN_E_SHARED_SWITCH_MODIFICATION, 0x803B0018u, "Cannot modify a switch shared by multiple networks.")              \
  X(HCN_E_GUID_CONVERSION_FAILURE, 0x803B0019u, "Failed to interpret a parameter as a GUID.")                          \
  X(HCN_E_REGKEY_FAILURE, 0x803B001Au, "Failed to process registry key.")                                              \
  X(HCN_E_INVALID_JSON, 0x803B001Bu, "Invalid JSON document string.")                                                  \
  X(HCN_E_INVALID_JSON_REFERENCE, 0x803B001Cu, "The reference is invalid in the JSON document.")                       \
  X(HCN_E_ENDPOINT_SHARING_DISABLED, 0x803B001Du, "Endpoint sharing is disabled.")                                     \
  X(HCN_E_INVALID_IP, 0x803B001Eu, "IP address is either invalid or not part of any configured subnet(s).")            \
  X(HCN_E_SWITCH_EXTENSION_NOT_FOUND, 0x803B001Fu, "The specified switch extension does not exist on this switch.")    \
  X(HCN_E_MANAGER_STOPPED, 0x803B0020u, "Operation cannot be performed while service is stopping.")                    \
  X(HCN_E_ICS_DISABLED, 0x803B002Au, "Internet connection sharing is disabled.")                                       \
  X(HCN_E_ENDPOINT_NAMESPACE_ALREADY_EXISTS, 0x803B002Bu, "The endpoint already has a namespace.")                     \
  X(HCN_E_ENTITY_HAS_REFERENCES, 0x803B002Cu, "The specified entity cannot be removed while it still has references.") \
  X(HCN_E_INVALID_INTERNAL_PORT, 0x803B002Du, "The internal port must exist and cannot be zero.")                      \
  X(HCN_E_NAMESPACE_ATTACH_FAILED, 0x803B002Eu, "The requested operation for attach namespace failed.")                \
  X(HCN_E_ADDR_INVALID_OR_RESERVED, 0x803B002Fu, "The address is invalid or reserved.")                                \
  X(HCN_E_INVALID_PREFIX, 0x803B0030u, "The prefix is invalid.")                                                       \
  X(HCN_E_OBJECT_USED_AFTER_UNLOAD, 0x803B0031u, "A call was performed against an object that was torn down.")         \
  X(HCN_E_INVALID_SUBNET, 0x803B0032u, "The provided subnet configuration is invalid or missing parameters.")          \
  X(HCN_E_INVALID_IP_SUBNET, 0x803B0033u, "The provided IP subnet configuration is invalid or missing parameters.")    \
  X(HCN_E_ENDPOINT_NOT_ATTACHED, 0x803B0034u, "The endpoint must be attached to complete the operation.")              \
  X(HCN_E_ENDPOINT_NOT_LOCAL, 0x803B0035u, "The endpoint must be local to complete the operation.")                    \
  X(HCN_INTERFACEPARAMETERS_ALREADY_APPLIED, 0x803B0036u, "The interface parameters are already applied.")             \
  X(HCN_E_VFP_NOT_ALLOWED, 0x803B0037u, "VFP is not allowed on this network.")                                         \
  X(E_NOTIMPL, 0x80004001u, "Not implemented.")                                                                        \
  X(E_POINTER, 0x80004003u, "Invalid pointer.")                                                                        \
  X(E_UNEXPECTED, 0x8000FFFFu, "Catastrophic failure.")                                                                \
  X(E_OUTOFMEMORY, 0x8007000Eu, "Not enough memory resources are available to complete this operation.")               \
  X(ERROR_ACCESS_DENIED, 0x80070005u, "Access is denied.")                                                             \
  X(ERROR_INVALID_HANDLE, 0x80070006u, "The handle is invalid.")                                                       \
  X(ERROR_NOT_SUPPORTED, 0x80070032u, "The request is not supported.")                                                 \
  X(ERROR_DISK_FULL, 0x80070070u, "There is not enough space on the disk.")                                            \
  X(ERROR_INVALID_PARAMETER, 0x80070057u, "The parameter is incorrect.")                                               \
  X(ERROR_ALREADY_EXISTS, 0x800700B7u, "Cannot create a file when that file already exists.")                          \
  X(ERROR_NOT_FOUND, 0x80070490u, "Element not found.")                                                                \
  X(ERROR_TOO_MANY_NAMES, 0x80070044u, "The name limit for the local computer network adapter card was exceeded.")     \
  X(ERROR_OBJECT_ALREADY_EXISTS, 0x80071392u, "The object already exists.")                                            \
  X(ERROR_MOD_NOT_FOUND, 0x8007007Eu, "The specified module could not be found.")                                      \
  X(ERROR_PROC_NOT_FOUND, 0x8007007Fu, "The specified procedure could not be found.")                                  \
  X(ERROR_BAD_EXE_FORMAT, 0x800700C1u, "%1 is not a valid Win32 application.")                                         \
  X(RPC_S_SERVER_UNAVAILABLE, 0x800706BAu, "The RPC server is unavailable.")                                           \
  X(ERR_NAMESPACES_UNAVAILABLE, 0xA0040001u, "Linux network namespaces cannot be had here.")                           \
  X(ERR_PORT_DRIVER, 0xA0040002u, "The port driver could not set up or change the interface.")                         \
  X(ERR_INVALID_FRAME, 0xA0040003u, "The frame or packet text cannot be understood.")                                  \
  X(ERR_DOCUMENT_TOO_LARGE, 0xA0040004u, "The JSON document is too large or too deeply nested.")                       \
  X(ERR_STATE_UNAVAILABLE, 0xA0040010u, "The state folder cannot be used.")                                            \
  X(ERR_STATE_DAMAGED, 0xA0040011u, "The state folder is damaged.")                                                    \
  X(ERR_STATE_NEWER, 0xA0040012u, "The state folder was written by a newer version.")

#define HNS_VFP_DECLARE_CODE(symbol, value, text) inline constexpr HResult symbol = MakeHResult(value);
namespace hr {
inline constexpr HResult OK = 0;
HNS_VFP_ERROR_CODES(HNS_VFP_DECLARE_CODE)
}  // namespace hr
#undef HNS_VFP_DECLARE_CODE

// The symbol of a code ("HCN_E_NETWORK_NOT_FOUND"); empty when unknown.
std::string_view ErrorSymbol(HResult code);
// Windows' sentence for a code, with its full stop; empty when unknown.
std::string_view ErrorText(HResult code);

}  // namespace base
