#include "native/hns_support.h"

namespace {

using namespace hns_test;

TEST("hosts are worlds of their own") {
  TestHost one;
  TestHost two;
  CHECK_CODE(one.Create(Kind::kNetwork, kNetwork), OK);
  CHECK_CODE(two.Create(Kind::kNetwork, kNetwork), OK);
  CHECK_EQ(one.Count(Kind::kNetwork), 1u);
}

TEST("equal seeds give equal ids, addresses and MAC addresses") {
  const auto endpoint = [](std::uint64_t seed) {
    compose::HostOptions options = TestHost::Defaults();
    options.seed = seed;
    TestHost host(options);
    const Outcome network = host.Create(Kind::kNetwork, kNetwork);
    return host.Query(Kind::kEndpoint, host.CreateEndpoint(network.handle, "{}").handle).text;
  };
  CHECK_EQ(endpoint(5), endpoint(5));
  CHECK(endpoint(5) != endpoint(6));
  CHECK(endpoint(0) != endpoint(0));
}

TEST("time is turned by hand only where it stands still") {
  TestHost by_hand;
  CHECK(by_hand.host().AdvanceClock(std::chrono::seconds(5)).ok());
  CHECK(!by_hand.host().AdvanceClock(std::chrono::seconds(-5)).ok());
  compose::HostOptions options = TestHost::Defaults();
  options.manual_clock = false;
  TestHost with_system_clock(options);
  const base::Status status = with_system_clock.host().AdvanceClock(std::chrono::seconds(5));
  CHECK(!status.ok());
  CHECK_EQ(CodeName(status.error().code), "ERROR_NOT_SUPPORTED");
}

TEST("a host without room for connections is not opened") {
  compose::HostOptions options = TestHost::Defaults();
  options.max_connections = 0;
  CHECK(!compose::Host::Open(options).ok());
}

}  // namespace
