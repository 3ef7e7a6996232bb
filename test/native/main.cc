// Runs the native tests and prints TAP. `--filter TEXT` runs those whose name or
// file contains TEXT; `--list` prints their names.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "native/test.h"

namespace native_test {
namespace {

struct Case {
  const char* file;
  const char* name;
  void (*body)();
};

std::vector<Case>& Cases() {
  static std::vector<Case> cases;
  return cases;
}

bool failed = false;
std::string failures;

}  // namespace

bool Register(const char* file, const char* name, void (*body)()) {
  Cases().push_back({file, name, body});
  return true;
}

void Fail(const char* file, int line, const std::string& text) {
  failed = true;
  failures += "  " + std::string(file) + ":" + std::to_string(line) + ": " + text + "\n";
}

bool Failed() { return failed; }

}  // namespace native_test

int main(int argc, char** argv) {
  using namespace native_test;
  const char* filter = "";
  bool list = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--filter") == 0 && i + 1 < argc) filter = argv[++i];
    if (std::strcmp(argv[i], "--list") == 0) list = true;
  }
  int run = 0;
  int bad = 0;
  for (const Case& c : Cases()) {
    if (std::strstr(c.name, filter) == nullptr && std::strstr(c.file, filter) == nullptr) continue;
    if (list) {
      std::printf("%s\n", c.name);
      continue;
    }
    failed = false;
    failures.clear();
    c.body();
    ++run;
    if (failed) ++bad;
    std::printf("%s %d - %s\n%s", failed ? "not ok" : "ok", run, c.name, failures.c_str());
    std::fflush(stdout);
  }
  if (!list) std::printf("1..%d\n# %d passed, %d failed\n", run, run - bad, bad);
  return bad == 0 && (run > 0 || list) ? 0 : 1;
}
