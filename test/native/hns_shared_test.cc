// Services that share a folder: whatever one of them does, the others have.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "hns/change_log.h"
#include "hns/model/records.h"
#include "hns/store/lmdb_store.h"
#include "hns/store/memory_store.h"
#include "native/hns_world.h"
#include "native/temp_folder.h"

namespace {

using namespace hns_test;

// A service of its own on a folder, as another process would have it.
struct Member {
  explicit Member(const std::filesystem::path& folder) : store(hns::LmdbStore::Open(folder).value()), world(*store) {}
  // Any call that changes something catches up first, also one that fails.
  std::string CaughtUp() {
    (void)world.service.DeleteEndpoint(GuidOf(80));
    return world.Snapshot();
  }

  std::unique_ptr<hns::LmdbStore> store;
  World world;
};

std::string After(const Step& step, const std::string& text) { return std::string(step.name) + "\n" + text; }

TEST("a service shows after each step of another what that one shows") {
  const native_test::TempFolder folder;
  Member first(folder.path());
  Member second(folder.path());
  const std::string empty = first.world.Snapshot();
  for (const Step& step : kSteps) {
    CHECK(step.run(first.world).ok());
    CHECK_EQ(After(step, second.CaughtUp()), After(step, first.world.Snapshot()));
  }
  CHECK_EQ(second.world.Snapshot(), empty);
}

TEST("services take turns at changing the same objects") {
  const native_test::TempFolder folder;
  Member first(folder.path());
  Member second(folder.path());
  bool turn = false;
  for (const Step& step : kSteps) {
    turn = !turn;
    const base::Status status = step.run(turn ? first.world : second.world);
    CHECK_EQ(After(step, status.ok() ? "" : status.error().detail), After(step, ""));
    CHECK_EQ(After(step, second.CaughtUp()), After(step, first.CaughtUp()));
  }
}

TEST("a service that opens a folder programs what is in it") {
  const native_test::TempFolder folder;
  Member first(folder.path());
  for (const Step& step : kSteps) {
    CHECK(step.run(first.world).ok());
    Member late(folder.path());
    CHECK_EQ(After(step, late.world.Snapshot()), After(step, first.world.Snapshot()));
  }
}

TEST("a service that was left behind by more steps than one ends where the others are") {
  const native_test::TempFolder folder;
  Member first(folder.path());
  for (std::size_t from = 0; from < std::size(kSteps); ++from) {
    Member second(folder.path());
    // Its thread may come in between anywhere.
    for (std::size_t i = from; i < std::size(kSteps); ++i) CHECK(kSteps[i].run(first.world).ok());
    CHECK_EQ(After(kSteps[from], second.CaughtUp()), After(kSteps[from], first.world.Snapshot()));
    for (std::size_t i = 0; i <= from && from + 1 < std::size(kSteps); ++i) CHECK(kSteps[i].run(first.world).ok());
  }
}

TEST("a network that was deleted and made again under its id has its new rules at every service") {
  const native_test::TempFolder folder;
  Member first(folder.path());
  Member second(folder.path());
  // A load balancer without a network, which has rules on every one, and ACLs.
  constexpr int kMade[] = {0, 1, 2, 3, 4, 5, 6};
  for (const int step : kMade) CHECK(kSteps[step].run(first.world).ok());
  const auto give_acls = [&] {
    return ModifyPolicies(
        first.world, "Add",
        R"({"Type":"NetworkACL","Settings":{"Action":"Allow","Direction":"In","Protocols":"6","Priority":10}})");
  };
  CHECK(give_acls().ok());
  CHECK_EQ(second.CaughtUp(), first.world.Snapshot());

  CHECK(first.world.service.DeleteNetwork(GuidOf(1)).ok());
  CHECK(kSteps[0].run(first.world).ok());
  CHECK(kSteps[1].run(first.world).ok());
  CHECK(give_acls().ok());

  CHECK_EQ(second.CaughtUp(), first.world.Snapshot());
}

TEST("a service that has missed more changes than the log keeps compares everything") {
  const native_test::TempFolder folder;
  Member first(folder.path());
  Member second(folder.path());
  // The second cannot follow meanwhile: its call holds it.
  for (int i = 0; i < 7; ++i) CHECK(kSteps[i].run(first.world).ok());
  for (int i = 0; i < 1100; ++i) {
    auto transaction = first.store->Begin(hns::Access::kWrite);
    hns::RecordingTransaction recording(**transaction);
    recording.AppendToLog({{hns::Notification::kNetworkCreate, GuidOf(1)}});
    CHECK((*transaction)->Commit().ok());
  }
  CHECK_EQ(second.CaughtUp(), first.CaughtUp());
}

// A store with a guest network service of `id` in `state`, after as many others as `earlier`.
std::unique_ptr<hns::MemoryStore> StoreWithGuest(int earlier, std::uint16_t state) {
  auto store = std::make_unique<hns::MemoryStore>();
  const auto transaction = store->Begin(hns::Access::kWrite);
  schema::GuestNetworkService guest;
  for (int i = 0; i < earlier; ++i) {
    guest.id = GuidOf(1 + i);
    hns::SaveGuestNetworkService(**transaction, guest);
    (*transaction)->Erase(hns::Table::kGuestNetworkServices, hns::Key(guest.id));
  }
  guest.id = GuidOf(50);
  guest.state = state;
  hns::SaveGuestNetworkService(**transaction, guest);
  // Number 7 is the last; the log does not reach back to 1.
  hns::RecordingTransaction recording(**transaction);
  (*transaction)->Put(hns::Table::kMeta, "changes", hns::Key().AddBigEndian(6, 8));
  recording.AppendToLog({{hns::Notification::kServiceDisconnect, GuidOf(1)}});
  (void)(*transaction)->Commit();
  return store;
}

TEST("who has missed more than the log keeps hears of an object made anew under its id, and of a guest's last state") {
  using hns::Notification;
  const auto told = [](const std::unique_ptr<hns::MemoryStore>& before,
                       const std::unique_ptr<hns::MemoryStore>& after) {
    const auto old = before->Begin(hns::Access::kRead);
    const auto now = after->Begin(hns::Access::kRead);
    return hns::ChangesSince(0, **old, **now).events;
  };
  const auto created = StoreWithGuest(0, 1);
  const auto paused = told(created, StoreWithGuest(0, 4));
  CHECK_EQ(paused.size(), 1u);
  CHECK(paused[0].type == Notification::kGuestNetworkServiceStateChanged);
  CHECK(paused[0].id == GuidOf(50));
  CHECK_EQ(paused[0].state, 4);

  const auto anew = told(created, StoreWithGuest(1, 4));
  CHECK_EQ(anew.size(), 2u);
  CHECK(anew[0].type == Notification::kGuestNetworkServiceDelete);
  CHECK(anew[1].type == Notification::kGuestNetworkServiceCreate);
  CHECK(told(created, StoreWithGuest(0, 1)).empty());
}

// What a subscriber was told, and a way to wait for it.
class Heard {
 public:
  explicit Heard(World& world) : world_(world) {
    subscription_ = world.service.notifications().Subscribe([this](hns::Notification type, const std::string& data) {
      const std::lock_guard lock(mutex_);
      told_.push_back(std::to_string(static_cast<unsigned>(type)) + " " +
                      Text(base::json::Parse(data).ok() ? *base::json::Parse(data) : Value(), "ID"));
      changed_.notify_all();
    });
  }
  ~Heard() { world_.service.notifications().Unsubscribe(subscription_); }

  // Empty when they have not come within `most`.
  std::vector<std::string> First(std::size_t count, std::chrono::milliseconds most) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, most, [&] { return told_.size() >= count; })) return {};
    return told_;
  }

 private:
  World& world_;
  std::uint64_t subscription_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> told_;
};

TEST("subscribers of another service are told within a second, in order, also of what is gone again") {
  const native_test::TempFolder folder;
  Member first(folder.path());
  Member second(folder.path());
  Heard heard(second.world);
  CHECK(kSteps[0].run(first.world).ok());
  CHECK(first.world.service.DeleteNetwork(GuidOf(1)).ok());
  CHECK(first.world.service.CreateNamespace(GuidOf(5), "{}").ok());
  CHECK(first.world.service.DeleteNamespace(GuidOf(5)).ok());
  const std::vector<std::string> told = heard.First(6, std::chrono::seconds(1));
  const std::string network = GuidOf(1).ToString();
  const std::string name_space = GuidOf(5).ToString();
  CHECK_EQ(told.size(), std::size_t{6});
  const std::vector<std::string> expected = {"1 " + network, "2 " + network,    "3 " + network,
                                             "4 " + network, "5 " + name_space, "6 " + name_space};
  CHECK(told == expected);
}

TEST("a service's switch follows another within a second, without a call") {
  const native_test::TempFolder folder;
  Member first(folder.path());
  Member second(folder.path());
  Heard heard(second.world);
  for (int i = 0; i < 2; ++i) CHECK(kSteps[i].run(first.world).ok());
  CHECK(first.world.service.CreateNamespace(GuidOf(5), "{}").ok());
  // Told after all of it is programmed.
  CHECK_EQ(heard.First(3, std::chrono::seconds(1)).size(), std::size_t{3});
  CHECK_EQ(second.world.Snapshot(), first.world.Snapshot());
}

TEST("a handle on an object that another service deleted is of an object that is gone") {
  const native_test::TempFolder folder;
  Member first(folder.path());
  Member second(folder.path());
  for (int i = 0; i < 2; ++i) CHECK(kSteps[i].run(first.world).ok());
  const auto handle = second.world.service.Open(hns::ObjectKind::kEndpoint, GuidOf(2));
  CHECK(handle.ok());
  CHECK(first.world.service.DeleteEndpoint(GuidOf(2)).ok());
  CHECK(kSteps[1].run(first.world).ok());
  CHECK_EQ(second.world.service.Query(hns::ObjectKind::kEndpoint, *handle, "").error().code,
           base::hr::HCN_E_OBJECT_USED_AFTER_UNLOAD);
  CHECK_EQ(
      second.world.service
          .ModifyEndpoint(*handle, R"({"ResourceType":"Policy","RequestType":"Remove","Settings":{"Policies":[{}]}})")
          .error()
          .code,
      base::hr::HCN_E_OBJECT_USED_AFTER_UNLOAD);
}

constexpr const char* kPassingNetwork =
    R"({"Name":"passing","Type":"L2Bridge","Flags":8,"Ipams":[{"Subnets":[{"IpAddressPrefix":"10.9.0.0/16"}]}]})";

TEST("a network that is not persistent goes with the last service, and takes what hangs on it") {
  const native_test::TempFolder folder;
  std::string kept;
  {
    Member first(folder.path());
    CHECK(first.world.service.CreateNamespace(GuidOf(5), "{}").ok());
    kept = first.world.Snapshot();
    const auto network = first.world.service.CreateNetwork(GuidOf(1), kPassingNetwork);
    CHECK(network.ok());
    CHECK(first.world.service.CreateEndpoint(*network, GuidOf(2), "{}").ok());
    CHECK(ModifyNamespace(first.world, GuidOf(5), EndpointRequest("Add", 2)).ok());
    CHECK(first.world.service
              .CreateLoadBalancer(GuidOf(6), R"({"HostComputeEndpoints":[")" + GuidOf(2).ToString() +
                                                 R"("],"FrontendVIPs":["10.96.0.10"],"PortMappings":[)"
                                                 R"({"Protocol":6,"InternalPort":80,"ExternalPort":80}]})")
              .ok());
    // Somebody else has the folder: it stays.
    Member second(folder.path());
    CHECK(second.world.service.Open(hns::ObjectKind::kNetwork, GuidOf(1)).ok());
  }
  Member third(folder.path());
  CHECK_EQ(third.world.Snapshot(), kept);
}

TEST("a seed that begins again does not meet the ids in the folder") {
  const native_test::TempFolder folder;
  std::string first_id;
  for (int i = 0; i < 3; ++i) {
    Member member(folder.path());
    CHECK(member.world.service.CreateNamespace({}, "{}").ok());
    CHECK_EQ(base::json::Parse(*member.world.service.Enumerate(hns::ObjectKind::kNamespace, ""))->AsArray()->size(),
             static_cast<std::size_t>(i + 2));
  }
}

TEST("an object whose adapter cannot be had here is kept without its port, and can be deleted") {
  const native_test::TempFolder folder;
  {
    Member first(folder.path());
    for (int i = 0; i < 6; ++i) CHECK(kSteps[i].run(first.world).ok());
  }
  const auto store = hns::LmdbStore::Open(folder.path());
  CHECK(store.ok());
  World world(**store, /*has_adapters=*/false);
  const auto endpoint = world.service.Open(hns::ObjectKind::kEndpoint, GuidOf(2));
  CHECK(endpoint.ok());
  CHECK(world.service.Query(hns::ObjectKind::kEndpoint, *endpoint, "").ok());
  CHECK_EQ(world.service.PortId(GuidOf(2).ToString()).error().code, base::hr::HCN_E_PORT_NOT_FOUND);
  CHECK(world.service.DeleteNetwork(GuidOf(1)).ok());
  CHECK_EQ(world.service.Open(hns::ObjectKind::kEndpoint, GuidOf(2)).error().code, base::hr::HCN_E_ENDPOINT_NOT_FOUND);
}

}  // namespace
