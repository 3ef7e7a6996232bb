#include <atomic>
#include <set>
#include <thread>

#include "abi/handles.h"
#include "native/hns_support.h"

namespace {

using namespace hns_test;

TEST("a handle is good from its opening to its closing, for its own kind and host") {
  abi::HandleTable table(1);
  abi::HandleTable other(2);
  void* handle = table.Open(abi::HandleKind::kNetwork, {{}, 5});
  CHECK(handle != nullptr);

  CHECK_EQ(table.Find(handle, abi::HandleKind::kNetwork)->incarnation, 5u);
  CHECK(!table.Find(handle, abi::HandleKind::kEndpoint));
  CHECK(!other.Find(handle, abi::HandleKind::kNetwork));
  CHECK(!table.Close(handle, abi::HandleKind::kEndpoint));
  CHECK(table.Close(handle, abi::HandleKind::kNetwork).has_value());
  CHECK(!table.Close(handle, abi::HandleKind::kNetwork));
  CHECK(!table.Find(handle, abi::HandleKind::kNetwork));
  CHECK_EQ(table.open_count(), 0u);
}

TEST("no handle value comes back while its slot is used again") {
  abi::HandleTable table(1);
  std::set<void*> seen;
  for (int i = 0; i < 100'000; ++i) {
    void* handle = table.Open(abi::HandleKind::kEndpoint, {});
    CHECK(seen.insert(handle).second);
    CHECK(table.Close(handle, abi::HandleKind::kEndpoint).has_value());
  }
}

TEST("any pointer may be given for a handle") {
  TestHost host;
  TestHost other;
  const Outcome network = host.Create(Kind::kNetwork, kNetwork);
  const Outcome endpoint = host.CreateEndpoint(network.handle, "{}");
  const Outcome foreign = other.Create(Kind::kNetwork, kNetwork);
  CHECK_CODE(foreign, OK);
  int on_the_stack = 0;
  void* const bad[] = {nullptr,
                       &on_the_stack,
                       reinterpret_cast<void*>(std::uintptr_t{1}),
                       reinterpret_cast<void*>(~std::uintptr_t{0}),
                       endpoint.handle,
                       foreign.handle};
  for (void* handle : bad) {
    CHECK_CODE(host.Query(Kind::kNetwork, handle), ERROR_INVALID_HANDLE);
    CHECK_CODE(host.Modify(Kind::kNetwork, handle, "{}"), ERROR_INVALID_HANDLE);
    CHECK_CODE(host.CreateEndpoint(handle, "{}"), ERROR_INVALID_HANDLE);
    CHECK_EQ(host.Close(Kind::kNetwork, handle), hr::ERROR_INVALID_HANDLE);
  }
  CHECK_EQ(host.Close(Kind::kNetwork, network.handle), hr::OK);
  CHECK_EQ(host.Close(Kind::kNetwork, network.handle), hr::ERROR_INVALID_HANDLE);
  CHECK_CODE(host.Query(Kind::kNetwork, network.handle), ERROR_INVALID_HANDLE);
  // A closed handle leaves its object where it is.
  CHECK_EQ(host.Count(Kind::kNetwork), 1u);
  CHECK_CODE(host.Query(Kind::kEndpoint, endpoint.handle), OK);
}

TEST("handles may be opened, used and closed twice by many threads at once") {
  TestHost host;
  const base::Guid network = host.IdOf(Kind::kNetwork, host.Create(Kind::kNetwork, kNetwork).handle);
  std::atomic<int> closed{0};
  std::atomic<bool> odd{false};
  std::vector<std::thread> threads;
  for (int pair = 0; pair < 2; ++pair) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const Outcome opened = host.Open(Kind::kNetwork, network);
        std::thread second([&] {
          host.Query(Kind::kNetwork, opened.handle);
          if (host.Close(Kind::kNetwork, opened.handle) == hr::OK) ++closed;
        });
        const Outcome query = host.Query(Kind::kNetwork, opened.handle);
        if (!query.ok() && query.code != hr::ERROR_INVALID_HANDLE) odd = true;
        if (host.Close(Kind::kNetwork, opened.handle) == hr::OK) ++closed;
        second.join();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(!odd);
  CHECK_EQ(closed.load(), 400);
}

}  // namespace
