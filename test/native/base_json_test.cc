#include "base/json.h"

#include <cmath>
#include <limits>
#include <string>

#include "native/test.h"

namespace {

using base::json::Array;
using base::json::Object;
using base::json::Parse;
using base::json::Value;
using base::json::Write;

// The document as our own writer has it, or the error's detail.
std::string RoundTrip(std::string_view text) {
  const auto value = Parse(text);
  return value.ok() ? Write(*value) : value.error().detail;
}

bool Refuses(std::string_view text) {
  const auto value = Parse(text);
  return !value.ok() && value.error().code == base::hr::HCN_E_INVALID_JSON;
}

std::string Nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST("JSON keeps the order, spelling and values of a document") {
  const std::string text = R"({"b":[1,-2,0.5,"x"],"a":{"B":true,"b":false},"n":null})";
  CHECK_EQ(RoundTrip(text), text);
}

TEST("JSON ignores white space between tokens and no other") {
  CHECK_EQ(RoundTrip(" \t\r\n{ \"a\" :\n[ ] , \"b\" : [ 1 , 2 ] } "), R"({"a":[],"b":[1,2]})");
  CHECK(Refuses("{\"a\":\v1}"));
  CHECK(Refuses("\xEF\xBB\xBF{}"));  // A byte order mark is no white space.
}

TEST("JSON keeps 64-bit integers exactly") {
  CHECK_EQ(RoundTrip("9223372036854775807"), "9223372036854775807");
  CHECK_EQ(RoundTrip("-9223372036854775808"), "-9223372036854775808");
  CHECK_EQ(RoundTrip("9223372036854775808"), "9223372036854775808");
  CHECK_EQ(RoundTrip("18446744073709551615"), "18446744073709551615");
  CHECK_EQ(Parse("18446744073709551615")->AsUint64().value(), std::numeric_limits<std::uint64_t>::max());
  CHECK(!Parse("18446744073709551615")->AsInt64().has_value());
  CHECK(!Parse("-1")->AsUint64().has_value());
}

TEST("JSON keeps numbers beyond 64 bits as the nearest double") {
  CHECK_EQ(Parse("18446744073709551616")->AsDouble().value(), 18446744073709551616.0);
  CHECK(!Parse("18446744073709551616")->AsUint64().has_value());
  CHECK_EQ(Parse("-9223372036854775809")->AsDouble().value(), -9223372036854775808.0);
  CHECK_EQ(RoundTrip("1e-7"), "1e-07");
  CHECK_EQ(RoundTrip("0.1"), "0.1");
  CHECK_EQ(RoundTrip("1.7976931348623157e308"), "1.7976931348623157e+308");
}

TEST("JSON reads a double without a fraction as an integer") {
  CHECK_EQ(Parse("1e3")->AsInt64().value(), 1000);
  CHECK_EQ(Parse("80.0")->AsUint64().value(), 80u);
  CHECK(!Parse("80.5")->AsInt64().has_value());
  CHECK(!Parse("1e300")->AsUint64().has_value());
}

TEST("JSON keeps the sign of minus zero") {
  CHECK(std::signbit(Parse("-0")->AsDouble().value()));
  CHECK_EQ(RoundTrip("-0"), "-0");
}

TEST("JSON refuses numbers RFC 8259 has no form for") {
  for (const char* text : {"01", "-01", "+1", ".5", "1.", "-", "1e", "1e+", "0x10", "NaN", "Infinity", "-Infinity",
                           "1e400", "-1e400", "1_000", "--1", "1.e5"}) {
    CHECK(Refuses(text));
  }
}

TEST("JSON compares numbers by value and not by how they were written") {
  CHECK(*Parse("1") == *Parse("1.0"));
  CHECK(*Parse("[100]") == *Parse("[1e2]"));
  CHECK(!(*Parse("9007199254740993") == *Parse("9007199254740992")));
  CHECK(!(*Parse("9007199254740993") == *Parse("9007199254740992.0")));
}

TEST("JSON reads escapes and surrogate pairs as UTF-8") {
  CHECK_EQ(*Parse(R"("\"\\\/\b\f\n\r\t")")->AsString(), "\"\\/\b\f\n\r\t");
  CHECK_EQ(*Parse(R"("\u0041\u00e9\u20AC\ud83d\ude00")")->AsString(), "A\u00e9\u20ac\U0001F600");
  CHECK_EQ(Parse(R"("a\u0000b")")->AsString()->size(), 3u);
}

TEST("JSON writes what needs escaping and nothing else") {
  CHECK_EQ(Write(Value(std::string("\"\\/\b\f\n\r\t\x01\x7f\u00e9\0", 12))),
           "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7f\u00e9\"");
  CHECK_EQ(Write(Value(std::string("\0", 1))), "\"\\u0000\"");
}

TEST("JSON refuses lone surrogates, unknown escapes and raw control characters") {
  for (const char* text : {R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")", R"("\ud800x")", R"("\ud800\ud800")",
                           R"("\x41")", R"("\u12")", R"("\u12g4")", R"("\)", "\"a\nb\"", "\"a\tb\"", "\"abc", "\""}) {
    CHECK(Refuses(text));
  }
}

TEST("JSON refuses text that is not UTF-8") {
  // A stray continuation, overlong forms, a surrogate, above U+10FFFF, cut short.
  for (const char* text :
       {"\"\x80\"", "\"\xc0\xaf\"", "\"\xc1\xbf\"", "\"\xe0\x80\xaf\"", "\"\xf0\x80\x80\xaf\"", "\"\xed\xa0\x80\"",
        "\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xe2\x82\"", "\"\xff\"", "\"\xf0\x9f\x98"}) {
    CHECK(Refuses(text));
  }
  CHECK_EQ(RoundTrip("\"\xf4\x8f\xbf\xbf\xed\x9f\xbf\""), "\"\xf4\x8f\xbf\xbf\xed\x9f\xbf\"");
}

TEST("JSON text that was made by hand and is not UTF-8 is written with replacement characters") {
  CHECK_EQ(Write(Value("a\xff\xc3")), "\"a\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST("JSON has no text for NaN and infinity, so they are written as null") {
  CHECK_EQ(Write(Value(Array{Value(std::nan("")), Value(HUGE_VAL)})), "[null,null]");
}

TEST("JSON keeps the last of several members of the same name, and only that") {
  CHECK_EQ(RoundTrip(R"({"a":1,"b":2,"a":3})"), R"({"a":3,"b":2})");
  CHECK_EQ(RoundTrip(R"({"a":1,"a":2,"a":3,"A":4})"), R"({"a":3,"A":4})");
  std::string text = "{";
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 40; ++i) {
      text += "\"m" + std::to_string(i) + "\":" + std::to_string(100 * round + i) + ",";
    }
  }
  text.back() = '}';
  const auto value = Parse(text);
  CHECK(value.ok());
  CHECK_EQ(value->AsObject()->size(), 40u);
  CHECK_EQ(value->AsObject()->begin()->name, "m0");
  CHECK_EQ(value->AsObject()->Find("m39")->AsInt64().value(), 239);
}

TEST("JSON errors name the byte and what was expected there") {
  CHECK_EQ(RoundTrip("[1,]"), "at byte 3: expected a value, found `]`");
  CHECK_EQ(RoundTrip(R"({"a" 1})"), "at byte 5: expected `:`, found `1`");
  CHECK_EQ(RoundTrip(R"({a:1})"), "at byte 1: expected a member name in double quotes, found `a`");
  CHECK_EQ(RoundTrip(R"({"a":1,})"), "at byte 7: expected a member name in double quotes, found `}`");
  CHECK_EQ(RoundTrip("{} {}"), "at byte 3: expected the end of the document, found `{`");
  CHECK_EQ(RoundTrip(""), "at byte 0: expected a value, found the end of the document");
  CHECK_EQ(RoundTrip("[1"), "at byte 2: expected `,` or `]`, found the end of the document");
  CHECK_EQ(RoundTrip(std::string_view("\0", 1)), "at byte 0: expected a value, found the byte 0x00");
  CHECK_EQ(RoundTrip("tru"), "at byte 0: expected a value, found `t`");
}

TEST("JSON nested to the limit is read, one deeper is too large") {
  CHECK(Parse(Nested(64)).ok());
  CHECK_EQ(Parse(Nested(65)).error().code, base::hr::ERR_DOCUMENT_TOO_LARGE);
}

TEST("JSON nested 100 000 deep is refused without deep recursion") {
  CHECK_EQ(Parse(Nested(100'000)).error().code, base::hr::ERR_DOCUMENT_TOO_LARGE);
  CHECK_EQ(Parse(std::string(100'000, '[')).error().code, base::hr::ERR_DOCUMENT_TOO_LARGE);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK_EQ(Parse(objects).error().code, base::hr::ERR_DOCUMENT_TOO_LARGE);
}

TEST("JSON of 10 MB is refused by its size alone") {
  const std::string text = "\"" + std::string(10 * 1024 * 1024, 'x') + "\"";
  const auto value = Parse(text);
  CHECK(!value.ok());
  CHECK_EQ(value.error().code, base::hr::ERR_DOCUMENT_TOO_LARGE);
  CHECK_EQ(value.error().detail, "10485762 bytes are more than the 4194304 a document may have");
}

TEST("JSON objects of 200 000 members, all different or all the same, are read in linear time") {
  std::string different = "{";
  std::string same = "{";
  for (int i = 0; i < 200'000; ++i) {
    const char* comma = i == 0 ? "" : ",";
    different += comma + ("\"m" + std::to_string(i) + "\":" + std::to_string(i));
    same += comma + ("\"m\":" + std::to_string(i));
  }
  different += "}";
  same += "}";
  const auto many = Parse(different);
  CHECK(many.ok());
  CHECK_EQ(many->AsObject()->size(), 200'000u);
  const auto one = Parse(same);
  CHECK(one.ok());
  CHECK_EQ(one->AsObject()->size(), 1u);
  CHECK_EQ(one->AsObject()->Find("m")->AsInt64().value(), 199'999);
  // The comparison must not be quadratic either: 4 * 10^10 steps would hang here.
  CHECK(*many == *Parse(different));
}

TEST("JSON objects are equal whatever the order of their members") {
  CHECK(*Parse(R"({"a":1,"b":[2]})") == *Parse(R"({"b":[2],"a":1})"));
  CHECK(!(*Parse(R"({"a":1,"b":2})") == *Parse(R"({"a":1,"c":2})")));
  CHECK(!(*Parse("[1,2]") == *Parse("[2,1]")));
}

TEST("JSON objects find members by exact name first and then in any case") {
  const auto value = Parse(R"({"NAME":1,"name":2})");
  const Object& object = *value->AsObject();
  CHECK_EQ(object.FindIgnoringCase("name")->AsInt64().value(), 2);
  CHECK_EQ(object.FindIgnoringCase("Name")->AsInt64().value(), 1);
  CHECK(object.Find("Name") == nullptr);
  CHECK(object.FindIgnoringCase("nam") == nullptr);
}

TEST("JSON objects replace, append and erase members") {
  Object object;
  object.Set("a", 1);
  object.Set("b", "two");
  object.Set("a", true);
  CHECK_EQ(Write(object), R"({"a":true,"b":"two"})");
  CHECK(object.Erase("a"));
  CHECK(!object.Erase("a"));
  CHECK_EQ(Write(object), R"({"b":"two"})");
}

TEST("JSON values know their type and answer for no other") {
  CHECK_EQ(Value().TypeName(), "null");
  CHECK_EQ(Value(false).TypeName(), "boolean");
  CHECK_EQ(Value(std::uint16_t{7}).TypeName(), "number");
  CHECK_EQ(Value("x").TypeName(), "string");
  CHECK_EQ(Value(Array{}).TypeName(), "array");
  CHECK_EQ(Value(Object{}).TypeName(), "object");
  CHECK(!Value("1").AsInt64().has_value());
  CHECK(!Value(1).AsBool().has_value());
  CHECK(Value(1).AsString() == nullptr);
}

TEST("JSON objects that are copies keep what they had when the other one is changed") {
  const Value original = Parse(R"({"a":{"b":1},"c":[{"d":2}]})").value();
  for (const bool by_iteration : {true, false}) {
    Value copy = original;
    Object& object = *copy.AsObject();
    if (by_iteration) {
      for (base::json::Member& member : *object.Find("a")->AsObject()) member.value = 7;
    } else {
      object.Find("a")->AsObject()->Set("b", 7);
    }
    (*object.Find("c")->AsArray())[0].AsObject()->Erase("d");
    CHECK_EQ(Write(copy), R"({"a":{"b":7},"c":[{}]})");
    CHECK_EQ(Write(original), R"({"a":{"b":1},"c":[{"d":2}]})");
  }
  Value changed = original;
  const Value kept = changed;
  changed.AsObject()->Erase("a");
  CHECK_EQ(Write(kept), R"({"a":{"b":1},"c":[{"d":2}]})");
  CHECK_EQ(Write(changed), R"({"c":[{"d":2}]})");
}
