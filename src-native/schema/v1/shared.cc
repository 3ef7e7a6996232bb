#include "schema/v1/shared.h"

#include <array>
#include <cstdint>
#include <utility>

#include "schema/v1/members.h"

namespace schema::v1 {
namespace {

struct DnsMember {
  std::string_view v1;
  std::string_view v2;
};
constexpr std::array<DnsMember, 3> kDnsMembers = {
    {{"DNSSuffix", "Search"}, {"DNSServerList", "ServerList"}, {"DNSDomain", "Domain"}}};

}  // namespace

void DnsToV2(json::Object* document) {
  for (const DnsMember& member : kDnsMembers) {
    std::optional<json::Value> value = TakeSet(document, member.v1);
    if (!value) continue;
    json::Object* dns = Child(document, "Dns");
    if (dns == nullptr) return;
    dns->Set(member.v2, std::move(*value));
  }
}

void DnsToV1(json::Object* document) {
  std::optional<json::Value> value = Take(document, "Dns");
  if (!value || !value->IsObject()) return;
  json::Object dns = std::move(*value->AsObject());
  for (const DnsMember& member : kDnsMembers) {
    const std::optional<json::Value> words = Take(&dns, member.v2);
    if (words) document->Set(member.v1, CommaList(*words));
  }
}

void DropReadOnly(json::Object* document) {
  for (const std::string_view name : {"Health", "State", "Version", "Resources", "ActivityId", "ObjectType"}) {
    Take(document, name);
  }
}

void HealthToV1(json::Object* document) {
  const std::optional<json::Value> health = Take(document, "Health");
  json::Object shown;
  if (health && health->IsObject()) {
    if (const json::Value* extra = health->AsObject()->FindIgnoringCase("Extra");
        extra != nullptr && extra->IsObject()) {
      for (const json::Member& member : *extra->AsObject()) document->Set(member.name, member.value);
    }
    if (const json::Value* data = health->AsObject()->FindIgnoringCase("Data"); data != nullptr && data->IsObject()) {
      shown = *data->AsObject();
    }
  }
  if (shown.FindIgnoringCase("LastErrorCode") == nullptr) shown.Set("LastErrorCode", 0);
  document->Set("Health", std::move(shown));
}

void BoolToFlag(json::Object* document, const char* name, unsigned flag) {
  if (!TakeBool(document, name)) return;
  std::optional<json::Value> flags = Take(document, "Flags");
  if (flags && !flags->AsUint64()) {
    document->Set("Flags", std::move(*flags));  // Text: the reader knows.
    return;
  }
  document->Set("Flags", (flags ? *flags->AsUint64() : 0) | flag);
}

bool HasFlag(const json::Object& document, unsigned flag) {
  const json::Value* flags = document.FindIgnoringCase("Flags");
  return flags != nullptr && (flags->AsUint64().value_or(0) & flag) != 0;
}

}  // namespace schema::v1
