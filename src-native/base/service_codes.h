// HRESULTs that Windows' services answer and the embedded one never does, save
// where a fault is asked for, or v1 attaches to an unknown compartment:
// from a guest's agent, from RPC while a service restarts, from old releases.
// They have names so that a program gets one code for them wherever it runs.
#pragma once

#define HNS_VFP_SERVICE_CODES(X)                                                                      \
  X(GCN_E_MODULE_NOT_FOUND, 0x803B0021u, "A module of the guest was not found.")                      \
  X(GCN_E_NO_REQUEST_HANDLERS, 0x803B0022u, "The guest has no handler for the request.")              \
  X(GCN_E_REQUEST_UNSUPPORTED, 0x803B0023u, "The guest does not support the request.")                \
  X(GCN_E_RUNTIMEKEYS_FAILED, 0x803B0024u, "The guest failed on its runtime keys.")                   \
  X(GCN_E_NETADAPTER_TIMEOUT, 0x803B0025u, "The guest waited too long for a network adapter.")        \
  X(GCN_E_NETADAPTER_NOT_FOUND, 0x803B0026u, "A network adapter of the guest was not found.")         \
  X(GCN_E_NETCOMPARTMENT_NOT_FOUND, 0x803B0027u, "A network compartment of the guest was not found.") \
  X(GCN_E_NETINTERFACE_NOT_FOUND, 0x803B0028u, "A network interface of the guest was not found.")     \
  X(GCN_E_DEFAULTNAMESPACE_EXISTS, 0x803B0029u, "The guest has a default namespace already.")         \
  X(ERROR_NOT_READY, 0x80070015u, "The device is not ready.")                                         \
  X(ERROR_SHARING_VIOLATION, 0x80070020u,                                                             \
    "The process cannot access the file because it is being used by another process.")                \
  X(ERROR_DUP_NAME, 0x80070034u, "A duplicate name exists on the network.")                           \
  X(RPC_S_SERVER_TOO_BUSY, 0x800706BBu, "The RPC server is too busy to complete this operation.")     \
  X(RPC_S_CALL_FAILED, 0x800706BEu, "The remote procedure call failed.")                              \
  X(RPC_S_CALL_FAILED_DNE, 0x800706BFu, "The remote procedure call failed and did not execute.")      \
  X(RPC_E_DISCONNECTED, 0x80010108u, "The object invoked has disconnected from its clients.")         \
  X(HCS_E_SYSTEM_NOT_FOUND, 0xC037010Eu, "A virtual machine or container with the specified identifier does not exist.")
