// The features and profiles of hns/, as the binding gives them to programs.
#pragma once

#include <string>

namespace compose {

// JSON: {"profiles":{"server2022":"13.3",…},"defaultProfile":"server2022",
// "features":[{"name","about","versions":[{"first":[9,3],"last":[9,65535]},…],
// "versionsText","refusedWith","isCodeKnown"},…]}.
std::string DescribeVersions();

}  // namespace compose
