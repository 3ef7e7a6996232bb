#include "compose/connection_settings.h"

#include <optional>
#include <string>
#include <utility>

#include "base/json.h"

namespace compose {
namespace {

using base::json::Object;
using base::json::Value;

constexpr std::uint64_t kLongest = 7 * 24 * 3600;  // The engine's ticks last for weeks.
constexpr std::uint64_t kMost = std::uint64_t{1} << 31;

base::Error Wrong(std::string_view member, std::string_view wanted) {
  return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                         "`" + std::string(member) + "` of `connections` must be " + std::string(wanted));
}

template <typename T, std::size_t N>
base::Status ReadNumbers(const Object& object, std::string_view member, std::uint64_t least, std::uint64_t most,
                         const std::pair<std::string_view, T*> (&fields)[N]) {
  const Value* value = object.Find(member);
  if (value == nullptr) return {};
  const Object* numbers = value->AsObject();
  if (numbers == nullptr) return Wrong(member, "an object");
  for (const auto& [name, field] : fields) {
    const Value* given = numbers->Find(name);
    if (given == nullptr) continue;
    const auto number = given->AsUint64();
    if (!number || *number < least || *number > most) {
      return Wrong(name, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    }
    *field = T(*number);
  }
  return {};
}

}  // namespace

base::Status ApplyConnectionSettings(std::string_view json, vfp::EngineOptions* options) {
  if (json.empty()) return {};
  HNS_ASSIGN_OR_RETURN(const Value parsed, base::json::Parse(json));
  const Object* object = parsed.AsObject();
  if (object == nullptr) return Wrong("connections", "an object");
  vfp::EngineOptions next = *options;
  if (const Value* windows = object->Find("tcpWindows"); windows != nullptr) {
    const auto wanted = windows->AsBool();
    if (!wanted) return Wrong("tcpWindows", "true or false");
    next.tcp_windows = *wanted;
  }
  vfp::Timeouts& timeouts = next.timeouts;
  const std::pair<std::string_view, std::chrono::seconds*> times[] = {{"tcpHalfOpen", &timeouts.tcp_half_open},
                                                                      {"tcpEstablished", &timeouts.tcp_established},
                                                                      {"tcpTimeWait", &timeouts.tcp_time_wait},
                                                                      {"tcpReset", &timeouts.tcp_reset},
                                                                      {"udp", &timeouts.udp},
                                                                      {"icmp", &timeouts.icmp},
                                                                      {"other", &timeouts.other},
                                                                      {"fragment", &timeouts.fragment}};
  HNS_RETURN_IF_ERROR(ReadNumbers(*object, "timeouts", 1, kLongest, times));
  const std::pair<std::string_view, std::size_t*> limits[] = {
      {"total", &next.limits.total}, {"tcpHalfOpen", &next.limits.tcp_half_open},
      {"tcp", &next.limits.tcp},     {"udp", &next.limits.udp},
      {"icmp", &next.limits.icmp},   {"other", &next.limits.other}};
  HNS_RETURN_IF_ERROR(ReadNumbers(*object, "limits", 0, kMost, limits));
  *options = next;
  return {};
}

}  // namespace compose
