#include "schema/route.h"

namespace schema {

Route ReadRoute(json::Object document, const Scope& scope) {
  Route route;
  Reader reader(std::move(document), scope);
  reader.Address("NextHop", &route.next_hop);
  reader.Prefix("DestinationPrefix", &route.destination);
  reader.Number("Metric", &route.metric);
  route.rest = reader.TakeRest();
  return route;
}

json::Value WriteRoute(const Route& route) {
  ObjectWriter writer;
  writer.AddPrinted("NextHop", route.next_hop);
  writer.AddPrinted("DestinationPrefix", route.destination);
  writer.AddOptional("Metric", route.metric);
  writer.AddRest(route.rest);
  return writer.Take();
}

}  // namespace schema
