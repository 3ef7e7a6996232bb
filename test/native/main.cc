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
std::string skipped_because;

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

void Skip(const std::string& why) { skipped_because = why.substr(0, why.find('\n')); }

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
  int skipped = 0;
  for (const Case& c : Cases()) {
    if (std::strstr(c.name, filter) == nullptr && std::strstr(c.file, filter) == nullptr) continue;
    if (list) {
      std::printf("%s\n", c.name);
      continue;
    }
    failed = false;
    failures.clear();
    skipped_because.clear();
    c.body();
    ++run;
    if (failed) ++bad;
    const bool skip = !failed && !skipped_because.empty();
    if (skip) ++skipped;
    std::printf("%s %d - %s%s%s\n%s", failed ? "not ok" : "ok", run, c.name, skip ? " # SKIP " : "",
                skip ? skipped_because.c_str() : "", failures.c_str());
    std::fflush(stdout);
  }
  if (!list) std::printf("1..%d\n# %d passed, %d failed, %d skipped\n", run, run - bad - skipped, bad, skipped);
  return bad == 0 && (run > 0 || list) ? 0 : 1;
}
