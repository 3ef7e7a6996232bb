#include "schema/dns.h"

#include "base/ip_address.h"

namespace schema {
namespace {

// A space or control character would end a word or a line of a resolver file.
void CheckWord(const std::string& word, const Scope& scope) {
  for (const char c : word) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f') {
      scope.FailText(scope.codes().document, word, "spaces and control characters have no place here");
      return;
    }
  }
}

void CheckWords(const std::vector<std::string>& words, const Scope& scope) {
  for (std::size_t i = 0; i < words.size(); ++i) CheckWord(words[i], scope.Element(i));
}

}  // namespace

Dns ReadDns(json::Object document, const Scope& scope) {
  Dns dns;
  Reader reader(std::move(document), scope);
  std::string suffix;  // The old name of Domain.
  reader.String("Suffix", &suffix);
  reader.String("Domain", &dns.domain);
  if (dns.domain.empty()) dns.domain = std::move(suffix);
  reader.StringsOrCommaList("Search", &dns.search);
  reader.StringsOrCommaList("ServerList", &dns.server_list);
  reader.StringsOrCommaList("Options", &dns.options);
  dns.rest = reader.TakeRest();

  CheckWord(dns.domain, scope.Member("Domain"));
  CheckWords(dns.search, scope.Member("Search"));
  CheckWords(dns.options, scope.Member("Options"));
  const Scope servers = scope.Member("ServerList");
  for (std::size_t i = 0; i < dns.server_list.size(); ++i) {
    if (base::IpAddress::Parse(dns.server_list[i])) continue;
    servers.Element(i).FailText(scope.codes().address, dns.server_list[i], "expected the IP address of a name server");
  }
  return dns;
}

json::Value WriteDns(const Dns& dns) {
  ObjectWriter writer;
  writer.AddText("Domain", dns.domain);
  if (!dns.search.empty()) writer.AddStrings("Search", dns.search);
  if (!dns.server_list.empty()) writer.AddStrings("ServerList", dns.server_list);
  if (!dns.options.empty()) writer.AddStrings("Options", dns.options);
  writer.AddRest(dns.rest);
  return writer.Take();
}

}  // namespace schema
