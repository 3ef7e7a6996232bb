// What v1 documents of several kinds have in common.
#pragma once

#include "base/json.h"

namespace schema::v1 {

// DNSSuffix, DNSDomain and DNSServerList, and Dns.
void DnsToV2(base::json::Object* document);
void DnsToV1(base::json::Object* document);

// Members the service writes and a client only sends back.
void DropReadOnly(base::json::Object* document);
// Health: its Extra members stand at the top of a v1 document, its Data is what v1
// calls Health.
void HealthToV1(base::json::Object* document);

// Sets the bit `flag` of Flags when the v1 member is true.
void BoolToFlag(base::json::Object* document, const char* name, unsigned flag);
bool HasFlag(const base::json::Object& document, unsigned flag);

}  // namespace schema::v1
