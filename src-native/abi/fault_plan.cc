#include "abi/fault_plan.h"

#include <optional>
#include <utility>

#include "base/json.h"

namespace abi {
namespace {

base::Error Wrong(std::string_view member, std::string_view wanted) {
  return base::MakeError(base::hr::ERROR_INVALID_PARAMETER,
                         "`" + std::string(member) + "` of a fault must be " + std::string(wanted));
}

std::optional<Fault::Action> ActionOf(std::string_view name) {
  if (name == "delay") return Fault::Action::kDelay;
  if (name == "hang") return Fault::Action::kHang;
  if (name == "fail") return Fault::Action::kFail;
  if (name == "restart") return Fault::Action::kRestart;
  return std::nullopt;
}

base::Result<std::uint64_t> Count(const base::json::Object& object, std::string_view member, std::uint64_t otherwise) {
  const base::json::Value* value = object.Find(member);
  if (value == nullptr) return otherwise;
  const auto count = value->AsUint64();
  if (!count) return Wrong(member, "an integer from 0 on");
  return *count;
}

base::Result<Fault> ParseFault(const base::json::Object& object) {
  Fault fault;
  const base::json::Value* call = object.Find("call");
  if (call == nullptr || call->AsString() == nullptr) return Wrong("call", "the name of a call");
  fault.call = *call->AsString();

  const base::json::Value* action = object.Find("fault");
  const auto known = action == nullptr || action->AsString() == nullptr ? std::nullopt : ActionOf(*action->AsString());
  if (!known) return Wrong("fault", "`delay`, `hang`, `fail` or `restart`");
  fault.action = *known;

  if (const base::json::Value* when = object.Find("when"); when != nullptr) {
    const std::string* text = when->AsString();
    if (text == nullptr || (*text != "before" && *text != "after")) return Wrong("when", "`before` or `after`");
    fault.after = *text == "after";
  }
  if (const base::json::Value* probability = object.Find("probability"); probability != nullptr) {
    const auto given = probability->AsDouble();
    if (!given || !(*given >= 0 && *given <= 1)) return Wrong("probability", "from 0 to 1");
    fault.probability = *given;
  }
  HNS_ASSIGN_OR_RETURN(fault.nth, Count(object, "nth", fault.nth));
  HNS_ASSIGN_OR_RETURN(fault.times, Count(object, "times", fault.times));
  HNS_ASSIGN_OR_RETURN(const std::uint64_t code, Count(object, "code", 0));
  HNS_ASSIGN_OR_RETURN(const std::uint64_t nanoseconds, Count(object, "nanoseconds", 0));
  if (fault.action == Fault::Action::kFail && (code < 0x80000000u || code > 0xFFFFFFFFu)) {
    return Wrong("code", "a failing HRESULT");
  }
  if (nanoseconds > std::uint64_t{1} << 53) return Wrong("nanoseconds", "at most 2^53");
  fault.code = base::MakeHResult(static_cast<std::uint32_t>(code));
  fault.duration = std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds));
  return fault;
}

// SplitMix64 (Steele, Lea, Flood, OOPSLA '14).
std::uint64_t Next(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

}  // namespace

base::Result<std::vector<Fault>> ParseFaults(std::string_view text) {
  std::vector<Fault> faults;
  if (text.empty()) return faults;
  HNS_ASSIGN_OR_RETURN(const base::json::Value list, base::json::Parse(text));
  if (list.AsArray() == nullptr) return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "`faults` must be an array");
  for (const base::json::Value& entry : *list.AsArray()) {
    if (entry.AsObject() == nullptr)
      return base::MakeError(base::hr::ERROR_INVALID_PARAMETER, "a fault must be an object");
    HNS_ASSIGN_OR_RETURN(Fault fault, ParseFault(*entry.AsObject()));
    faults.push_back(std::move(fault));
  }
  return faults;
}

FaultPlan::FaultPlan(std::vector<Fault> faults, std::uint64_t seed) {
  for (Fault& fault : faults) faults_.push_back({std::move(fault), Next(seed)});
}

std::vector<Fault> FaultPlan::Strike(std::string_view call) {
  std::vector<Fault> strikes;
  for (Armed& armed : faults_) {
    const Fault& fault = armed.fault;
    if (fault.call != "*" && fault.call != call) continue;
    ++armed.calls;
    if (fault.nth != 0 && armed.calls != fault.nth) continue;
    if (armed.struck >= fault.times) continue;
    if (fault.probability < 1) {
      const double drawn = static_cast<double>(Next(armed.random) >> 11) * 0x1p-53;
      if (drawn >= fault.probability) continue;
    }
    ++armed.struck;
    strikes.push_back(fault);
  }
  return strikes;
}

}  // namespace abi
