// The tables under the engine, against the plainest models of themselves.
#include <map>
#include <set>
#include <unordered_map>

#include "native/engine_lab.h"
#include "vfp/internal/connection_table.h"
#include "vfp/internal/flow_index.h"
#include "vfp/internal/string_pool.h"

using namespace engine_test;

namespace {

std::uint32_t Mix(std::uint32_t x) {
  x ^= x >> 16;
  x *= 0x7feb352d;
  x ^= x >> 15;
  x *= 0x846ca68b;
  return x ^ x >> 16;
}

}  // namespace

TEST("the index finds what was put in and nothing else, while it grows and shrinks in use") {
  vfp::FlowIndex index;
  std::map<std::uint32_t, std::uint32_t> model;  // Entry -> tag.
  bool grew = false;
  for (std::uint32_t step = 0; step < 60'000; ++step) {
    const std::uint32_t random = Mix(step);
    if (random % 3 != 0 || model.empty()) {
      // Few distinct tags in the low bits, so that buckets overflow.
      const std::uint32_t tag = step % 5 == 0 ? random & 0xf000'0003 : random;
      CHECK(index.Insert(tag, step));
      model[step] = tag;
    } else {
      auto victim = model.lower_bound(random % (step + 1));
      if (victim == model.end()) victim = model.begin();
      index.Erase(victim->second, victim->first);
      model.erase(victim);
    }
    grew |= index.growing();
    CHECK_EQ(index.size(), model.size());
    auto probe = model.lower_bound(Mix(random) % (step + 1));
    if (probe == model.end()) continue;
    CHECK_EQ(index.Find(probe->second, [&](std::uint32_t entry) { return entry == probe->first; }), probe->first);
    CHECK_EQ(index.Find(probe->second, [](std::uint32_t) { return false; }), vfp::kNoEntry);
  }
  CHECK(grew);
  for (const auto& [entry, tag] : model) {
    CHECK_EQ(index.Find(tag, [&, wanted = entry](std::uint32_t found) { return found == wanted; }), entry);
  }
}

TEST("the index makes room little by little: no insertion moves more than two buckets") {
  vfp::FlowIndex index;
  std::uint32_t last_buckets = index.bucket_count();
  std::uint32_t since = 0;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    CHECK(index.Insert(Mix(i), i));
    ++since;
    if (index.bucket_count() != last_buckets) {
      last_buckets = index.bucket_count();
      since = 0;
    }
    // Half the new size was there before; two of those go with each insertion.
    if (index.growing()) CHECK(since <= last_buckets / 4 + 1);
  }
}

TEST("connections come and go in pairs, and their slots are used again") {
  vfp::ConnectionTable table(1, 1000, {});
  std::uint32_t head = vfp::kNone;
  std::set<vfp::ConnectionIndex> live;
  const auto key = [](std::uint32_t n, vfp::Direction direction) {
    vfp::FlowKey made;
    std::memcpy(made.source, &n, 4);
    made.port = 3;
    made.direction = static_cast<std::uint8_t>(direction);
    return made;
  };
  std::unordered_map<vfp::ConnectionIndex, std::uint32_t> number;
  for (std::uint32_t step = 0; step < 20'000; ++step) {
    if (Mix(step) % 2 == 0 || live.empty()) {
      const bool full = table.full();
      const auto made = table.Insert(key(step, kOut), key(step, kIn), &head);
      CHECK_EQ(made == vfp::kNone, full);
      if (full) continue;
      live.insert(made);
      number[made] = step;
    } else {
      auto victim = live.lower_bound(Mix(step + 7) % table.slots());
      if (victim == live.end()) victim = live.begin();
      const std::uint32_t gone = number[*victim];
      table.Remove(*victim, &head);
      live.erase(victim);
      CHECK_EQ(table.Find(key(gone, kOut)), vfp::kNoEntry);
      CHECK_EQ(table.Find(key(gone, kIn)), vfp::kNoEntry);
    }
    CHECK_EQ(table.size(), live.size());
  }
  CHECK(table.slots() <= 1000);
  std::set<vfp::ConnectionIndex> linked;
  for (auto at = head; at != vfp::kNone; at = table.connection(at).next) linked.insert(at);
  CHECK(linked == live);
  for (const auto index : live) {
    CHECK_EQ(table.Find(key(number[index], kOut)), index * 2);
    CHECK_EQ(table.Find(key(number[index], kIn)), index * 2 + 1);
  }
}

TEST("a name goes with its last holder and its number is given again") {
  vfp::StringPool names;
  const vfp::NameId a = names.Acquire("a");
  CHECK_EQ(names.Acquire("a"), a);
  names.AddReference(a);
  names.Release(a);
  names.Release(a);
  CHECK_EQ(names.Text(a), "a");
  names.Release(a);
  CHECK_EQ(names.size(), 0u);
  CHECK_EQ(names.Acquire("b"), a);
}

TEST("a connection lives through any number of renamed rules that say the same") {
  Lab lab;
  lab.explains = false;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  for (int i = 0; i < 200; ++i) {
    lab.Policy(
        a, {Layer("L" + std::to_string(i), 1,
                  {Group(kOut, {MakeRule("r" + std::to_string(i), 1, Balance({"10.1.0.5:80"}), To("10.96.0.1"))})})});
    CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.96.0.1:1"), "b udp 10.1.0.4:1 > 10.1.0.5:80");
  }
  CHECK_EQ(lab.Flows(a).size(), 1u);
  CHECK_EQ(lab.Flows(a)[0].decisions[0].rule_id, "r199");
}
