// Routes of a port: longest prefix, next hops, and tunnels where they are asked for.
#include "native/engine_lab.h"

using namespace engine_test;

namespace {

vfp::PortRoute Via(std::string_view prefix, std::string_view next_hop = "", bool encapsulate = false) {
  vfp::PortRoute route{.destination = base::IpPrefix::Parse(prefix).value(), .encapsulate = encapsulate};
  if (!next_hop.empty()) route.next_hop = Ip(next_hop);
  return route;
}

void SetRoutes(Lab& lab, vfp::PortIndex port, std::vector<vfp::PortRoute> routes) {
  vfp::ChangeSet change;
  change.set_routes.push_back({port, std::move(routes)});
  CHECK(lab.Commit(std::move(change)).ok());
}

base::MacAddress NextHop(const Bytes& frame) { return wire::LoadMac(frame.data()); }

}  // namespace

TEST("a route's next hop gets what is for its destinations, with its MAC and the packet's own address") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("appliance", {"10.1.0.9"});
  lab.Uplink();
  SetRoutes(lab, a, {Via("172.16.0.0/12", "10.1.0.9")});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 172.16.5.5:2"), "appliance udp 10.1.0.4:1 > 172.16.5.5:2");
  CHECK_EQ(NextHop(lab.delivered[0].second), Mac("00-15-5D-11-00-01"));
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 8.8.8.8:2"), "uplink udp 10.1.0.4:1 > 8.8.8.8:2");
}

TEST("of several routes the longest prefix counts, and a subnet of the network goes before a shorter one") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  lab.Pod("wide", {"10.1.0.8"});
  lab.Pod("narrow", {"10.1.0.9"});
  SetRoutes(lab, a, {Via("10.0.0.0/8", "10.1.0.8"), Via("10.5.5.0/24", "10.1.0.9"), Via("10.5.0.0/16", "10.1.0.8")});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.5.5.1:2"), "narrow udp 10.1.0.4:1 > 10.5.5.1:2");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.5.6.1:2"), "wide udp 10.1.0.4:1 > 10.5.6.1:2");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");
  SetRoutes(lab, a, {Via("10.1.0.5/32", "10.1.0.9")});
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:3 > 10.1.0.5:2"), "narrow udp 10.1.0.4:3 > 10.1.0.5:2");
}

TEST("a living connection takes the new way with its next packet, and the old one when the route is gone") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("appliance", {"10.1.0.9"});
  lab.Uplink();
  const std::string packet = "udp 10.1.0.4:1 > 172.16.5.5:2";
  CHECK_EQ(lab.One(a, packet), "uplink " + packet);

  SetRoutes(lab, a, {Via("172.16.0.0/12", "10.1.0.9")});
  CHECK_EQ(lab.One(a, packet), "appliance " + packet);
  CHECK_EQ(lab.One(a, packet), "appliance " + packet);
  CHECK_EQ(lab.Flows(a).size(), 1u);

  SetRoutes(lab, a, {});
  CHECK_EQ(lab.One(a, packet), "uplink " + packet);
}

TEST("routes that are set again as they were leave flows as they are") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  SetRoutes(lab, a, {Via("172.16.0.0/12", "10.1.0.9")});
  const auto before = lab.engine.Port(a).value().generation;

  SetRoutes(lab, a, {Via("172.16.0.0/12", "10.1.0.9")});

  CHECK_EQ(lab.engine.Port(a).value().generation, before);
}

TEST("a next hop elsewhere is reached with its own MAC; the gateway with the router's, or the one the endpoint knows") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  lab.Remote("10.1.0.99", "00-15-5D-99-00-01");
  SetRoutes(lab, a,
            {Via("172.16.0.0/12", "10.1.0.99"), Via("172.32.0.0/16", "10.1.0.1"), Via("172.33.0.0/16", "10.1.0.77")});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 172.16.5.5:2"), "uplink udp 10.1.0.4:1 > 172.16.5.5:2");
  CHECK_EQ(NextHop(lab.delivered[0].second), Mac("00-15-5D-99-00-01"));
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 172.32.5.5:2"), "uplink udp 10.1.0.4:1 > 172.32.5.5:2");
  CHECK_EQ(NextHop(lab.delivered[0].second), lab.gateway_mac);
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 172.33.5.5:2"), "drop destination-not-ready");

  lab.One(uplink, "udp 9.9.9.9:1 > 10.1.0.4:2");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:3 > 172.32.5.5:2"), "uplink udp 10.1.0.4:3 > 172.32.5.5:2");
  CHECK_EQ(NextHop(lab.delivered[0].second), lab.outside_mac);
}

TEST("a route without a next hop changes nothing on a bridge, where there are no tunnels") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("b", {"10.1.0.5"});
  lab.Uplink();
  SetRoutes(lab, a, {Via("0.0.0.0/0", "", true), Via("10.1.0.5/32", "", true)});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 8.8.8.8:2"), "uplink udp 10.1.0.4:1 > 8.8.8.8:2");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.1.0.5:2"), "b udp 10.1.0.4:1 > 10.1.0.5:2");
}

TEST("a port that is its own next hop goes by no route, and routes are of one port alone") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto b = lab.Pod("b", {"10.1.0.5"});
  lab.Uplink();
  SetRoutes(lab, a, {Via("172.16.0.0/12", "10.1.0.4")});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 172.16.5.5:2"), "uplink udp 10.1.0.4:1 > 172.16.5.5:2");
  SetRoutes(lab, a, {Via("172.16.0.0/12", "10.1.0.5")});
  CHECK_EQ(lab.One(b, "udp 10.1.0.5:1 > 172.16.5.5:2"), "uplink udp 10.1.0.5:1 > 172.16.5.5:2");
}

TEST("what a service was translated to is what a route looks at") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("appliance", {"10.1.0.9"});
  lab.Uplink();
  lab.Policy(a, {LoadBalancer("10.96.0.10/32", "80", Balance({"172.16.5.5:8080"}))});
  SetRoutes(lab, a, {Via("172.16.0.0/12", "10.1.0.9"), Via("10.96.0.0/12", "10.1.0.4")});

  CHECK_EQ(lab.One(a, "tcp 10.1.0.4:1000 > 10.96.0.10:80 S"), "appliance tcp 10.1.0.4:1000 > 172.16.5.5:8080 S");
}

TEST("overlay: a next hop of the overlay is tunnelled to its host, a foreign one is the host") {
  Lab lab({}, LabOverlay());
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  lab.Meet(a, uplink);
  SetRoutes(lab, a, {Via("172.16.0.0/12", "10.2.0.9", true), Via("172.32.0.0/16", "192.168.0.2", true)});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 172.16.5.5:2"),
           "uplink vxlan 4096 192.168.0.1 > 192.168.0.2 [udp 10.1.0.4:1 > 172.16.5.5:2]");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 172.32.5.5:2"),
           "uplink vxlan 4096 192.168.0.1 > 192.168.0.2 [udp 10.1.0.4:1 > 172.32.5.5:2]");
  CHECK_EQ(NextHop(OutOfTunnel(lab.delivered[0].second)), Mac("02-00-00-00-02-00"));
}

TEST("overlay: what is to be encapsulated and has no host does not leave") {
  Lab lab({}, LabOverlay());
  const auto a = lab.Pod("a", {"10.1.0.4"});
  const auto uplink = lab.Uplink();
  lab.Meet(a, uplink);
  SetRoutes(lab, a, {Via("172.16.0.0/12", "", true), Via("10.0.0.0/8", "", true)});

  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 172.16.5.5:2"), "drop no-mapping");
  CHECK_EQ(lab.One(a, "udp 10.1.0.4:1 > 10.2.0.9:2"),
           "uplink vxlan 4096 192.168.0.1 > 192.168.0.2 [udp 10.1.0.4:1 > 10.2.0.9:2]");
}

TEST("explain names the route a packet goes by") {
  Lab lab;
  const auto a = lab.Pod("a", {"10.1.0.4"});
  lab.Pod("appliance", {"10.1.0.9"});
  SetRoutes(lab, a, {Via("172.16.0.0/12", "10.1.0.9")});

  const auto said = lab.Explain(a, "udp 10.1.0.4:1 > 172.16.5.5:2");

  bool told = false;
  for (const auto& step : said.steps) {
    told |= step.action == "route" && step.detail.find("its route to 172.16.0.0/12 by 10.1.0.9") != std::string::npos;
  }
  CHECK(told);
}
