#include <atomic>
#include <set>
#include <thread>

#include "native/hns_support.h"

namespace {

using namespace hns_test;

TEST("threads that create, query, modify, enumerate and delete at once see only whole objects") {
  TestHost host;
  const Outcome network = host.Create(Kind::kNetwork, kNetwork);
  constexpr int kThreads = 4;
  constexpr int kRounds = 100;
  std::atomic<int> bad{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < kRounds; ++round) {
        const Outcome endpoint =
            host.CreateEndpoint(network.handle, R"({"Name":"t)" + std::to_string(thread) + R"("})");
        const Value document = host.Document(Kind::kEndpoint, endpoint.handle);
        if (!endpoint.ok() || Size(document, "IpConfigurations") != 1) ++bad;
        const Outcome modified = host.Modify(
            Kind::kEndpoint, endpoint.handle,
            R"({"ResourceType":"Policy","RequestType":"Add","Settings":{"Policies":[{"Type":"ACL","Settings":{"Action":"Allow","Direction":"In"}}]}})");
        if (!modified.ok()) ++bad;
        // Others come and go meanwhile: a listed id may be gone, but what is there is whole.
        for (const Value& id : Items(host.Enumerate(Kind::kEndpoint).json())) {
          const Outcome other = host.Open(Kind::kEndpoint, *base::Guid::Parse(*id.AsString()));
          if (other.code != hr::OK && other.code != hr::HCN_E_ENDPOINT_NOT_FOUND) ++bad;
          if (!other.ok()) continue;
          const Outcome query = host.Query(Kind::kEndpoint, other.handle);
          if (query.code != hr::OK && query.code != hr::HCN_E_OBJECT_USED_AFTER_UNLOAD) ++bad;
          if (query.ok() && Text(query.json(), "MacAddress").size() != 17) ++bad;
          if (host.Close(Kind::kEndpoint, other.handle) != hr::OK) ++bad;
        }
        if (!host.Delete(Kind::kEndpoint, *base::Guid::Parse(Text(document, "ID"))).ok()) ++bad;
        if (host.Close(Kind::kEndpoint, endpoint.handle) != hr::OK) ++bad;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  CHECK_EQ(bad.load(), 0);
  CHECK_EQ(host.Count(Kind::kEndpoint), 0u);
  CHECK_EQ(Size(host.Ports(), ""), 1u);
}

TEST("of many threads that want one address, one name or one frontend, one gets it") {
  TestHost host;
  const Outcome network = host.Create(Kind::kNetwork, kNetwork);
  const std::string web = host.IdOf(Kind::kEndpoint, host.CreateEndpoint(network.handle, "{}").handle).ToString();
  std::atomic<int> addresses{0};
  std::atomic<int> names{0};
  std::atomic<int> frontends{0};
  std::atomic<int> odd{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto count = [&](const Outcome& outcome, HResult loser, std::atomic<int>& winners) {
        if (outcome.ok()) ++winners;
        if (!outcome.ok() && outcome.code != loser) ++odd;
      };
      count(host.CreateEndpoint(network.handle, R"({"IpConfigurations":[{"IpAddress":"10.1.0.99"}]})"),
            hr::ERROR_OBJECT_ALREADY_EXISTS, addresses);
      count(host.Create(Kind::kNetwork, R"({"Name":"wanted","Type":"L2Bridge"})"), hr::HCN_E_NETWORK_ALREADY_EXISTS,
            names);
      count(
          host.Create(
              Kind::kLoadBalancer,
              R"({"HostComputeEndpoints":[")" + web +
                  R"("],"FrontendVIPs":["10.96.0.1"],"PortMappings":[{"Protocol":6,"InternalPort":80,"ExternalPort":80}]})"),
          hr::ERROR_ALREADY_EXISTS, frontends);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(addresses.load(), 1);
  CHECK_EQ(names.load(), 1);
  CHECK_EQ(frontends.load(), 1);
  CHECK_EQ(odd.load(), 0);
}

TEST("after a callback is unregistered it is not called, even while networks come and go") {
  TestHost host;
  const auto& t = host.hcn();
  struct Listener {
    std::atomic<bool> gone{false};
    std::atomic<int> late{0};
  } listener;
  std::atomic<bool> stop{false};
  std::thread worker([&] {
    while (!stop) {
      const Outcome network = host.Create(Kind::kNetwork, kNetwork);
      host.Delete(Kind::kNetwork, host.IdOf(Kind::kNetwork, network.handle));
      host.Close(Kind::kNetwork, network.handle);
    }
  });
  for (int i = 0; i < 200; ++i) {
    listener.gone = false;
    abi::HCN_CALLBACK handle = nullptr;
    t.register_service_callback(
        t.context,
        [](std::uint32_t, void* context, HResult, const char16_t*) {
          auto* l = static_cast<Listener*>(context);
          if (l->gone) ++l->late;
        },
        &listener, &handle);
    t.unregister_service_callback(t.context, handle);
    listener.gone = true;
  }
  stop = true;
  worker.join();
  CHECK_EQ(listener.late.load(), 0);
}

}  // namespace
