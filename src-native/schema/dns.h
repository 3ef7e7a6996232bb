// Resolver settings of a network or an endpoint.
#pragma once

#include <string>
#include <vector>

#include "schema/common.h"

namespace schema {

// No text here has spaces or control characters; servers are IP addresses in
// the client's spelling. So each can stand in a resolver file as it is.
struct Dns {
  std::string domain;
  std::vector<std::string> search;
  std::vector<std::string> server_list;
  std::vector<std::string> options;
  json::Object rest;

  bool empty() const { return domain.empty() && search.empty() && server_list.empty() && options.empty(); }
  bool operator==(const Dns&) const = default;
};

// Also takes `Suffix` for `Domain`, and comma lists for the arrays.
Dns ReadDns(json::Object document, const Scope& scope);
json::Value WriteDns(const Dns& dns);

}  // namespace schema
