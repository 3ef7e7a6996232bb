// Native benchmarks of the engine: prints one JSON array of
// {name, value, unit, spread: {min, max}, config}. Arguments select by name, or
// by its beginning; none means all. `--samples N`, `--seconds S`; `--rules FILE
// --trace FILE` for `classify`.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "bench.h"

namespace bench {

std::string Quote(const std::string& text) { return "\"" + text + "\""; }

Figure MakeFigure(std::string name, std::string unit, std::vector<double> samples,
                  std::vector<std::pair<std::string, std::string>> config) {
  std::sort(samples.begin(), samples.end());
  config.emplace_back("time", Quote("processor time of one core"));
  config.emplace_back("samples", std::to_string(samples.size()));
  return {.name = std::move(name),
          .value = samples[samples.size() / 2],
          .unit = std::move(unit),
          .min = samples.front(),
          .max = samples.back(),
          .config = std::move(config)};
}

namespace {

struct Benchmark {
  const char* name;
  std::vector<Figure> (*measure)(const Settings&);
};
constexpr Benchmark kAll[] = {{"classify", MeasureClassify},
                              {"flow.hit", MeasureFlowHit},
                              {"flow.hit.overlay", MeasureFlowHitOverlay},
                              {"flow.memory", MeasureFlowMemory},
                              {"flow.miss", MeasureFlowMiss},
                              {"policy.change", MeasurePolicyChange},
                              {"switch.forward", MeasureSwitchForward}};

void Print(const Figure& figure, bool first) {
  std::printf(
      "%s\n  {\"name\": \"%s\", \"value\": %.0f, \"unit\": \"%s\", \"spread\": {\"min\": %.0f, \"max\": %.0f}, "
      "\"config\": {",
      first ? "" : ",", figure.name.c_str(), figure.value, figure.unit.c_str(), figure.min, figure.max);
  for (std::size_t i = 0; i < figure.config.size(); ++i) {
    std::printf("%s\"%s\": %s", i == 0 ? "" : ", ", figure.config[i].first.c_str(), figure.config[i].second.c_str());
  }
  std::printf("}}");
  std::fflush(stdout);
}

int Run(int argc, char** argv) {
  Settings settings;
  std::vector<std::string> wanted;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--samples") == 0 && i + 1 < argc) {
      settings.samples = std::max(1, std::atoi(argv[++i]));
    } else if (std::strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
      settings.seconds = std::atof(argv[++i]);
    } else if (std::strcmp(argv[i], "--rules") == 0 && i + 1 < argc) {
      settings.rules = argv[++i];
    } else if (std::strcmp(argv[i], "--trace") == 0 && i + 1 < argc) {
      settings.trace = argv[++i];
    } else if (std::strcmp(argv[i], "--filter") != 0) {
      wanted.push_back(argv[i]);
    }
  }
  std::printf("[");
  bool first = true;
  for (const Benchmark& benchmark : kAll) {
    const bool chosen = wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& name) {
                          return std::string(benchmark.name).rfind(name, 0) == 0;
                        });
    if (!chosen) continue;
    for (const Figure& figure : benchmark.measure(settings)) {
      Print(figure, first);
      first = false;
    }
  }
  std::printf("\n]\n");
  return 0;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) { return bench::Run(argc, argv); }
