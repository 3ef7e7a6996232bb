// A small test harness: `npm ci` alone must be able to build it.
//
// TEST("a sentence about the product") { CHECK(...); CHECK_EQ(actual, expected); }
// Each test prints one TAP line; a failed check names file, line and values and
// ends that test.
#pragma once

#include <functional>
#include <sstream>
#include <string>
#include <type_traits>

namespace native_test {

struct Failure {
  std::string text;
};

bool Register(const char* file, const char* name, void (*body)());
void Fail(const char* file, int line, const std::string& text);
bool Failed();  // The running test has failed already.
// The running test asked for a capability this machine has not; `why` names it.
// It then returns, and is reported as skipped, not as passed.
void Skip(const std::string& why);

template <typename T>
std::string Show(const T& value) {
  if constexpr (requires(std::ostream & out, const T& v) { out << v; }) {
    std::ostringstream out;
    out << std::boolalpha << value;
    return out.str();
  } else if constexpr (requires(const T& v) { v.ToString(); }) {
    return value.ToString();
  } else if constexpr (std::is_enum_v<T>) {
    return std::to_string(static_cast<long long>(value));
  } else {
    return "(value)";
  }
}

}  // namespace native_test

#define HNS_TEST_CONCAT_INNER(a, b) a##b
#define HNS_TEST_CONCAT(a, b) HNS_TEST_CONCAT_INNER(a, b)
#define TEST(name)                                                                     \
  static void HNS_TEST_CONCAT(test_body_, __LINE__)();                                 \
  [[maybe_unused]] static const bool HNS_TEST_CONCAT(test_registered_, __LINE__) =     \
      ::native_test::Register(__FILE__, name, &HNS_TEST_CONCAT(test_body_, __LINE__)); \
  static void HNS_TEST_CONCAT(test_body_, __LINE__)()

// Leaves the test (or the helper function returning void) on failure.
#define CHECK(condition)                                                \
  do {                                                                  \
    if (!(condition)) {                                                 \
      ::native_test::Fail(__FILE__, __LINE__, "not true: " #condition); \
      return;                                                           \
    }                                                                   \
  } while (false)

#define CHECK_EQ(actual, expected)                                                                           \
  do {                                                                                                       \
    const auto hns_actual_ = (actual); /* A copy: `actual` may refer into a temporary. */                    \
    const auto hns_expected_ = (expected);                                                                   \
    if (!(hns_actual_ == hns_expected_)) {                                                                   \
      ::native_test::Fail(__FILE__, __LINE__,                                                                \
                          std::string(#actual) + " is " + ::native_test::Show(hns_actual_) + ", expected " + \
                              ::native_test::Show(hns_expected_));                                           \
      return;                                                                                                \
    }                                                                                                        \
  } while (false)
