#include "schema/name_space.h"

#include <array>

namespace schema {
namespace {

constexpr std::array<EnumName, 4> kNamespaceTypes = {
    {{"Host", 0}, {"HostDefault", 1}, {"Guest", 2}, {"GuestDefault", 3}}};
constexpr std::array<EnumName, 2> kResourceTypes = {{{"Container", 0}, {"Endpoint", 1}}};

constexpr Codes kNamespaceCodes{.document = base::hr::ERROR_INVALID_PARAMETER};

NamespaceResource ReadResource(json::Object document, const Scope& scope) {
  NamespaceResource resource;
  Reader reader(std::move(document), scope);
  if (!reader.Enum("Type", kResourceTypes, scope.codes().document, &resource.type)) {
    scope.Member("Type").FailMissing(scope.codes().document, "expected Container or Endpoint");
  }
  bool given = false;
  reader.Object("Data", [&](json::Object data, const Scope& place) {
    Reader data_reader(std::move(data), place);
    given = resource.type == NamespaceResourceType::kEndpoint ? data_reader.Guid("Id", &resource.endpoint_id)
                                                              : data_reader.String("Id", &resource.container_id);
    resource.data_rest = data_reader.TakeRest();
  });
  given &= resource.type == NamespaceResourceType::kEndpoint || !resource.container_id.empty();
  if (!given) scope.Member("Data").Member("Id").FailMissing(scope.codes().document, "expected the resource's id");
  resource.rest = reader.TakeRest();
  return resource;
}

json::Value WriteResource(const NamespaceResource& resource) {
  const bool is_endpoint = resource.type == NamespaceResourceType::kEndpoint;
  ObjectWriter data;
  data.Add("Id", is_endpoint ? resource.endpoint_id.ToString() : resource.container_id);
  data.AddRest(resource.data_rest);
  ObjectWriter writer;
  writer.Add("Type", NameOf(kResourceTypes, static_cast<std::uint32_t>(resource.type)));
  writer.Add("Data", data.Take());
  writer.AddRest(resource.rest);
  return writer.Take();
}

}  // namespace

std::string_view NamespaceTypeName(NamespaceType type) {
  return NameOf(kNamespaceTypes, static_cast<std::uint32_t>(type));
}

base::Result<Namespace> ReadNamespace(json::Object document) {
  return ReadDocument(std::move(document), kNamespaceCodes, [](json::Object object, const Scope& scope) {
    Namespace name_space;
    Reader reader(std::move(object), scope);
    ReadObjectBase(&reader, &name_space);
    reader.Number("NamespaceId", &name_space.compartment_id);
    reader.Guid("NamespaceGuid", &name_space.compartment_guid);
    NamespaceType type{};
    if (reader.Enum("Type", kNamespaceTypes, scope.codes().document, &type)) name_space.type = type;
    reader.Objects("Resources", [&](json::Object resource, const Scope& element) {
      name_space.resources.push_back(ReadResource(std::move(resource), element));
    });
    bool with_compartment = false;
    if (reader.Bool("CreateWithCompartment", &with_compartment)) name_space.create_with_compartment = with_compartment;
    name_space.rest = reader.TakeRest();
    return name_space;
  });
}

json::Value WriteNamespace(const Namespace& name_space) {
  ObjectWriter writer;
  WriteObjectHead(name_space, &writer);
  writer.AddOptional("NamespaceId", name_space.compartment_id);
  writer.AddGuid("NamespaceGuid", name_space.compartment_guid);
  if (name_space.type) writer.Add("Type", NamespaceTypeName(*name_space.type));
  writer.AddList("Resources", name_space.resources, WriteResource);
  writer.AddOptional("CreateWithCompartment", name_space.create_with_compartment);
  WriteObjectTail(name_space, &writer);
  return writer.Take();
}

}  // namespace schema
