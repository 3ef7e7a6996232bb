// What policies come to on packets: rules as the VFP table lists them, and what
// `explain` says of packets. Expectations come from the policies' meaning
// (direction, address translation, order), not from what was seen.
#include "hns/program/compiler.h"
#include "native/hns_policy_lab.h"

namespace {

using namespace hns_test;

constexpr std::string_view kTcp80To8080 = R"("Protocol":6,"InternalPort":8080,"ExternalPort":80)";

// --- ACL ---

TEST("without an ACL all is allowed, and the first ACL makes an endpoint deny by default in both directions") {
  Fixture f;
  const base::Guid a = f.Pod("10.1.0.4");
  const base::Guid b = f.Pod("10.1.0.5");
  CHECK_EQ(Fixture::Verdict(f.Explain(a, "tcp", "10.1.0.4", 4000, "10.1.0.5", 80)),
           "forward 10.1.0.4:4000 > 10.1.0.5:80");

  CHECK_CODE(f.SetPolicies(b, Acl("Allow", "In", R"(,"Protocols":"6","LocalPorts":"80","Priority":100)")), OK);

  CHECK_EQ(Fixture::Verdict(f.Explain(a, "tcp", "10.1.0.4", 4000, "10.1.0.5", 80)),
           "forward 10.1.0.4:4000 > 10.1.0.5:80");
  CHECK_EQ(Fixture::Verdict(f.Explain(a, "tcp", "10.1.0.4", 4000, "10.1.0.5", 81)), "drop acl-default");
  CHECK_EQ(Fixture::Verdict(f.Explain(a, "udp", "10.1.0.4", 4000, "10.1.0.5", 80)), "drop acl-default");
  CHECK_EQ(Fixture::Verdict(f.Explain(b, "tcp", "10.1.0.5", 4000, "10.1.0.4", 80)), "drop acl-default");
  CHECK_CODE(f.SetPolicies(b, "{}"), OK);
  CHECK_EQ(Fixture::Verdict(f.Explain(b, "tcp", "10.1.0.5", 4000, "10.1.0.4", 80)),
           "forward 10.1.0.5:4000 > 10.1.0.4:80");
}

std::string Tier(std::string_view direction, int order, std::string_view rules) {
  return R"({"Type":"TierAcl","Settings":{"Name":"tier","Direction":")" + std::string(direction) + R"(","Order":)" +
         std::to_string(order) + R"(,"TierAclRules":[)" + std::string(rules) + "]}}";
}
std::string TierRule(std::string_view action, std::string_view rest) {
  return R"({"TierAclRuleAction":")" + std::string(action) + "\"," + std::string(rest) + "}";
}

TEST("tiers are asked by order: Allow and Block decide, Pass and no match ask the next one, then the ACLs") {
  Fixture f(kNetwork, "14.0");
  // Given out of order, on purpose.
  const std::string second = Tier("In", 1002,
                                  TierRule("Allow", R"("LocalPorts":"81","Priority":10)") + "," +
                                      TierRule("Block", R"("LocalPorts":"82,83","Priority":10)"));
  const std::string first = Tier("In", 1001,
                                 TierRule("Block", R"("RemoteAddresses":"10.1.0.66","Priority":10,"Id":"stranger")") +
                                     "," + TierRule("Pass", R"("LocalPorts":"81-89","Priority":20)") + "," +
                                     TierRule("Allow", R"("LocalPorts":"80-90","Priority":30)"));
  const std::string acls = Acl("Allow", "In", R"(,"LocalPorts":"83-84","Priority":10)");
  const base::Guid web = f.Pod("10.1.0.5", second + "," + acls + "," + first);
  const base::Guid client = f.Pod("10.1.0.4");
  const base::Guid stranger = f.Pod("10.1.0.66");
  const auto verdict = [&](int port) {
    const Value said = f.Explain(client, "tcp", "10.1.0.4", 4000, "10.1.0.5", static_cast<std::uint16_t>(port));
    return Text(said, "verdict");
  };

  CHECK_EQ(Fixture::Verdict(f.Explain(stranger, "tcp", "10.1.0.66", 4000, "10.1.0.5", 81)), "drop acl-blocked");
  CHECK_EQ("80 " + verdict(80), "80 forward");  // Allowed by the first tier.
  CHECK_EQ("90 " + verdict(90), "90 forward");
  CHECK_EQ("81 " + verdict(81), "81 forward");  // Passed, allowed by the second.
  CHECK_EQ("82 " + verdict(82), "82 drop");     // Passed, blocked by the second.
  CHECK_EQ("83 " + verdict(83), "83 drop");     // Passed, blocked by the second before the ACL allows it.
  CHECK_EQ("84 " + verdict(84), "84 forward");  // Passed, no match, allowed by the ACL.
  CHECK_EQ("85 " + verdict(85), "85 drop");     // Passed, and nobody says more.
  CHECK_EQ("91 " + verdict(91), "91 drop");     // No tier and no ACL speaks of it.
  const Value last = Items(f.Explain(stranger, "tcp", "10.1.0.66", 4000, "10.1.0.5", 81), "steps").back();
  CHECK_EQ(Text(last, "layer") + " " + Text(last, "rule.name"), "ACL_ENDPOINT_LAYER stranger");
  // What the other direction may do nobody said: denied.
  CHECK_EQ(Fixture::Verdict(f.Explain(web, "tcp", "10.1.0.5", 4000, "10.1.0.4", 80)), "drop acl-blocked");

  CHECK_CODE(f.SetPolicies(web, "{}"), OK);
  CHECK_EQ("91 " + verdict(91), "91 forward");
}

TEST("six tiers, orders repeated across directions, are taken in one Update") {
  Fixture f(kNetwork, "14.0");
  const base::Guid web = f.Pod("10.1.0.5");
  const base::Guid client = f.Pod("10.1.0.4");
  std::string tiers;
  for (const char* direction : {"In", "Out"}) {
    tiers += (tiers.empty() ? "" : ",") + Tier(direction, 1001, TierRule("Pass", R"("Protocols":"6","Priority":1)")) +
             "," + Tier(direction, 1002, TierRule("Block", R"("Protocols":"6","RemotePorts":"9","Priority":1)")) + "," +
             Tier(direction, 1013, TierRule("Allow", R"("Protocols":"6","Priority":1)"));
  }
  CHECK_CODE(f.SetPolicies(web, tiers), OK);

  CHECK_EQ(Fixture::Verdict(f.Explain(web, "tcp", "10.1.0.5", 4000, "10.1.0.4", 80)),
           "forward 10.1.0.5:4000 > 10.1.0.4:80");
  CHECK_EQ(Fixture::Verdict(f.Explain(web, "tcp", "10.1.0.5", 4000, "10.1.0.4", 9)), "drop acl-blocked");
  CHECK_EQ(Fixture::Verdict(f.Explain(client, "tcp", "10.1.0.4", 9, "10.1.0.5", 80)), "drop acl-blocked");
  CHECK_EQ(Fixture::Verdict(f.Explain(client, "tcp", "10.1.0.4", 10, "10.1.0.5", 80)),
           "forward 10.1.0.4:10 > 10.1.0.5:80");
  CHECK_EQ(Text(f.Explain(client, "udp", "10.1.0.4", 10, "10.1.0.5", 80), "verdict"), "drop");
}

TEST("remote is the source on the way in and the destination on the way out; the lower number decides") {
  Fixture f;
  const base::Guid web = f.Pod(
      "10.1.0.5",
      Acl("Block", "In", R"(,"RemoteAddresses":"10.1.0.66/32","LocalPorts":"80","Priority":100,"Id":"stranger")") +
          "," + Acl("Allow", "In", R"(,"Priority":1000)") + "," +
          Acl("Block", "Out", R"(,"RemoteAddresses":"10.1.0.66,10.9.0.0/16","RemotePorts":"443","Priority":100)") +
          "," + Acl("Allow", "Out", R"(,"Priority":1000)"));
  const base::Guid stranger = f.Pod("10.1.0.66");
  const base::Guid client = f.Pod("10.1.0.4");

  const Value blocked = f.Explain(stranger, "tcp", "10.1.0.66", 4000, "10.1.0.5", 80);
  CHECK_EQ(Fixture::Verdict(blocked), "drop acl-blocked");
  const Value last = Items(blocked, "steps").back();
  CHECK_EQ(Text(last, "layer"), "ACL_ENDPOINT_LAYER");
  CHECK_EQ(Text(last, "group"), "ACL_ENDPOINT_GROUP_IPV4_IN");
  CHECK_EQ(Text(last, "rule.name"), "stranger");
  CHECK_EQ(Text(last, "rule.priority"), "100");
  CHECK_EQ(Fixture::Verdict(f.Explain(stranger, "tcp", "10.1.0.66", 4000, "10.1.0.5", 81)),
           "forward 10.1.0.66:4000 > 10.1.0.5:81");
  CHECK_EQ(Fixture::Verdict(f.Explain(client, "tcp", "10.1.0.4", 4000, "10.1.0.5", 80)),
           "forward 10.1.0.4:4000 > 10.1.0.5:80");
  CHECK_EQ(Fixture::Verdict(f.Explain(web, "tcp", "10.1.0.5", 4000, "10.1.0.66", 443)), "drop acl-blocked");
  CHECK_EQ(Fixture::Verdict(f.Explain(web, "tcp", "10.1.0.5", 4000, "10.1.0.66", 80)),
           "forward 10.1.0.5:4000 > 10.1.0.66:80");
}

TEST("an ACL without a priority does not go before one that has one") {
  Fixture f;
  const base::Guid a = f.Pod("10.1.0.4");
  f.Pod("10.1.0.5", Acl("Allow", "In", R"(,"RemoteAddresses":"10.1.0.4","Priority":100)") + "," + Acl("Block", "In"));
  CHECK_EQ(Fixture::Verdict(f.Explain(a, "tcp", "10.1.0.4", 4000, "10.1.0.5", 80)),
           "forward 10.1.0.4:4000 > 10.1.0.5:80");
}

TEST("Host and Switch rules must both let a packet pass") {
  Fixture f;
  const base::Guid a = f.Pod("10.1.0.4");
  const base::Guid b = f.Pod("10.1.0.5");
  const auto verdict = [&] { return Fixture::Verdict(f.Explain(a, "tcp", "10.1.0.4", 4000, "10.1.0.5", 80)); };
  const std::string host_allow =
      Acl("Allow", "In", R"(,"RuleType":"Host","RemoteAddresses":"10.1.0.4","Priority":100)");
  const std::string host_block =
      Acl("Block", "In", R"(,"RuleType":"Host","RemoteAddresses":"10.1.0.4","Priority":100)");
  const std::string switch_allow = Acl("Allow", "In", R"(,"RuleType":"Switch","Priority":100)");
  const std::string switch_other = Acl("Allow", "In", R"(,"RuleType":"Switch","LocalPorts":"443","Priority":100)");

  f.SetPolicies(b, host_allow);
  CHECK_EQ(verdict(), "forward 10.1.0.4:4000 > 10.1.0.5:80");
  f.SetPolicies(b, host_block + "," + switch_allow);
  CHECK_EQ(verdict(), "drop acl-blocked");
  f.SetPolicies(b, host_allow + "," + switch_other);
  CHECK_EQ(verdict(), "drop acl-default");
  // One Host rule beside a full set of Switch rules does not deny the others.
  f.SetPolicies(
      b, Acl("Allow", "In", R"(,"RuleType":"Host","RemoteAddresses":"10.1.0.2","Priority":100)") + "," + switch_allow);
  CHECK_EQ(verdict(), "forward 10.1.0.4:4000 > 10.1.0.5:80");
}

TEST("an ACL with addresses of one family says nothing about the other") {
  Fixture f;
  const base::Guid pod =
      f.Pod("10.1.0.5", Acl("Allow", "In", R"(,"RemoteAddresses":"fd00::/8,10.0.0.0/8","Priority":100)") + "," +
                            Acl("Block", "In", R"(,"RemoteAddresses":"fd00::66","Priority":50)"));
  const Value layer = FindLayer(f.host.Layers(pod), "ACL_ENDPOINT_LAYER");
  for (const Value& group : Items(layer, "groups")) {
    const std::string id = Text(group, "id");
    CHECK_EQ(id + " " + std::to_string(Size(group, "rules")), id + (id == "ACL_ENDPOINT_GROUP_IPV4_IN"   ? " 1"
                                                                    : id == "ACL_ENDPOINT_GROUP_IPV6_IN" ? " 2"
                                                                                                         : " 0"));
    if (id == "ACL_ENDPOINT_GROUP_IPV4_IN") CHECK_EQ(Text(group, "rules.0.conditions.sources"), R"(["10.0.0.0/8"])");
  }
  CHECK_EQ(Text(layer, "defaultAllow"), "false");
}

TEST("a rule keeps its id when the list around it changes") {
  Fixture f;
  const base::Guid pod = f.Pod("10.1.0.5", Acl("Allow", "In", R"(,"Priority":100)"));
  const auto id_of_100 = [&] {
    const Value layers = f.host.Layers(pod);
    for (const Value& group : Items(FindLayer(layers, "ACL_ENDPOINT_LAYER"), "groups")) {
      for (const Value& rule : Items(group, "rules")) {
        if (Text(rule, "priority") == "100") return Text(rule, "id");
      }
    }
    return std::string();
  };
  const std::string before = id_of_100();
  CHECK(!before.empty());
  f.SetPolicies(pod, Acl("Block", "In", R"(,"Priority":50)") + "," + Acl("Allow", "In", R"(,"Priority":100)"));
  CHECK_EQ(id_of_100(), before);
}

// --- Load balancers ---

TEST("a VIP is turned into a backend at the client's own port") {
  Fixture f;
  const base::Guid client = f.Pod("10.1.0.4");
  const base::Guid web = f.Pod("10.1.0.7");
  const Outcome balancer = f.Balancer({web}, R"("10.96.0.80")", kTcp80To8080, R"(,"Flags":1)");
  CHECK_CODE(balancer, OK);

  const Value explanation = f.Explain(client, "tcp", "10.1.0.4", 4000, "10.96.0.80", 80);

  CHECK_EQ(Fixture::Verdict(explanation), "forward 10.1.0.4:4000 > 10.1.0.7:8080");
  CHECK_EQ(Text(explanation, "deliverTo.0"), web.ToString());
  CHECK_EQ(Text(explanation, "steps.0.layer"), "LB_DSR");
  CHECK_EQ(Text(explanation, "steps.0.port"), client.ToString());
  CHECK_EQ(Text(explanation, "steps.0.rule.name"),
           "LB_DSR_" + f.host.IdOf(Kind::kLoadBalancer, balancer.handle).ToString() + "_10.96.0.80_80_8080_6");
  CHECK_CODE(f.host.Delete(Kind::kLoadBalancer, f.host.IdOf(Kind::kLoadBalancer, balancer.handle)), OK);
  CHECK(Fixture::Verdict(f.Explain(client, "tcp", "10.1.0.4", 4000, "10.96.0.80", 80)).starts_with("drop"));
}

TEST("one load balancer is one shared rule, whatever the number of endpoints") {
  Fixture f;
  const base::Guid one = f.Pod("10.1.0.4");
  const base::Guid two = f.Pod("10.1.0.5");
  const base::Guid web = f.Pod("10.1.0.7");
  CHECK_CODE(f.Balancer({web}, R"("10.96.0.80")", kTcp80To8080), OK);

  for (const base::Guid& pod : {one, two}) {
    const Value layer = FindLayer(f.host.Layers(pod), "LB_DSR");
    CHECK_EQ(Text(layer, "groups.0.shared"), "true");
    CHECK_EQ(Text(layer, "groups.0.id"), "LB_DSR_IPv4_OUT");
    CHECK_EQ(Size(layer, "groups.0.rules"), 1u);
    CHECK_EQ(Text(layer, "groups.0.rules.0.data"), "10.1.0.7:8080");
  }
}

TEST("a load balancer that lost its backends drops what comes to its VIP") {
  Fixture f;
  const base::Guid client = f.Pod("10.1.0.4");
  const base::Guid web = f.Pod("10.1.0.7");
  CHECK_CODE(f.Balancer({web}, R"("10.96.0.80")", kTcp80To8080), OK);

  CHECK_CODE(f.host.Delete(Kind::kEndpoint, web), OK);

  CHECK_EQ(Fixture::Verdict(f.Explain(client, "tcp", "10.1.0.4", 4000, "10.96.0.80", 80)), "drop no-backend");
}

TEST("without DSR and with a SourceVIP the backend sees the SourceVIP, by way of the host port") {
  Fixture f;
  const base::Guid client = f.Pod("10.1.0.4");
  const base::Guid web = f.Pod("10.1.0.7");
  CHECK_CODE(f.Balancer({web}, R"("10.96.0.80")", kTcp80To8080, R"(,"SourceVIP":"10.1.0.2")"), OK);

  const Value explanation = f.Explain(client, "tcp", "10.1.0.4", 4000, "10.96.0.80", 80);

  CHECK(Fixture::Verdict(explanation).starts_with("forward 10.1.0.2:"));
  CHECK(Fixture::Verdict(explanation).ends_with(" > 10.1.0.7:8080"));
  CHECK_EQ(Size(FindLayer(f.host.Layers(client), "LB_DSR"), "groups.0.rules"), 0u);
}

TEST("a VIP of one network is no VIP on another") {
  Fixture f;
  const base::Guid web = f.Pod("10.1.0.7");
  CHECK_CODE(f.Balancer({web}, R"("10.96.0.80")", kTcp80To8080), OK);
  const Outcome other =
      f.host.Create(Kind::kNetwork,
                    R"({"Name":"other","Type":"L2Bridge","Ipams":[{"Subnets":[{"IpAddressPrefix":"10.2.0.0/16"}]}]})");
  const base::Guid client =
      f.host.IdOf(Kind::kEndpoint,
                  f.host.CreateEndpoint(other.handle, R"({"IpConfigurations":[{"IpAddress":"10.2.0.4"}]})").handle);
  CHECK(Fixture::Verdict(f.Explain(client, "tcp", "10.2.0.4", 4000, "10.96.0.80", 80))
            .starts_with("drop no-destination"));
}

TEST("the host reaches a VIP, and a node port on its own address reaches the backend untranslated in its source") {
  Fixture f(
      R"({"Name":"pods","Type":"L2Bridge","Policies":[{"Type":"NetAdapterName","Settings":{"NetworkAdapterName":"eth0"}}],)"
      R"("Ipams":[{"Subnets":[{"IpAddressPrefix":"10.1.0.0/16"}]}]})");
  const base::Guid web = f.Pod("10.1.0.7");
  CHECK_CODE(f.Balancer({web}, R"("10.96.0.80")", kTcp80To8080, R"(,"Flags":1)"), OK);
  CHECK_CODE(f.Balancer({web}, "", R"("Protocol":6,"InternalPort":8080,"ExternalPort":30080)", R"(,"Flags":1)"), OK);
  const base::Guid bridge = f.HostEndpoint("10.1.0.2");
  CHECK(!bridge.IsZero());
  base::Guid uplink;
  const Value ports = f.host.Ports();
  for (const Value& port : Items(ports)) {
    if (Text(port, "kind") == "uplink") uplink = *base::Guid::Parse(Text(port, "id"));
  }

  CHECK_EQ(Fixture::Verdict(f.Explain(bridge, "tcp", "10.1.0.2", 4000, "10.96.0.80", 80)),
           "forward 10.1.0.2:4000 > 10.1.0.7:8080");
  const Value from_outside = f.Explain(uplink, "tcp", "192.0.2.9", 4000, "10.1.0.2", 30080);
  CHECK_EQ(Fixture::Verdict(from_outside), "forward 192.0.2.9:4000 > 10.1.0.7:8080");
  CHECK_EQ(Text(from_outside, "deliverTo.0"), web.ToString());
  CHECK_EQ(Fixture::Verdict(f.Explain(uplink, "tcp", "192.0.2.9", 4000, "10.96.0.80", 80)),
           "forward 192.0.2.9:4000 > 10.1.0.7:8080");

  // Without a host endpoint there is no address to call a node port at.
  CHECK_CODE(f.host.Delete(Kind::kEndpoint, bridge), OK);
  CHECK_EQ(Text(f.Explain(uplink, "tcp", "192.0.2.9", 4000, "10.1.0.2", 30080), "finalTuple.destinationPort"), "30080");
}

TEST("PreserveDIP leaves the VIP to the backend") {
  Fixture f;
  const base::Guid client = f.Pod("10.1.0.4");
  const base::Guid web = f.Pod("10.1.0.7");
  CHECK_CODE(f.Balancer({web}, R"("10.96.0.80")", R"("Protocol":6,"InternalPort":80,"ExternalPort":80,"Flags":8)",
                        R"(,"Flags":1)"),
             OK);

  const Value explanation = f.Explain(client, "tcp", "10.1.0.4", 4000, "10.96.0.80", 80);

  CHECK_EQ(Fixture::Verdict(explanation), "forward 10.1.0.4:4000 > 10.96.0.80:80");
  CHECK_EQ(Text(explanation, "deliverTo.0"), web.ToString());
}

// --- Outbound NAT ---

TEST("OutBoundNAT translates what is not excepted, to the VIP or else the gateway") {
  Fixture f(
      R"({"Name":"pods","Type":"L2Bridge","Policies":[{"Type":"NetAdapterName","Settings":{"NetworkAdapterName":"eth0"}}],)"
      R"("Ipams":[{"Subnets":[{"IpAddressPrefix":"10.1.0.0/16"}]}]})");
  const base::Guid pod =
      f.Pod("10.1.0.4", R"({"Type":"OutBoundNAT","Settings":{"VirtualIP":"192.168.5.5","Exceptions":["10.0.0.0/8"]}})");
  f.Pod("10.1.0.5");

  CHECK(
      Fixture::Verdict(f.Explain(pod, "tcp", "10.1.0.4", 4000, "192.0.2.9", 443)).starts_with("forward 192.168.5.5:"));
  CHECK_EQ(Fixture::Verdict(f.Explain(pod, "tcp", "10.1.0.4", 4000, "10.200.0.9", 443)),
           "forward 10.1.0.4:4000 > 10.200.0.9:443");
  const Value exception = FindRule(f.host.Layers(pod), "ALLOW_OUTBOUNDNAT_");
  CHECK_EQ(Text(exception, "conditions.destinations"), R"(["10.0.0.0/8"])");
  const Value tcp = FindRule(f.host.Layers(pod), "SNAT_TCP_OUTBOUNDNAT_");
  CHECK(At(exception, "priority").AsInt64() < At(tcp, "priority").AsInt64());
  CHECK_EQ(Text(tcp, "action"), "dynnat");
  CHECK_EQ(Text(tcp, "conditions.sources"), R"(["10.1.0.4/32"])");
}

TEST("OutBoundNAT without an address follows the host's, and never leaves untranslated") {
  Fixture f(
      R"({"Name":"pods","Type":"L2Bridge","Policies":[{"Type":"NetAdapterName","Settings":{"NetworkAdapterName":"eth0"}}],)"
      R"("Ipams":[{"Subnets":[{"IpAddressPrefix":"10.1.0.0/16"}]}]})");
  const base::Guid pod = f.Pod("10.1.0.4", R"({"Type":"OutBoundNAT","Settings":{}})");
  const auto verdict = [&] { return Fixture::Verdict(f.Explain(pod, "udp", "10.1.0.4", 4000, "192.0.2.9", 53)); };

  // The gateway is the router's, not ours: an uplink leads there.
  CHECK_EQ(verdict(), "drop acl-blocked");
  const base::Guid bridge = f.HostEndpoint("10.1.0.2");
  CHECK(verdict().starts_with("forward 10.1.0.2:"));
  CHECK_CODE(f.host.Delete(Kind::kEndpoint, bridge), OK);
  CHECK_EQ(verdict(), "drop acl-blocked");
}

TEST("Destinations translate those only, before any exception; the pool is a share of the ports") {
  Fixture f;
  const base::Guid pod = f.Pod(
      "10.1.0.4",
      R"({"Type":"OutBoundNAT","Settings":{"VirtualIP":"10.1.0.200","Exceptions":["10.0.0.0/8"],"MaxPortPoolUsage":50}},)"
      R"({"Type":"OutBoundNAT","Settings":{"VirtualIP":"10.1.0.201","Destinations":["10.1.0.5"]}})");
  f.Pod("10.1.0.5");
  f.Pod("10.1.0.6");

  CHECK(Fixture::Verdict(f.Explain(pod, "tcp", "10.1.0.4", 4000, "10.1.0.5", 80)).starts_with("forward 10.1.0.201:"));
  CHECK_EQ(Fixture::Verdict(f.Explain(pod, "tcp", "10.1.0.4", 4000, "10.1.0.6", 80)),
           "forward 10.1.0.4:4000 > 10.1.0.6:80");
  // Half of the 64512 ports from 1024 on.
  CHECK_EQ(Text(FindRule(f.host.Layers(pod), "SNAT_UDP_OUTBOUNDNAT_0"), "data"), "10.1.0.200 ports 1024-33279");
}

// --- Port mappings ---

TEST("a mapped port of the host leads to the endpoint, which sees who called") {
  Fixture f;
  const base::Guid web =
      f.Pod("10.1.0.7", R"({"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":8080,"ExternalPort":30080}})");
  const base::Guid client = f.Pod("10.1.0.4");

  const Value mapped = f.Explain(client, "tcp", "10.1.0.4", 4000, "10.1.0.1", 30080);
  CHECK_EQ(Fixture::Verdict(mapped), "forward 10.1.0.4:4000 > 10.1.0.7:8080");
  CHECK_EQ(Text(mapped, "deliverTo.0"), web.ToString());
  CHECK(Fixture::Verdict(f.Explain(client, "udp", "10.1.0.4", 4000, "10.1.0.1", 30080)) !=
        "forward 10.1.0.4:4000 > 10.1.0.7:8080");

  // ACLs speak of the endpoint's own port.
  CHECK_CODE(f.SetPolicies(web, Acl("Allow", "In", R"(,"Protocols":"6","LocalPorts":"8080","Priority":100)")), OK);
  CHECK_EQ(Fixture::Verdict(f.Explain(client, "tcp", "10.1.0.4", 4000, "10.1.0.1", 30080)),
           "forward 10.1.0.4:4000 > 10.1.0.7:8080");
  CHECK_CODE(f.SetPolicies(web, "{}"), OK);
  CHECK(Fixture::Verdict(f.Explain(client, "tcp", "10.1.0.4", 4000, "10.1.0.1", 30080)) !=
        "forward 10.1.0.4:4000 > 10.1.0.7:8080");
}

TEST("a mapping is gone with its endpoint") {
  Fixture f;
  const base::Guid client = f.Pod("10.1.0.4");
  const base::Guid web =
      f.Pod("10.1.0.7", R"({"Type":"PortMapping","Settings":{"Protocol":6,"InternalPort":8080,"ExternalPort":30080}})");
  CHECK_CODE(f.host.Delete(Kind::kEndpoint, web), OK);
  CHECK(Fixture::Verdict(f.Explain(client, "tcp", "10.1.0.4", 4000, "10.1.0.1", 30080)).starts_with("drop"));
}

hns::PlacedRule RuleOn(std::string id, std::uint16_t port, const base::Guid& owner = {}) {
  hns::PlacedRule placed;
  placed.owner = owner;
  placed.rule.id = std::move(id);
  placed.rule.action = vfp::StaticNat{false, std::nullopt, port};
  return placed;
}

std::vector<std::string> IdsOf(const std::vector<hns::PlacedRule>& rules) {
  std::vector<std::string> ids;
  for (const hns::PlacedRule& rule : rules) ids.push_back(rule.rule.id.str());
  return ids;
}

TEST("of rules before and after, those that stay the same are left alone") {
  base::Guid elsewhere;
  elsewhere.data1 = 1;
  hns::RuleDiff diff;
  diff.Before({RuleOn("same", 1), RuleOn("changed", 1), RuleOn("gone", 1)});
  diff.After({RuleOn("same", 1), RuleOn("changed", 2), RuleOn("new", 1), RuleOn("same", 1, elsewhere)});
  hns::PolicyChange change;
  diff.MoveTo(&change);
  CHECK(IdsOf(change.remove) == std::vector<std::string>({"gone"}));
  CHECK(IdsOf(change.set) == std::vector<std::string>({"changed", "new", "same"}));
  CHECK(change.set[2].owner == elsewhere);
}

TEST("when steps of one call speak of a rule twice, its last form counts") {
  hns::RuleDiff diff;
  diff.Before({RuleOn("back", 1), RuleOn("on", 1)});
  diff.After({RuleOn("back", 2), RuleOn("on", 2)});
  diff.Before({RuleOn("back", 2), RuleOn("on", 2)});
  diff.After({RuleOn("back", 1), RuleOn("on", 3)});
  hns::PolicyChange change;
  diff.MoveTo(&change);
  CHECK(change.remove.empty());
  CHECK(IdsOf(change.set) == std::vector<std::string>({"on"}));
  CHECK(std::get<vfp::StaticNat>(change.set[0].rule.action).port == 3);
}

}  // namespace
