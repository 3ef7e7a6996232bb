// TCP as the switch follows it: sequence windows, resets that nobody believes,
// half-closed connections, ports used again.
#include "native/engine_lab.h"
#include "wire/bytes.h"
#include "wire/checksum.h"

using namespace engine_test;

namespace {

struct Segment {
  std::string flags;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint16_t window = 1000;
  std::size_t payload = 0;
  int scale = -1;  // -1: no option.
};

constexpr std::uint32_t kClientStart = 0xffff'ff00;  // Soon wraps around.
constexpr std::uint32_t kServerStart = 5000;

struct Pair {
  Lab lab;
  vfp::PortIndex client = lab.Pod("client", {"10.1.0.4"});
  vfp::PortIndex server = lab.Pod("server", {"10.1.0.5"});

  explicit Pair(std::uint32_t flags = kStateful | vfp::Rule::kTrackTcp, vfp::EngineOptions options = {})
      : lab(options) {
    lab.Policy(client, {Acl({}, {MakeRule("out", 1, vfp::Allow{}, {}, flags)})});
  }

  Bytes Frame(bool from_client, const Segment& segment) const {
    const base::MacAddress a = Mac("00-15-5D-11-00-00"), b = Mac("00-15-5D-11-00-01");
    Bytes tcp(20 + (segment.scale < 0 ? 0 : 4) + segment.payload);
    wire::Store16(tcp.data(), from_client ? 1000 : 80);
    wire::Store16(tcp.data() + 2, from_client ? 80 : 1000);
    wire::Store32(tcp.data() + 4, segment.sequence);
    wire::Store32(tcp.data() + 8, segment.acknowledgment);
    tcp[12] = segment.scale < 0 ? 0x50 : 0x60;
    for (const char c : segment.flags) {
      tcp[13] = static_cast<std::uint8_t>(tcp[13] | (c == 'F'   ? wire::kTcpFin
                                                     : c == 'S' ? wire::kTcpSyn
                                                     : c == 'R' ? wire::kTcpRst
                                                                : wire::kTcpAck));
    }
    wire::Store16(tcp.data() + 14, segment.window);
    if (segment.scale >= 0) {
      tcp[20] = 1;  // No operation.
      tcp[21] = 3;
      tcp[22] = 3;
      tcp[23] = static_cast<std::uint8_t>(segment.scale);
    }
    return wire::BuildIp({.source_mac = from_client ? a : b,
                          .destination_mac = from_client ? b : a,
                          .source = Ip(from_client ? "10.1.0.4" : "10.1.0.5"),
                          .destination = Ip(from_client ? "10.1.0.5" : "10.1.0.4"),
                          .payload = tcp},
                         6);
  }
  // "passes", or the reason of the drop.
  std::string Client(const Segment& segment) { return Verdict(client, Frame(true, segment)); }
  std::string Server(const Segment& segment) { return Verdict(server, Frame(false, segment)); }
  std::string Verdict(vfp::PortIndex from, Bytes frame) {
    const std::string text = lab.OneFrame(from, std::move(frame));
    return text.starts_with("drop ") ? text.substr(5) : "passes";
  }
  std::string State() { return std::string(vfp::ConnectionStateName(lab.Flows(client).at(0).state)); }

  // The handshake, with windows of 1000 scaled by the given.
  void Open(int client_scale = -1, int server_scale = -1) {
    CHECK_EQ(Client({.flags = "S", .sequence = kClientStart, .scale = client_scale}), "passes");
    CHECK_EQ(
        Server({.flags = "SA", .sequence = kServerStart, .acknowledgment = kClientStart + 1, .scale = server_scale}),
        "passes");
    CHECK_EQ(Client({.flags = "A", .sequence = kClientStart + 1, .acknowledgment = kServerStart + 1}), "passes");
  }
};

}  // namespace

TEST("data within the receiver's window passes, data beyond it does not, across the wrap of sequence numbers") {
  Pair p;
  p.Open();

  std::uint32_t at = kClientStart + 1;
  for (int i = 0; i < 8; ++i) {
    CHECK_EQ(p.Client({.flags = "A", .sequence = at, .acknowledgment = kServerStart + 1, .payload = 100}), "passes");
    at += 100;
    CHECK_EQ(p.Server({.flags = "A", .sequence = kServerStart + 1, .acknowledgment = at}), "passes");
  }
  CHECK_EQ(p.Client({.flags = "A", .sequence = at + 1001, .acknowledgment = kServerStart + 1, .payload = 1}),
           "out-of-window");
  CHECK_EQ(p.Client({.flags = "A", .sequence = at + 900, .acknowledgment = kServerStart + 1, .payload = 100}),
           "passes");
}

TEST("a reset outside the window is dropped and changes nothing; one inside ends the connection") {
  Pair p;
  p.Open();

  CHECK_EQ(p.Server({.flags = "R", .sequence = kServerStart + 5000}), "out-of-window");
  CHECK_EQ(p.Server({.flags = "R", .sequence = kServerStart - 5000}), "out-of-window");
  CHECK_EQ(p.Client({.flags = "R", .sequence = 17}), "passes");  // 273 past the start: the window is 1000.
  CHECK_EQ(p.State(), "reset");
}

TEST("of resets with sequence numbers anywhere, only those within the window end a connection") {
  for (std::uint32_t step = 1; step < 64; ++step) {
    Pair p;
    p.lab.explains = false;
    p.Open();
    CHECK_EQ(p.Server({.flags = "R", .sequence = kServerStart + step * 0x0400'0000}), "out-of-window");
    CHECK_EQ(p.State(), "established");
  }
}

TEST("an acknowledgement of what was never sent is dropped, an old one is not") {
  Pair p;
  p.Open();
  CHECK_EQ(p.Client({.flags = "A", .sequence = kClientStart + 1, .acknowledgment = kServerStart + 1, .payload = 300}),
           "passes");

  CHECK_EQ(p.Server({.flags = "A", .sequence = kServerStart + 1, .acknowledgment = kClientStart + 302}),
           "out-of-window");
  CHECK_EQ(p.Server({.flags = "A", .sequence = kServerStart + 1, .acknowledgment = kClientStart + 301}), "passes");
  CHECK_EQ(p.Server({.flags = "A", .sequence = kServerStart + 1, .acknowledgment = kClientStart + 1}), "passes");
}

TEST("windows are scaled when both sides have offered it, and not when one has") {
  Pair both;
  both.Open(2, 7);
  // The server has not sent a window since its SYN, which is never scaled.
  CHECK_EQ(both.Server({.flags = "A", .sequence = kServerStart + 1, .acknowledgment = kClientStart + 1}), "passes");
  CHECK_EQ(
      both.Client(
          {.flags = "A", .sequence = kClientStart + 1 + 127'000, .acknowledgment = kServerStart + 1, .payload = 1000}),
      "passes");
  CHECK_EQ(both.Client({.flags = "A", .sequence = kClientStart + 1 + 128'001, .acknowledgment = kServerStart + 1}),
           "out-of-window");

  Pair one;
  one.Open(-1, 7);
  CHECK_EQ(one.Server({.flags = "A", .sequence = kServerStart + 1, .acknowledgment = kClientStart + 1}), "passes");
  CHECK_EQ(one.Client({.flags = "A", .sequence = kClientStart + 1 + 1001, .acknowledgment = kServerStart + 1}),
           "out-of-window");
}

TEST("a closed window is probed with one byte") {
  Pair p;
  p.Open();
  CHECK_EQ(p.Client({.flags = "A", .sequence = kClientStart + 1, .acknowledgment = kServerStart + 1, .payload = 1000}),
           "passes");
  CHECK_EQ(p.Server({.flags = "A", .sequence = kServerStart + 1, .acknowledgment = kClientStart + 1001, .window = 0}),
           "passes");

  CHECK_EQ(p.Client({.flags = "A", .sequence = kClientStart + 1001, .acknowledgment = kServerStart + 1, .payload = 1}),
           "passes");
}

TEST("lost segments are sent again, and pass again") {
  Pair p;
  CHECK_EQ(p.Client({.flags = "S", .sequence = kClientStart}), "passes");
  p.Open();
  for (int i = 0; i < 3; ++i) {
    CHECK_EQ(p.Client({.flags = "A", .sequence = kClientStart + 1, .acknowledgment = kServerStart + 1, .payload = 500}),
             "passes");
  }
  CHECK_EQ(p.Server({.flags = "SA", .sequence = kServerStart, .acknowledgment = kClientStart + 1}), "passes");
  CHECK_EQ(p.State(), "established");
}

TEST("a peer that has forgotten the connection can reset it and begin anew") {
  Pair p;
  p.Open();
  // Its SYN is answered by an acknowledgement of the old connection, to which it answers with a reset.
  CHECK_EQ(p.Client({.flags = "S", .sequence = 77'000'000}), "passes");
  CHECK_EQ(p.State(), "established");
  CHECK_EQ(p.Server({.flags = "A", .sequence = kServerStart + 1, .acknowledgment = kClientStart + 1}), "passes");
  CHECK_EQ(p.Client({.flags = "R", .sequence = kClientStart + 1}), "passes");

  CHECK_EQ(p.Client({.flags = "S", .sequence = 77'000'000}), "passes");
  CHECK_EQ(p.State(), "syn-sent");
}

TEST("both sides may open at once") {
  Pair p;
  p.lab.Policy(p.client, {Acl({}, {MakeRule("out", 1, vfp::Allow{}, {}, kStateful | vfp::Rule::kTrackTcp)})});
  CHECK_EQ(p.Client({.flags = "S", .sequence = kClientStart}), "passes");
  CHECK_EQ(p.Server({.flags = "S", .sequence = kServerStart}), "passes");
  CHECK_EQ(p.Client({.flags = "SA", .sequence = kClientStart, .acknowledgment = kServerStart + 1}), "passes");
  CHECK_EQ(p.Server({.flags = "SA", .sequence = kServerStart, .acknowledgment = kClientStart + 1}), "passes");

  CHECK_EQ(p.State(), "established");
  CHECK_EQ(p.Client({.flags = "A", .sequence = kClientStart + 1, .acknowledgment = kServerStart + 1, .payload = 10}),
           "passes");
}

TEST("half closed, data goes on in the other direction, and both FINs count a byte") {
  Pair p;
  p.Open();
  CHECK_EQ(p.Client({.flags = "FA", .sequence = kClientStart + 1, .acknowledgment = kServerStart + 1}), "passes");
  CHECK_EQ(p.Server({.flags = "A", .sequence = kServerStart + 1, .acknowledgment = kClientStart + 2, .payload = 900}),
           "passes");
  CHECK_EQ(p.State(), "fin-wait");
  CHECK_EQ(p.Client({.flags = "A", .sequence = kClientStart + 2, .acknowledgment = kServerStart + 901}), "passes");
  CHECK_EQ(p.Server({.flags = "FA", .sequence = kServerStart + 901, .acknowledgment = kClientStart + 2}), "passes");
  CHECK_EQ(p.Client({.flags = "A", .sequence = kClientStart + 2, .acknowledgment = kServerStart + 902}), "passes");

  CHECK_EQ(p.State(), "time-wait");
}

TEST("without the flag sequence numbers are not looked at, unless the engine is told to for all") {
  Pair loose(kStateful);
  loose.Open();
  CHECK_EQ(loose.Client({.flags = "A", .sequence = kClientStart + 5'000'000, .acknowledgment = 1}), "passes");

  Pair strict(kStateful, {.tcp_windows = true});
  strict.Open();
  CHECK_EQ(strict.Client({.flags = "A", .sequence = kClientStart + 5'000'000, .acknowledgment = 1}), "out-of-window");
}

TEST("windows live on through changes of policy that keep the connection") {
  Pair p;
  p.Open();
  p.lab.Policy(p.client, {Acl({}, {MakeRule("other", 1, vfp::Allow{})})});

  CHECK_EQ(p.Server({.flags = "R", .sequence = kServerStart + 5000}), "out-of-window");
}

TEST("a reset that nobody believes does not end the connection") {
  Pair p(kStateful);
  p.Open();
  CHECK_EQ(p.Server({.flags = "R", .sequence = 123'456}), "passes");
  CHECK_EQ(p.State(), "reset");
  CHECK_EQ(p.Client({.flags = "A", .sequence = kClientStart + 1, .acknowledgment = kServerStart + 1}), "passes");
  CHECK_EQ(p.State(), "reset");
  CHECK_EQ(p.Server({.flags = "A", .sequence = kServerStart + 1, .acknowledgment = kClientStart + 1}), "passes");

  CHECK_EQ(p.State(), "established");
  p.lab.Wait(std::chrono::seconds(200));
  CHECK_EQ(p.Client({.flags = "A", .sequence = kClientStart + 1, .acknowledgment = kServerStart + 1}), "passes");
}

TEST("a reset that is believed ends the connection when its time is over, whatever was on the way") {
  Pair p(kStateful);
  p.Open();
  CHECK_EQ(p.Server({.flags = "R", .sequence = kServerStart + 1}), "passes");
  CHECK_EQ(p.Client({.flags = "A", .sequence = kClientStart + 1, .acknowledgment = kServerStart + 1}), "passes");
  CHECK_EQ(p.Server({.flags = "R", .sequence = kServerStart + 1}), "passes");
  CHECK_EQ(p.State(), "reset");

  p.lab.Wait(std::chrono::seconds(4));
  CHECK_EQ(p.lab.Flows().size(), 0u);
}
