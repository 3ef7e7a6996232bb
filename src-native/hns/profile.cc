#include "hns/profile.h"

#include <iterator>

namespace hns {

namespace {

// Server 2019 as it was released; its updates raised it inside the 9 line, and
// are asked for by number.
constexpr NamedProfile kNamed[] = {
    {"server2019", {9, 2}},
    {"server2022", {13, 3}},
    {"latest", {15, 4}},
};

struct SchemaRow {
  HnsVersion since;
  schema::SchemaVersion schema;
};

// Newest first. Published for Server 2019 and Server 2022. Unverified: versions
// between them write what the older one does, and 15.0 on the newest schema
// that is documented; nobody published a rule.
constexpr SchemaRow kSchemas[] = {
    {{15, 0}, {2, 16}},
    {{13, 0}, {2, 11}},
    {{0, 0}, {2, 0}},
};

}  // namespace

std::span<const NamedProfile> NamedProfiles() { return kNamed; }

Profile ProfileOf(HnsVersion version) {
  for (const SchemaRow& row : kSchemas) {
    if (row.since <= version) return {version, row.schema};
  }
  return {version, std::prev(std::end(kSchemas))->schema};
}

base::Result<Profile> ParseProfile(std::string_view text) {
  if (text.empty()) return Profile{};
  for (const NamedProfile& named : kNamed) {
    if (named.name == text) return ProfileOf(named.version);
  }
  // An older service has HNSCall alone, and this host's calls are HCN's.
  if (const auto version = ParseHnsVersion(text); version && Supports(*version, Feature::kApiV2)) {
    return ProfileOf(*version);
  }
  std::string names;
  for (const NamedProfile& named : kNamed) names += "`" + std::string(named.name) + "`, ";
  return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "`" + std::string(text) + "` is no profile; expected " +
                                                                names +
                                                                "or the version of an HNS from 9.2 on, such as `13.2`");
}

}  // namespace hns
