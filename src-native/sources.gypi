{
  "variables": {
    "base_sources": [],
    "wire_sources": [],
    "vfp_sources": [],
    "schema_sources": [],
    "ports_sources": [],
    "ports_linux_sources": [],
    "hns_sources": [],
    "abi_sources": [],
    "compose_sources": [],
    "binding_sources": [],
    "helper_sources": [],
    "native_test_sources": ["test/native/main.cc"]
  }
}
