// Which Host Networking Service an embedded host is: its version, and what it
// writes into documents.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "hns/features.h"
#include "schema/common.h"

namespace hns {

struct Profile {
  HnsVersion version{13, 3};
  schema::SchemaVersion schema = schema::kServer2022Schema;

  bool operator==(const Profile&) const = default;
};

// A release whose version somebody published; others are asked for by number.
struct NamedProfile {
  std::string_view name;
  HnsVersion version;
};
std::span<const NamedProfile> NamedProfiles();

// "server2022", "latest" or a version from 9.2 on such as "13.2"; empty for the
// default, Server 2022. ERROR_INVALID_PARAMETER names what there is.
base::Result<Profile> ParseProfile(std::string_view text);
Profile ProfileOf(HnsVersion version);

}  // namespace hns
