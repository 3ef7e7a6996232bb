#include "schema/endpoint_statistics.h"

#include "schema/writer.h"

namespace schema {

json::Value WriteEndpointStatistics(const EndpointStatistics& statistics) {
  ObjectWriter writer;
  writer.Add("BytesReceived", statistics.bytes_received);
  writer.Add("BytesSent", statistics.bytes_sent);
  writer.Add("DroppedPacketsIncoming", statistics.dropped_incoming);
  writer.Add("DroppedPacketsOutgoing", statistics.dropped_outgoing);
  writer.Add("EndpointId", statistics.endpoint_id.ToString());
  writer.Add("InstanceId", statistics.instance_id.ToString());
  writer.Add("PacketsReceived", statistics.packets_received);
  writer.Add("PacketsSent", statistics.packets_sent);
  return writer.Take();
}

}  // namespace schema
