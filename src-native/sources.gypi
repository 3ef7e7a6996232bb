{
  "variables": {
    "base_sources": [
      "src-native/base/clock.cc",
      "src-native/base/error_codes.cc",
      "src-native/base/guid.cc",
      "src-native/base/ip_address.cc",
      "src-native/base/json.cc",
      "src-native/base/json_parse.cc",
      "src-native/base/json_write.cc",
      "src-native/base/mac_address.cc",
      "src-native/base/utf16.cc"
    ],
    "wire_sources": [
      "src-native/wire/checksum.cc",
      "src-native/wire/frame_builder.cc",
      "src-native/wire/ndp.cc",
      "src-native/wire/parsed_frame.cc"
    ],
    "vfp_sources": [
      "src-native/vfp/drop_reason.cc",
      "src-native/vfp/header_transposition.cc",
      "src-native/vfp/internal/maglev.cc",
      "src-native/vfp/internal/nat_bindings.cc",
      "src-native/vfp/internal/rule_table.cc",
      "src-native/vfp/internal/tuple_space.cc",
      "src-native/vfp/prepared_transposition.cc"
    ],
    "schema_sources": [
      "src-native/schema/acl_policy.cc",
      "src-native/schema/common.cc",
      "src-native/schema/dns.cc",
      "src-native/schema/endpoint.cc",
      "src-native/schema/load_balancer.cc",
      "src-native/schema/modify_request.cc",
      "src-native/schema/name_space.cc",
      "src-native/schema/nat_policy.cc",
      "src-native/schema/network.cc",
      "src-native/schema/policy.cc",
      "src-native/schema/query.cc",
      "src-native/schema/reader.cc",
      "src-native/schema/route.cc",
      "src-native/schema/subnet.cc"
    ],
    "ports_sources": [
      "src-native/ports/capture.cc",
      "src-native/ports/frame_packing.cc",
      "src-native/ports/memory/memory_driver.cc"
    ],
    "ports_linux_sources": [
      "src-native/ports/linux/helper_client.cc",
      "src-native/ports/linux/interface_io.cc",
      "src-native/ports/linux/io_thread.cc",
      "src-native/ports/linux/links.cc",
      "src-native/ports/linux/linux_driver.cc",
      "src-native/ports/linux/resolver_text.cc"
    ],
    "hns_sources": [],
    "abi_sources": [],
    "compose_sources": [],
    "binding_sources": [
      "src-native/binding/addon.cc",
      "src-native/binding/argument.cc",
      "src-native/binding/call_pool.cc",
      "src-native/binding/completion_queue.cc",
      "src-native/binding/environment.cc",
      "src-native/binding/failure.cc",
      "src-native/binding/handle.cc",
      "src-native/binding/host_lease.cc",
      "src-native/binding/host_object.cc",
      "src-native/binding/open_host.cc",
      "src-native/binding/promise_call.cc",
      "src-native/binding/service_callback.cc",
      "src-native/binding/session.cc"
    ],
    "helper_sources": [
      "src-native/ports/linux/helper/check.cc",
      "src-native/ports/linux/helper/compartments.cc",
      "src-native/ports/linux/helper/enter.cc",
      "src-native/ports/linux/helper/interfaces.cc",
      "src-native/ports/linux/helper/main.cc",
      "src-native/ports/linux/helper/serve.cc",
      "src-native/ports/linux/helper/system.cc",
      "src-native/ports/linux/helper/world.cc",
      "src-native/ports/linux/links.cc",
      "src-native/base/ip_address.cc",
      "src-native/base/mac_address.cc"
    ],
    "native_test_sources": [
      "test/native/main.cc",
      "test/native/base_json_test.cc",
      "test/native/base_values_test.cc",
      "test/native/flat_map_test.cc",
      "test/native/header_transposition_test.cc",
      "test/native/maglev_test.cc",
      "test/native/nat_bindings_test.cc",
      "test/native/ports_capture_test.cc",
      "test/native/ports_linux_lab.cc",
      "test/native/ports_linux_lifetime_test.cc",
      "test/native/ports_linux_machine_test.cc",
      "test/native/ports_linux_test.cc",
      "test/native/ports_memory_test.cc",
      "test/native/rule_table_test.cc",
      "test/native/schema_endpoint_test.cc",
      "test/native/schema_modify_test.cc",
      "test/native/schema_network_test.cc",
      "test/native/schema_objects_test.cc",
      "test/native/schema_policy_test.cc",
      "test/native/schema_query_test.cc",
      "test/native/wire_checksum_test.cc",
      "test/native/wire_neighbor_test.cc",
      "test/native/wire_parsed_frame_test.cc"
    ]
  }
}
