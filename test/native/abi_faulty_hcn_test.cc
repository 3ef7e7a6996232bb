// What faulty_hcn.h promises beside what a program sees through the binding.
#include "native/hns_support.h"

namespace {

using namespace hns_test;

compose::HostOptions With(std::string faults) {
  compose::HostOptions options = TestHost::Defaults();
  options.faults = std::move(faults);
  return options;
}

TEST("a call struck before its effect clears what it would have given") {
  TestHost host(With(R"([{"call":"createNetwork","fault":"fail","code":2147944122}])"));
  const auto& t = host.hcn();
  char16_t* record = nullptr;
  void* handle = &record;
  CHECK_EQ(t.create_network(t.context, {}, Wide(kNetwork).c_str(), &handle, &record), hr::RPC_S_SERVER_UNAVAILABLE);
  CHECK(handle == nullptr && record != nullptr);
  t.free_string(t.context, record);
  CHECK_EQ(host.Count(Kind::kNetwork), 0u);
}

TEST("a call struck after its effect takes back its handle and tolerates missing places") {
  TestHost host(With(R"([{"call":"*","when":"after","fault":"fail","code":2147944122,"times":3}])"));
  const auto& t = host.hcn();
  void* handle = nullptr;
  CHECK_EQ(t.create_network(t.context, {}, Wide(kNetwork).c_str(), &handle, nullptr), hr::RPC_S_SERVER_UNAVAILABLE);
  CHECK(handle == nullptr);
  CHECK_EQ(t.create_network(t.context, {}, u"{}", nullptr, nullptr), hr::RPC_S_SERVER_UNAVAILABLE);
  CHECK_EQ(t.enumerate_networks(t.context, nullptr, nullptr, nullptr), hr::RPC_S_SERVER_UNAVAILABLE);
  CHECK_EQ(host.Count(Kind::kNetwork), 1u);
}

TEST("a struck call about a guest's ports gives nothing and keeps nothing") {
  TestHost host(With(R"([{"call":"reserveGuestNetworkServicePort","nth":1,"fault":"fail","code":2147944122},
                         {"call":"reserveGuestNetworkServicePort","when":"after","nth":2,"fault":"fail","code":2147944122},
                         {"call":"reserveGuestNetworkServicePortRange","fault":"fail","code":2147944122},
                         {"call":"enumerateGuestNetworkPortReservations","when":"after","fault":"fail","code":2147944122,
                          "nth":1}])"));
  const auto& t = host.hcn();
  void* service = nullptr;
  CHECK_EQ(t.create_guest_network_service(t.context, {}, u"{\"SchemaVersion\":{\"Major\":2,\"Minor\":0}}", &service,
                                          nullptr),
           hr::OK);
  for (int struck = 0; struck < 2; ++struck) {
    void* reservation = &service;
    CHECK_EQ(t.reserve_guest_network_service_port(t.context, service, abi::kHcnPortProtocolTcp,
                                                  abi::kHcnPortAccessExclusive, 8080, &reservation),
             hr::RPC_S_SERVER_UNAVAILABLE);
    CHECK(reservation == nullptr);
  }
  abi::HcnPortRangeReservation range{1, 2};
  void* reservation = &service;
  CHECK_EQ(t.reserve_guest_network_service_port_range(t.context, service, 4, &range, &reservation),
           hr::RPC_S_SERVER_UNAVAILABLE);
  CHECK(reservation == nullptr && range.starting_port == 0 && range.ending_port == 0);

  // The port is free again, since the second reservation was taken back.
  CHECK_EQ(t.reserve_guest_network_service_port(t.context, service, abi::kHcnPortProtocolTcp,
                                                abi::kHcnPortAccessExclusive, 8080, &reservation),
           hr::OK);
  std::uint32_t count = 7;
  abi::HcnPortRangeEntry* entries = nullptr;
  CHECK_EQ(t.enumerate_guest_network_port_reservations(t.context, &count, &entries), hr::RPC_S_SERVER_UNAVAILABLE);
  CHECK(count == 0 && entries == nullptr);
  CHECK_EQ(t.enumerate_guest_network_port_reservations(t.context, &count, &entries), hr::OK);
  CHECK_EQ(count, 1u);
  t.free_guest_network_port_reservations(t.context, entries);
}

TEST("a call that closes a handle closes it, whatever strikes it") {
  TestHost host(With(R"([{"call":"closeNetwork","nth":1,"fault":"fail","code":2147944122}])"));
  const auto& t = host.hcn();
  void* handle = nullptr;
  CHECK_EQ(t.create_network(t.context, {}, Wide(kNetwork).c_str(), &handle, nullptr), hr::OK);
  CHECK_EQ(t.close_network(t.context, handle), hr::RPC_S_SERVER_UNAVAILABLE);
  CHECK_EQ(t.close_network(t.context, handle), hr::ERROR_INVALID_HANDLE);
}

TEST("a callback that is unregistered is not called again, whatever strikes the call") {
  TestHost host(With(R"([{"call":"unregisterServiceCallback","fault":"fail","code":2147944122}])"));
  const auto& t = host.hcn();
  int heard = 0;
  void* callback = nullptr;
  const auto count = [](std::uint32_t, void* place, HResult, const char16_t*) { ++*static_cast<int*>(place); };
  CHECK_EQ(t.register_service_callback(t.context, count, &heard, &callback), hr::OK);
  CHECK_EQ(t.unregister_service_callback(t.context, callback), hr::RPC_S_SERVER_UNAVAILABLE);
  CHECK_EQ(t.create_network(t.context, {}, Wide(kNetwork).c_str(), nullptr, nullptr), hr::E_POINTER);
  void* network = nullptr;
  CHECK_EQ(t.create_network(t.context, {}, Wide(kNetwork).c_str(), &network, nullptr), hr::OK);
  CHECK_EQ(heard, 0);
}

TEST("a list of faults that cannot be read opens no host") {
  for (const char* faults :
       {"{}", "[1]", R"([{"call":"*"}])", R"([{"fault":"hang"}])", R"([{"call":"no","fault":"hang"}])",
        R"([{"call":"*","fault":"fail"}])", R"([{"call":"*","fault":"fail","code":1}])",
        R"([{"call":"*","fault":"hang","probability":1.5}])", R"([{"call":"*","fault":"hang","nth":-1}])",
        R"([{"call":"*","fault":"hang","when":"later"}])"}) {
    CHECK(!TestHost(With(faults)).opened());
  }
  CHECK(TestHost(With("[]")).opened());
}

}  // namespace
