// First-packet classification by itself: a rule file and a trace in the formats
// of the peers' `rulegen` (ClassBench's filter format, decimal headers).
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "bench.h"
#include "vfp/internal/rule_table.h"

namespace bench {
namespace {

constexpr std::size_t kBatch = 32;
constexpr std::size_t kChecked = 2000;  // Headers whose answer is compared with the plain scan's.

[[noreturn]] void Stop(const std::string& why) {
  std::fprintf(stderr, "classify: %s\n", why.c_str());
  std::exit(1);
}

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

File Open(const std::string& path) {
  File file(std::fopen(path.c_str(), "r"));
  if (!file) Stop("`" + path + "` cannot be read");
  return file;
}

base::IpPrefix Prefix(const unsigned* bytes, unsigned length) {
  base::IpPrefix prefix;
  for (std::size_t i = 0; i < 4; ++i) prefix.address.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
  prefix.length = static_cast<std::uint8_t>(length);
  return prefix;
}

void AddPorts(unsigned first, unsigned last, vfp::List<base::PortRange>* ports) {
  if (first == 0 && last == 65535) return;
  ports->push_back({static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last)});
}

// The first rule that matches wins: priorities are 16 bits, so rule 2n and 2n + 1
// have priority n and the first of them blocks, which is evaluated first.
vfp::Rule RuleOfLine(const unsigned* x, std::size_t line) {
  vfp::Rule rule;
  char id[24];
  std::snprintf(id, sizeof id, "rule-%07zu", line);
  rule.id = id;
  rule.priority = static_cast<std::uint16_t>(line / 2);
  if (line % 2 == 0) rule.action = vfp::Block{};
  if (x[4] != 0) rule.conditions.sources.push_back(Prefix(x, x[4]));
  if (x[9] != 0) rule.conditions.destinations.push_back(Prefix(x + 5, x[9]));
  AddPorts(x[10], x[11], &rule.conditions.source_ports);
  AddPorts(x[12], x[13], &rule.conditions.destination_ports);
  if (x[15] != 0) rule.conditions.protocols.push_back(static_cast<std::uint8_t>(x[14]));
  return rule;
}

std::vector<vfp::Rule> ReadRules(const std::string& path) {
  const File file = Open(path);
  std::vector<vfp::Rule> rules;
  char line[300];
  while (std::fgets(line, sizeof line, file.get()) != nullptr) {
    unsigned x[16];
    if (std::sscanf(line, "@%u.%u.%u.%u/%u %u.%u.%u.%u/%u %u : %u %u : %u %x/%x", x, x + 1, x + 2, x + 3, x + 4, x + 5,
                    x + 6, x + 7, x + 8, x + 9, x + 10, x + 11, x + 12, x + 13, x + 14, x + 15) != 16) {
      Stop("`" + path + "` has a line that is not a rule: " + line);
    }
    if (x[15] != 0 && x[15] != 0xff) Stop("a protocol mask that is neither 0x00 nor 0xff");
    rules.push_back(RuleOfLine(x, rules.size()));
  }
  if (rules.empty() || rules.size() > 131'070) Stop("`" + path + "` has no rules, or more than 131070");
  return rules;
}

std::vector<vfp::Tuple> ReadTrace(const std::string& path) {
  const File file = Open(path);
  std::vector<vfp::Tuple> trace;
  char line[200];
  while (std::fgets(line, sizeof line, file.get()) != nullptr) {
    unsigned x[5];
    if (std::sscanf(line, "%u %u %u %u %u", x, x + 1, x + 2, x + 3, x + 4) != 5) {
      Stop("`" + path + "` has a line that is not a header: " + line);
    }
    vfp::Tuple tuple;
    tuple.source = base::IpAddress::V4(x[0]);
    tuple.destination = base::IpAddress::V4(x[1]);
    tuple.source_port = static_cast<std::uint16_t>(x[2]);
    tuple.destination_port = static_cast<std::uint16_t>(x[3]);
    tuple.protocol = static_cast<std::uint8_t>(x[4]);
    trace.push_back(tuple);
  }
  if (trace.empty()) Stop("`" + path + "` has no headers");
  return trace;
}

void MatchInBatches(const vfp::RuleTable& table, const std::vector<vfp::Tuple>& trace,
                    std::vector<vfp::CompiledRule*>* found) {
  for (std::size_t i = 0; i < trace.size(); i += kBatch) {
    table.Match(std::span(trace).subspan(i, std::min(kBatch, trace.size() - i)), &(*found)[i]);
  }
}

void CheckAgainstScan(const vfp::RuleTable& table, const std::vector<vfp::Tuple>& trace) {
  std::vector<vfp::CompiledRule*> found(trace.size());
  MatchInBatches(table, trace, &found);
  const std::size_t step = std::max<std::size_t>(1, trace.size() / kChecked);
  for (std::size_t i = 0; i < trace.size(); i += step) {
    const vfp::CompiledRule* expected = table.MatchByScan(trace[i]);
    if (found[i] != expected || table.Match(trace[i]) != expected) {
      Stop("header " + std::to_string(i + 1) + " was given another rule than the plain scan gives it");
    }
  }
}

}  // namespace

std::vector<Figure> MeasureClassify(const Settings& settings) {
  if (settings.rules.empty() || settings.trace.empty()) return {};
  const std::vector<vfp::Rule> rules = ReadRules(settings.rules);
  const std::vector<vfp::Tuple> trace = ReadTrace(settings.trace);
  const std::vector<std::pair<std::string, std::string>> config = {
      {"rules", std::to_string(rules.size())},
      {"headers", std::to_string(trace.size())},
      {"file", Quote(settings.rules.substr(settings.rules.find_last_of('/') + 1))}};
  std::vector<double> build, batch, single, add, remove, bytes;
  std::vector<vfp::CompiledRule*> found(trace.size());
  for (int sample = 0; sample < settings.samples; ++sample) {
    vfp::RuleTable table;
    auto copies = rules;
    double start = Seconds();
    for (auto& rule : copies) {
      if (!table.Add(std::move(rule)).ok()) Stop("a rule could not be added");
    }
    table.Settle();
    build.push_back((Seconds() - start) * 1e3);
    bytes.push_back(static_cast<double>(table.index_bytes()));

    start = Seconds();
    MatchInBatches(table, trace, &found);
    batch.push_back(static_cast<double>(trace.size()) / (Seconds() - start));
    if (sample == 0) CheckAgainstScan(table, trace);

    start = Seconds();
    for (std::size_t i = 0; i < trace.size(); ++i) found[i] = table.Match(trace[i]);
    single.push_back(static_cast<double>(trace.size()) / (Seconds() - start));

    // Each a rule of the file, taken out and put back where it was.
    const std::size_t changes = std::min<std::size_t>(rules.size(), 10'000);
    const std::size_t step = rules.size() / changes;
    start = Seconds();
    for (std::size_t i = 0; i < changes; ++i) table.Remove(rules[i * step].id);
    remove.push_back((Seconds() - start) / static_cast<double>(changes) * 1e9);
    copies.clear();
    for (std::size_t i = 0; i < changes; ++i) copies.push_back(rules[i * step]);
    start = Seconds();
    for (auto& rule : copies) {
      if (!table.Add(std::move(rule)).ok()) Stop("a rule could not be added again");
    }
    add.push_back((Seconds() - start) / static_cast<double>(changes) * 1e9);
    if (sample == 0) CheckAgainstScan(table, trace);
  }
  auto with_batch = config, one_by_one = config;
  with_batch.emplace_back("batch", std::to_string(kBatch));
  one_by_one.emplace_back("batch", "1");
  return {
      MakeFigure("classify", "lookups/s", batch, with_batch), MakeFigure("classify", "lookups/s", single, one_by_one),
      MakeFigure("classify.build", "ms", build, config),      MakeFigure("classify.add", "ns", add, config),
      MakeFigure("classify.remove", "ns", remove, config),    MakeFigure("classify.bytes", "bytes", bytes, config)};
}

}  // namespace bench
