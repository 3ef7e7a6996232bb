// HNSCall's method, path and request, one after the other with a zero byte
// between: every answer is an envelope, whatever is asked.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/utf16.h"
#include "compose/host.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string_view TakePart(std::string_view* rest) {
  const std::size_t end = rest->find('\0');
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(end == std::string_view::npos ? rest->size() : end + 1);
  return part;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto method = base::Utf8ToUtf16(TakePart(&rest));
  const auto path = base::Utf8ToUtf16(TakePart(&rest));
  const auto request = base::Utf8ToUtf16(TakePart(&rest));
  if (!method || !path || !request) return 0;

  compose::HostOptions options;
  options.manual_clock = true;
  options.seed = 1;
  options.max_connections = 1000;
  auto host = compose::Host::Open(options);
  Require(host.ok());
  const abi::HcnTable& table = (*host)->hcn();
  char16_t* response = nullptr;
  Require(table.hns_call(table.context, method->c_str(), path->c_str(), request->c_str(), &response, nullptr) == 0);
  Require(response != nullptr);
  const auto text = base::Utf16ToUtf8(response);
  table.free_string(table.context, response);
  Require(text.has_value());
  const auto envelope = base::json::Parse(*text, {.max_depth = 128});
  Require(envelope.ok() && envelope->IsObject());
  const base::json::Value* success = envelope->AsObject()->Find("Success");
  Require(success != nullptr && success->IsBool());
  return 0;
}
