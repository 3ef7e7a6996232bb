#include "ports/linux/resolver_text.h"

#include <algorithm>
#include <string_view>

namespace ports {
namespace {

bool IsWord(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x20; });
}

void AppendOnce(const std::string& word, std::vector<std::string>* words) {
  if (std::find(words->begin(), words->end(), word) == words->end()) words->push_back(word);
}

std::string Line(const char* keyword, const std::vector<std::string>& words) {
  if (words.empty()) return {};
  std::string line = keyword;
  for (const std::string& word : words) line += " " + word;
  return line + "\n";
}

}  // namespace

base::Status CheckResolver(const ResolverSettings& settings) {
  const auto check = [](const std::vector<std::string>& words) -> base::Status {
    for (const std::string& word : words) {
      if (IsWord(word)) continue;
      return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                             "`" + word + "` is not one word of a resolver's settings");
    }
    return {};
  };
  if (!settings.domain.empty()) HNS_RETURN_IF_ERROR(check({settings.domain}));
  HNS_RETURN_IF_ERROR(check(settings.search));
  HNS_RETURN_IF_ERROR(check(settings.servers));
  return check(settings.options);
}

std::string ResolverText(const std::vector<const ResolverSettings*>& interfaces) {
  std::vector<std::string> search;
  std::vector<std::string> servers;
  std::vector<std::string> options;
  for (const ResolverSettings* one : interfaces) {
    if (!one->domain.empty()) AppendOnce(one->domain, &search);
    for (const std::string& suffix : one->search) AppendOnce(suffix, &search);
    for (const std::string& server : one->servers) AppendOnce(server, &servers);
    for (const std::string& option : one->options) AppendOnce(option, &options);
  }
  std::string text = "# The DNS settings of this compartment's endpoints.\n";
  text += Line("search", search);
  for (const std::string& server : servers) text += "nameserver " + server + "\n";
  return text + Line("options", options);
}

}  // namespace ports
