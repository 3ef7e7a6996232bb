// Failure as a value: every room returns Result<T> or Status, nothing throws.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/error_codes.h"

namespace base {

// `detail` is one clause for people: what was asked, what was found, the value
// in backticks, what would be right. It is appended to the code's own text.
struct Error {
  HResult code = hr::E_UNEXPECTED;
  std::string detail;
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design
  bool ok() const { return !error_.has_value(); }
  // REQUIRES: !ok().
  const Error& error() const {
    assert(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design
  bool ok() const { return state_.index() == 0; }
  // REQUIRES: ok().
  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  T& operator*() { return *std::get_if<0>(&state_); }
  const T& operator*() const { return *std::get_if<0>(&state_); }
  // REQUIRES: !ok().
  const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

inline Error MakeError(HResult code, std::string detail = {}) { return Error{code, std::move(detail)}; }

}  // namespace base

// Leaves the calling function with the error of `expr`.
#define HNS_RETURN_IF_ERROR(expr)                                                 \
  do {                                                                            \
    if (auto hns_status_ = (expr); !hns_status_.ok()) return hns_status_.error(); \
  } while (false)

#define HNS_CONCAT_INNER_(a, b) a##b
#define HNS_CONCAT_(a, b) HNS_CONCAT_INNER_(a, b)
// `HNS_ASSIGN_OR_RETURN(auto x, F());` binds the value or leaves with the error.
#define HNS_ASSIGN_OR_RETURN(lhs, expr)                                                            \
  auto HNS_CONCAT_(hns_result_, __LINE__) = (expr);                                                \
  if (!HNS_CONCAT_(hns_result_, __LINE__).ok()) return HNS_CONCAT_(hns_result_, __LINE__).error(); \
  lhs = std::move(HNS_CONCAT_(hns_result_, __LINE__)).value()
