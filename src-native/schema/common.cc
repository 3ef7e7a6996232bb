#include "schema/common.h"

namespace schema {

Dialect DialectOf(const json::Object& document) {
  const json::Value* version = document.FindIgnoringCase("SchemaVersion");
  if (version != nullptr && version->IsObject()) {
    const json::Value* major = version->AsObject()->FindIgnoringCase("Major");
    return major != nullptr && major->AsUint64() == 1 ? Dialect::kV1 : Dialect::kV2;
  }
  // What is no version at all is left for the reader of v2 to refuse.
  return version == nullptr || version->IsNull() ? Dialect::kV1 : Dialect::kV2;
}

void ReadSchemaVersion(Reader* reader, SchemaVersion* out) {
  reader->Object("SchemaVersion", [out](json::Object object, const Scope& scope) {
    SchemaVersion given;
    Reader version(std::move(object), scope);
    version.Number("Major", &given.major);
    version.Number("Minor", &given.minor);
    if (given.major > 2) {
      scope.Member("Major").Fail(scope.codes().document, given.major, "this service speaks the schema versions 2.x");
    }
    if (given.major != 0) *out = given;
  });
}

void ReadObjectBase(Reader* reader, ObjectBase* out) {
  reader->Guid("ID", &out->id);
  reader->String("Name", &out->name);
  reader->String("Owner", &out->owner);
  ReadSchemaVersion(reader, &out->schema_version);
  reader->Number("Version", &out->version);
  reader->Number("State", &out->state);
}

void WriteObjectHead(const ObjectBase& object, ObjectWriter* writer) {
  writer->AddGuid("ID", object.id);
  writer->AddText("Name", object.name);
  writer->AddText("Owner", object.owner);
}

void WriteObjectTail(const ObjectBase& object, ObjectWriter* writer) {
  writer->AddOptional("Version", object.version);
  writer->AddOptional("State", object.state);
  ObjectWriter version;
  version.Add("Major", object.schema_version.major);
  version.Add("Minor", object.schema_version.minor);
  writer->Add("SchemaVersion", version.Take());
  writer->AddRest(object.rest);
}

void ReadMac(Reader* reader, std::string_view name, std::optional<MacText>* out) {
  std::string text;
  if (!reader->String(name, &text) || text.empty()) return;
  const auto mac = base::MacAddress::Parse(text);
  if (!mac) {
    const Scope& scope = reader->scope();
    scope.Member(name).FailText(scope.codes().document, text, "expected a MAC address such as 00-15-5D-AB-CD-EF");
    return;
  }
  *out = MacText{std::move(text), *mac};
}

}  // namespace schema
