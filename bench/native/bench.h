// What the native benchmarks share: samples, their median, one line of JSON.
#pragma once

#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace bench {

struct Figure {
  std::string name;
  double value = 0;  // Median of the samples.
  std::string unit;
  double min = 0, max = 0;
  // In order; values are JSON already: "\"text\"", "64".
  std::vector<std::pair<std::string, std::string>> config;
};

// Sorts the samples. REQUIRES: at least one.
Figure MakeFigure(std::string name, std::string unit, std::vector<double> samples,
                  std::vector<std::pair<std::string, std::string>> config);
std::string Quote(const std::string& text);

// Of processor time: one thread works here, and what others do on the machine
// meanwhile is not its doing.
inline double Seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Settings {
  int samples = 5;
  double seconds = 0.5;      // Of one sample.
  std::string rules, trace;  // Files for `classify`, which is left out without them.
};

std::vector<Figure> MeasureClassify(const Settings& settings);
std::vector<Figure> MeasureFlowHit(const Settings& settings);
std::vector<Figure> MeasureFlowHitOverlay(const Settings& settings);
std::vector<Figure> MeasureFlowMemory(const Settings& settings);
std::vector<Figure> MeasureFlowMiss(const Settings& settings);
std::vector<Figure> MeasurePolicyChange(const Settings& settings);
std::vector<Figure> MeasureSwitchForward(const Settings& settings);

}  // namespace bench
