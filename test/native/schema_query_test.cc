#include "schema/query.h"

#include <string>

#include "native/schema_support.h"
#include "native/test.h"

namespace {

using schema::Dialect;
using schema::FilterProperty;
using schema::ParseQuery;
using schema::PropertyValue;
using schema_test::ErrorOf;

const base::Guid kId = base::Guid::Parse("aaaaaaaa-0000-4000-8000-000000000001").value();
const base::Guid kNetwork = base::Guid::Parse("5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f").value();

// An endpoint of the network `pods`.
PropertyValue Endpoint(FilterProperty property) {
  switch (property) {
    case FilterProperty::kId: return kId;
    case FilterProperty::kName: return std::string_view("web");
    case FilterProperty::kVirtualNetwork: return kNetwork;
    case FilterProperty::kVirtualNetworkName: return std::string_view("pods");
    case FilterProperty::kNamespace: return base::Guid{};
    case FilterProperty::kMacAddress: return std::string_view("00-15-5D-aa-00-07");
    case FilterProperty::kFlags: return std::uint64_t{72};
    case FilterProperty::kOwner:
    case FilterProperty::kType: return {};
  }
  return {};
}

// `filter` is the object that HCN wants written into a string.
bool Finds(const std::string& filter) {
  base::json::Object query;
  query.Set("SchemaVersion", *base::json::Parse(R"({"Major":2,"Minor":0})"));
  query.Set("Filter", filter);
  const auto parsed = ParseQuery(base::json::Write(query));
  return parsed.ok() && parsed->filter.Matches(Endpoint);
}

}  // namespace

TEST("no query, an empty one and one of schema 1 ask for all objects in v1 documents") {
  for (const char* text : {"", " ", "{}", R"({"SchemaVersion":{"Major":1,"Minor":0}})",
                           R"({"SchemaVersion":{"Major":0,"Minor":0}})", R"({"Flags":0})"}) {
    const auto query = ParseQuery(text);
    CHECK(query.ok());
    CHECK(query->dialect == Dialect::kV1);
    CHECK(query->filter.empty());
    CHECK(query->filter.Matches(Endpoint));
  }
}

TEST("a query of schema 2 asks for v2 documents") {
  const auto query = ParseQuery(R"({"SchemaVersion":{"Major":2,"Minor":0},"Flags":1})");
  CHECK(query.ok());
  CHECK(query->dialect == Dialect::kV2);
  CHECK_EQ(query->flags, 1u);
  CHECK_EQ(ParseQuery(R"({"Flags":"Detailed"})")->flags, 1u);
}

TEST("filters that say nothing match everything") {
  for (const char* text : {R"({"Filter":""})", R"({"Filter":null})", R"({"Filter":"{}"})", R"({"Filter":"{ }"})",
                           R"({"Filter":"null"})", R"({"Filter":{}})"}) {
    const auto query = ParseQuery(text);
    CHECK(query.ok());
    CHECK(query->filter.empty());
  }
}

TEST("GUIDs are compared in any case, names exactly") {
  CHECK(Finds(R"({"ID":"AAAAAAAA-0000-4000-8000-000000000001"})"));
  CHECK(Finds(R"({"id":"{aaaaaaaa-0000-4000-8000-000000000001}"})"));
  CHECK(!Finds(R"({"ID":"aaaaaaaa-0000-4000-8000-000000000002"})"));
  CHECK(Finds(R"({"Name":"web"})"));
  CHECK(!Finds(R"({"Name":"Web"})"));
  CHECK(!Finds(R"({"Name":"we"})"));
  CHECK(Finds(R"({"MacAddress":"00-15-5d-AA-00-07"})"));
}

TEST("several properties must all hold") {
  CHECK(Finds(R"({"Name":"web","VirtualNetwork":"5B3D7C0E-4F3A-4F0E-9D1C-0A1B2C3D4E5F","Flags":72})"));
  CHECK(!Finds(R"({"Name":"web","Flags":73})"));
}

TEST("the v2 name of a property is taken for its v1 name") {
  CHECK(Finds(R"({"HostComputeNetwork":"5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f"})"));
  CHECK(Finds(R"({"VirtualNetworkName":"pods"})"));
}

TEST("an unknown property, an empty id and a value of the wrong type match nothing") {
  CHECK(!Finds(R"({"IPAddress":"10.244.1.7"})"));
  CHECK(!Finds(R"({"Name":"web","Colour":"red"})"));
  CHECK(!Finds(R"({"ID":""})"));
  CHECK(!Finds(R"({"ID":7})"));
  CHECK(!Finds(R"({"Name":["web"]})"));
  CHECK(!Finds(R"({"Name":null})"));
  CHECK(!Finds(R"({"Flags":"72"})"));
  CHECK(!Finds(R"({"Type":"NAT"})"));  // This object has no such property.
}

TEST("a filter may also be an object, or stand without an envelope") {
  CHECK(ParseQuery(R"({"Filter":{"Name":"web"}})")->filter.Matches(Endpoint));
  CHECK(!ParseQuery(R"({"Filter":{"Name":"db"}})")->filter.Matches(Endpoint));
  CHECK(ParseQuery(R"({"Name":"web"})")->filter.Matches(Endpoint));
  CHECK(!ParseQuery(R"({"Name":"db"})")->filter.Matches(Endpoint));
  CHECK(ParseQuery(R"({"Unknown":"x"})")->filter.empty());
}

TEST("what a filter asks for can be looked up in an index") {
  const auto query =
      ParseQuery(R"({"Filter":"{\"Name\":\"web\",\"VirtualNetwork\":\"5b3d7c0e-4f3a-4f0e-9d1c-0a1b2c3d4e5f\"}"})");
  CHECK(query.ok());
  CHECK_EQ(*query->filter.WantedText(FilterProperty::kName), "web");
  CHECK(query->filter.WantedGuid(FilterProperty::kVirtualNetwork) == kNetwork);
  CHECK(!query->filter.WantedGuid(FilterProperty::kId).has_value());
}

TEST("queries that make no sense are refused") {
  CHECK_EQ(ErrorOf(ParseQuery("{")),
           "HCN_E_INVALID_JSON: at byte 1: expected a member name in double quotes, found the end of the document");
  CHECK_EQ(ErrorOf(ParseQuery(R"({"Filter":"{"})")),
           "HCN_E_INVALID_JSON: `Filter`, at byte 1: expected a member name in double quotes, found the end of the "
           "document");
  CHECK_EQ(ErrorOf(ParseQuery(R"({"Filter":"[]"})")).substr(0, 67),
           "ERROR_INVALID_PARAMETER: `Filter` is an array: expected an object o");
  CHECK_EQ(ErrorOf(ParseQuery(R"({"SchemaVersion":{"Major":9}})")),
           "ERROR_INVALID_PARAMETER: `SchemaVersion.Major` is `9`: this service speaks the schema versions 2.x");
}
