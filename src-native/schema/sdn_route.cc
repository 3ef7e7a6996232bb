#include "schema/sdn_route.h"

#include <utility>

namespace schema {
namespace {

constexpr Codes kSdnRouteCodes{.document = base::hr::ERROR_INVALID_PARAMETER};

SdnRouteSetting ReadSetting(json::Object document, const Scope& scope) {
  SdnRouteSetting setting;
  Reader reader(std::move(document), scope);
  reader.Prefix("DestinationPrefix", &setting.destination);
  reader.Address("NextHop", &setting.next_hop);
  bool flag = false;
  if (reader.Bool("NeedEncap", &flag)) setting.need_encap = flag;
  if (reader.Bool("AutomaticEndpointMonitor", &flag)) setting.automatic_endpoint_monitor = flag;
  setting.rest = reader.TakeRest();
  return setting;
}

json::Value WriteSetting(const SdnRouteSetting& setting) {
  ObjectWriter writer;
  writer.AddPrinted("DestinationPrefix", setting.destination);
  writer.AddPrinted("NextHop", setting.next_hop);
  writer.AddOptional("NeedEncap", setting.need_encap);
  writer.AddOptional("AutomaticEndpointMonitor", setting.automatic_endpoint_monitor);
  writer.AddRest(setting.rest);
  return writer.Take();
}

std::vector<SdnRouteSetting> ReadSettings(Reader* reader, std::string_view name) {
  std::vector<SdnRouteSetting> settings;
  reader->Objects(name, [&](json::Object setting, const Scope& element) {
    settings.push_back(ReadSetting(std::move(setting), element));
  });
  return settings;
}

}  // namespace

base::Result<SdnRoute> ReadSdnRoute(json::Object document) {
  return ReadDocument(std::move(document), kSdnRouteCodes, [](json::Object object, const Scope& scope) {
    SdnRoute route;
    Reader reader(std::move(object), scope);
    ReadObjectBase(&reader, &route);
    reader.Guid("HostComputeNetwork", &route.network_id);
    reader.Guids("HostComputeEndpoints", &route.endpoint_ids);
    route.settings = ReadSettings(&reader, "Routes");
    std::vector<SdnRouteSetting> settings = ReadSettings(&reader, "Setting");
    if (route.settings.empty()) {
      route.settings = std::move(settings);
    } else if (!settings.empty() && settings != route.settings && !scope.failed()) {
      scope.Member("Setting").FailText(scope.codes().document, std::to_string(settings.size()) + " routes",
                                       "it differs from `Routes`, which is another name for it; give one of them");
    }
    route.rest = reader.TakeRest();
    return route;
  });
}

json::Value WriteSdnRoute(const SdnRoute& route) {
  ObjectWriter writer;
  WriteObjectHead(route, &writer);
  writer.AddGuid("HostComputeNetwork", route.network_id);
  writer.AddPrintedList("HostComputeEndpoints", route.endpoint_ids);
  writer.AddList("Routes", route.settings, WriteSetting);
  writer.AddList("Setting", route.settings, WriteSetting);
  WriteObjectTail(route, &writer);
  return writer.Take();
}

}  // namespace schema
