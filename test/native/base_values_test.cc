#include <set>
#include <string>

#include "base/clock.h"
#include "base/error_codes.h"
#include "base/guid.h"
#include "base/ip_address.h"
#include "base/mac_address.h"
#include "base/utf16.h"
#include "native/test.h"

namespace {

using base::Guid;
using base::IpAddress;
using base::IpPrefix;
using base::MacAddress;
using base::PortRange;

std::string Canonical(std::string_view address) {
  const auto parsed = IpAddress::Parse(address);
  return parsed ? parsed->ToString() : "refused";
}

IpPrefix Prefix(std::string_view text) { return IpPrefix::Parse(text).value(); }
PortRange Ports(std::uint16_t first, std::uint16_t last) { return PortRange{first, last}; }
IpAddress Address(std::string_view text) { return IpAddress::Parse(text).value(); }

}  // namespace

TEST("an error code has its symbol and Windows' sentence, an unknown one neither") {
  CHECK_EQ(base::ErrorSymbol(base::MakeHResult(0x803B0010u)), "HCN_E_NETWORK_ALREADY_EXISTS");
  CHECK_EQ(base::ErrorText(base::hr::ERROR_NOT_FOUND), "Element not found.");
  CHECK_EQ(base::ErrorSymbol(base::MakeHResult(0x80041234u)), "");
  CHECK_EQ(base::ErrorText(0), "");
  CHECK(base::Failed(base::hr::E_NOTIMPL));
  CHECK(!base::Failed(base::hr::OK));
}

TEST("a GUID is read in either case and with or without braces") {
  const Guid guid = Guid::Parse("00112233-4455-6677-8899-aabbccddeeff").value();
  CHECK_EQ(guid.data1, 0x00112233u);
  CHECK_EQ(guid.data2, 0x4455);
  CHECK_EQ(guid.data3, 0x6677);
  CHECK_EQ(int{guid.data4[0]}, 0x88);
  CHECK_EQ(int{guid.data4[7]}, 0xff);
  CHECK(guid == Guid::Parse("{00112233-4455-6677-8899-AABBCCDDEEFF}").value());
  CHECK_EQ(guid.ToString(), "00112233-4455-6677-8899-aabbccddeeff");
  CHECK_EQ(guid.ToUpperString(), "00112233-4455-6677-8899-AABBCCDDEEFF");
}

TEST("anything but 36 characters of GUID is refused") {
  for (const char* text :
       {"", "00112233", "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeeff0",
        "00112233-4455-6677-8899-aabbccddeefg", "0011223344556677-8899-aabbccddeeff----",
        "{00112233-4455-6677-8899-aabbccddeeff", "00112233_4455-6677-8899-aabbccddeeff",
        "(00112233-4455-6677-8899-aabbccddeeff)", " 00112233-4455-6677-8899-aabbccddeeff"}) {
    CHECK(!Guid::Parse(text).has_value());
  }
}

TEST("random GUIDs are of version 4 and differ") {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const Guid guid = Guid::Random();
    CHECK_EQ(guid.data3 >> 12, 4);
    CHECK_EQ(guid.data4[0] >> 6, 2);
    seen.insert(guid.ToString());
  }
  CHECK_EQ(seen.size(), 1000u);
}

TEST("hashes of consecutive GUIDs spread over the low bits") {
  std::set<std::size_t> buckets;
  for (std::uint32_t i = 0; i < 256; ++i) {
    Guid guid;
    guid.data4[7] = static_cast<std::uint8_t>(i);
    buckets.insert(base::GuidHash()(guid) & 0xfff);
  }
  CHECK(buckets.size() > 200);  // 248 expected of a random function.
}

TEST("an IPv4 address is a dotted quad of plain decimal numbers") {
  CHECK_EQ(Canonical("10.96.0.10"), "10.96.0.10");
  CHECK_EQ(Canonical("0.0.0.0"), "0.0.0.0");
  CHECK_EQ(Canonical("255.255.255.255"), "255.255.255.255");
  for (const char* text : {"", "10", "10.1.2", "10.1.2.3.4", "10.1.2.256", "10.01.2.3", "10.1.2.3 ", "10.1.2.-3",
                           "10.1..3", ".10.1.2.3", "10.1.2.3.", "0x10.1.2.3", "10.1.2.3/24", "10.1.2.1e1"}) {
    CHECK_EQ(Canonical(text), "refused");
  }
}

TEST("IPv6 addresses are printed as RFC 5952 wants them") {
  CHECK_EQ(Canonical("2001:0DB8:0000:0000:0000:0000:0000:0001"), "2001:db8::1");
  CHECK_EQ(Canonical("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");  // One group is not shortened.
  CHECK_EQ(Canonical("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");           // The longest run.
  CHECK_EQ(Canonical("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");     // The first of equals.
  CHECK_EQ(Canonical("::"), "::");
  CHECK_EQ(Canonical("::1"), "::1");
  CHECK_EQ(Canonical("1::"), "1::");
  CHECK_EQ(Canonical("fe80::a:0:0:0"), "fe80::a:0:0:0");
  CHECK_EQ(Canonical("1:2:3:4:5:6:7::"), "1:2:3:4:5:6:7:0");
  CHECK_EQ(Canonical("::2:3:4:5:6:7:8"), "0:2:3:4:5:6:7:8");
  CHECK_EQ(Canonical("::ffff:10.1.2.3"), "::ffff:10.1.2.3");
  CHECK_EQ(Canonical("64:ff9b::192.0.2.33"), "64:ff9b::c000:221");
}

TEST("text that is no IPv6 address is refused") {
  for (const char* text : {":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
                           "12345::", "g::", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "fe80::1%eth0", "::10.1.2",
                           "10.1.2.3::", "1:2:3:4:5:6:7:10.1.2.3", ":1::", "1::2:", "[::1]", "::1/64"}) {
    CHECK_EQ(Canonical(text), "refused");
  }
}

TEST("addresses of the two families are never equal") {
  CHECK(!(Address("0.0.0.0") == Address("::")));
  CHECK(Address("0.0.0.0").IsUnspecified());
  CHECK(Address("::").IsUnspecified());
}

TEST("kinds of addresses are told apart") {
  CHECK(Address("224.0.0.1").IsMulticast());
  CHECK(!Address("223.255.255.255").IsMulticast());
  CHECK(Address("ff02::1").IsMulticast());
  CHECK(Address("255.255.255.255").IsV4Broadcast());
  CHECK(Address("169.254.1.1").IsLinkLocal());
  CHECK(Address("febf::1").IsLinkLocal());
  CHECK(!Address("fec0::1").IsLinkLocal());
}

TEST("counting addresses carries over bytes and ends with the family") {
  CHECK(Address("10.1.0.255").Plus(1).value() == Address("10.1.1.0"));
  CHECK(Address("255.255.255.255").Plus(0).value() == Address("255.255.255.255"));
  CHECK(!Address("255.255.255.255").Plus(1).has_value());
  CHECK(!Address("0.0.0.0").Plus(0x100000000u).has_value());
  CHECK(Address("::ffff:ffff:ffff:ffff").Plus(1).value() == Address("0:0:0:1::"));
  CHECK(!Address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").Plus(1).has_value());
  CHECK_EQ(Address("1.2.3.4").V4HostOrder(), 0x01020304u);
}

TEST("a prefix is an address with a length its family has, a bare address is a host") {
  CHECK_EQ(Prefix("10.1.0.0/16").ToString(), "10.1.0.0/16");
  CHECK_EQ(Prefix("10.1.2.3").ToString(), "10.1.2.3/32");
  CHECK_EQ(Prefix("fd00::1").ToString(), "fd00::1/128");
  CHECK_EQ(Prefix("0.0.0.0/0").ToString(), "0.0.0.0/0");
  for (const char* text : {"10.1.0.0/33", "fd00::/129", "10.1.0.0/", "/16", "10.1.0.0/-1", "10.1.0.0/016",
                           "10.1.0.0/16/16", "10.1.0.0/1 ", "10.1.0.0/+8", ""}) {
    CHECK(!IpPrefix::Parse(text).has_value());
  }
}

TEST("a prefix knows its first and last address and its host bits") {
  CHECK(Prefix("10.1.2.3/20").First() == Address("10.1.0.0"));
  CHECK(Prefix("10.1.2.3/20").Last() == Address("10.1.15.255"));
  CHECK(Prefix("10.1.2.3/20").HasHostBits());
  CHECK(!Prefix("10.1.0.0/20").HasHostBits());
  CHECK(Prefix("fd00::1/65").Last() == Address("fd00::7fff:ffff:ffff:ffff"));
  CHECK(Prefix("10.1.2.3/20").Masked() == Prefix("10.1.0.0/20"));
}

TEST("a prefix contains what its bits say and nothing of the other family") {
  CHECK(Prefix("10.1.0.0/20").Contains(Address("10.1.15.255")));
  CHECK(!Prefix("10.1.0.0/20").Contains(Address("10.1.16.0")));
  CHECK(Prefix("10.1.2.3/20").Contains(Address("10.1.0.1")));
  CHECK(Prefix("0.0.0.0/0").Contains(Address("255.1.2.3")));
  CHECK(!Prefix("0.0.0.0/0").Contains(Address("::1")));
  CHECK(Prefix("10.1.2.3/32").Contains(Address("10.1.2.3")));
  CHECK(!Prefix("10.1.2.3/32").Contains(Address("10.1.2.2")));
}

TEST("prefixes overlap when one holds the other, in either order") {
  CHECK(Prefix("10.0.0.0/8").Overlaps(Prefix("10.1.2.0/24")));
  CHECK(Prefix("10.1.2.0/24").Overlaps(Prefix("10.0.0.0/8")));
  CHECK(!Prefix("10.1.2.0/24").Overlaps(Prefix("10.1.3.0/24")));
  CHECK(!Prefix("0.0.0.0/0").Overlaps(Prefix("::/0")));
}

TEST("a port range is one port or two with the lower first") {
  CHECK(PortRange::Parse("80").value() == Ports(80, 80));
  CHECK(PortRange::Parse("8000-8099").value() == Ports(8000, 8099));
  CHECK(PortRange::Parse("0-65535").value() == PortRange{});
  CHECK_EQ(Ports(80, 80).ToString(), "80");
  CHECK_EQ(Ports(1, 2).ToString(), "1-2");
  for (const char* text : {"", "-", "80-", "-80", "65536", "90-80", "1-65536", "1-2-3", "080", "80 ", "http", "1e3"}) {
    CHECK(!PortRange::Parse(text).has_value());
  }
}

TEST("a MAC address is read with dashes or colons and printed as Windows does") {
  CHECK_EQ(MacAddress::Parse("00-15-5d-ab-cd-ef")->ToString(), "00-15-5D-AB-CD-EF");
  CHECK_EQ(MacAddress::Parse("00:15:5D:AB:CD:EF")->ToUint64(), 0x00155DABCDEFu);
  CHECK(MacAddress::FromUint64(0x00155DABCDEFu) == MacAddress::Parse("00-15-5D-AB-CD-EF").value());
  for (const char* text : {"", "00-15-5d-ab-cd", "00-15-5d-ab-cd-ef-", "00-15:5d-ab-cd-ef", "00155dabcdef",
                           "00-15-5d-ab-cd-eg", "0-15-5d-ab-cd-eff", "00 15 5d ab cd ef"}) {
    CHECK(!MacAddress::Parse(text).has_value());
  }
}

TEST("UTF-16 and UTF-8 become each other for every kind of character") {
  const std::u16string wide = u"a\u00e9\u20ac\U0001F600\uFFFF\uD7FF\uE000";
  const auto narrow = base::Utf16ToUtf8(wide);
  CHECK(narrow.has_value());
  CHECK_EQ(*narrow, std::string("a\u00e9\u20ac\U0001F600\uFFFF\uD7FF\uE000"));
  CHECK(base::Utf8ToUtf16(*narrow).value() == u"a\u00e9\u20ac\U0001F600\uFFFF\uD7FF\uE000");
  CHECK(base::Utf8ToUtf16(std::string("\0", 1)).value() == std::u16string(1, u'\0'));
}

TEST("a character that is not ASCII is converted wherever in a text it stands") {
  for (std::size_t position = 0; position <= 100; ++position) {
    std::u16string wide(101, u'x');
    wide[position] = u'\u20ac';
    const std::string narrow = std::string(position, 'x') + "\u20ac" + std::string(100 - position, 'x');
    CHECK_EQ(base::Utf16ToUtf8(wide).value(), narrow);
    CHECK(base::Utf8ToUtf16(narrow).value() == wide);
    wide[position] = char16_t{0xDC00};
    CHECK(!base::Utf16ToUtf8(wide).has_value());
  }
}

TEST("lone surrogates and bytes that are not UTF-8 are refused") {
  const std::u16string high(1, char16_t{0xD800});
  const std::u16string low(1, char16_t{0xDC00});
  CHECK(!base::Utf16ToUtf8(high).has_value());
  CHECK(!base::Utf16ToUtf8(low).has_value());
  CHECK(!base::Utf16ToUtf8(high + u"a").has_value());
  CHECK(!base::Utf16ToUtf8(low + high).has_value());
  CHECK_EQ(base::Utf16ToUtf8(high + low).value(), "\U00010000");
  for (const char* text : {"\x80", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff"}) {
    CHECK(!base::Utf8ToUtf16(text).has_value());
  }
}

TEST("a manual clock moves when it is told to and the system's never goes back") {
  base::ManualClock manual;
  const base::MonotonicTime before = manual.Now();
  CHECK(before > base::MonotonicTime::zero());
  manual.Advance(std::chrono::seconds(3));
  CHECK_EQ((manual.Now() - before).count(), 3'000'000'000);
  const base::SystemClock clock;
  const base::MonotonicTime first = clock.Now();
  CHECK(clock.Now() >= first);
}
