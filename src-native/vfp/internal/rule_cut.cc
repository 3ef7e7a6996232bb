// Choosing the bits a node of a rule tree picks: greedily, one after the other,
// the one that leaves a packet the fewest lanes to be compared with. That is the
// sum over children of the square of their lanes, if packets come in proportion
// to lanes. Of many lanes a sample is asked.
#include <algorithm>
#include <bit>
#include <utility>

#include "vfp/internal/rule_tree.h"

namespace vfp {
namespace {

constexpr std::size_t kSample = 2048;
constexpr std::size_t kCandidates = 20;  // The best bits by themselves.
constexpr int kMaxBits = 10;
// A bit that leaves more than this of the cost is not worth a step.
constexpr double kWorthwhile = 0.9;

struct Candidate {
  double cost;
  int word;
  std::uint64_t bit;
};

// A lane of the sample in the child it is in so far. A lane may be in several.
struct Placed {
  std::uint32_t lane;
  std::uint32_t child;
};

template <int kWords>
class Chooser {
 public:
  Chooser(const std::vector<CutLane<kWords>>& all, const std::vector<std::uint32_t>& members)
      : all_(all), size_(members.size()) {
    const std::size_t step = std::max<std::size_t>(1, members.size() / kSample);
    for (std::size_t i = 0; i < members.size(); i += step) placed_.push_back({members[i], 0});
    FindCandidates();
  }

  Cut Choose(double growth) {
    const auto sample = static_cast<double>(placed_.size());
    double cost = sample * sample;
    const int most = std::min<int>(kMaxBits, std::bit_width(size_ / (RuleTree<kWords>::kLeafLanes / 2)));
    int bits = 0;
    while (bits < most) {
      const Candidate* best = nullptr;
      double best_cost = cost * kWorthwhile;
      for (const Candidate& candidate : candidates_) {
        if (!MayTake(candidate)) continue;
        const double its_cost = CostOf(candidate, bits, sample * growth);
        if (its_cost < best_cost) {
          best_cost = its_cost;
          best = &candidate;
        }
      }
      if (best == nullptr) break;
      Take(*best, bits);
      ++bits;
      cost = best_cost;
      // Children are small enough on average.
      if (cost <= static_cast<double>(placed_.size()) * RuleTree<kWords>::kLeafLanes / 2) break;
    }
    // Of the two words of IPv4 the first is always that of addresses: searches rely on it.
    if (kWords == 1 && cut_.first_word != 0) {
      std::swap(cut_.first_word, cut_.second_word);
      std::swap(cut_.first_mask, cut_.second_mask);
    }
    if (kWords == 1) cut_.second_word = 1;
    return cut_;
  }

 private:
  void FindCandidates() {
    const auto sample = static_cast<double>(placed_.size());
    for (int word = 0; word <= kWords; ++word) {
      // The bits that are one in some lane and zero in another: few.
      std::uint64_t some_one = 0, some_zero = 0;
      for (const Placed& one : placed_) {
        const CutLane<kWords>& lane = all_[one.lane];
        some_one |= lane.value[word];
        some_zero |= lane.fixed[word] & ~lane.value[word];
      }
      for (std::uint64_t bits = some_one & some_zero; bits != 0; bits &= bits - 1) {
        const int bit = std::countr_zero(bits);
        std::uint32_t ones = 0, zeros = 0;
        for (const Placed& one : placed_) {
          const CutLane<kWords>& lane = all_[one.lane];
          ones += static_cast<std::uint32_t>(lane.value[word] >> bit & 1);
          zeros += static_cast<std::uint32_t>((lane.fixed[word] & ~lane.value[word]) >> bit & 1);
        }
        const double with_one = sample - zeros, with_zero = sample - ones;
        candidates_.push_back({with_one * with_one + with_zero * with_zero, word, std::uint64_t{1} << bit});
      }
    }
    std::sort(candidates_.begin(), candidates_.end(),
              [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
    if (candidates_.size() > kCandidates) candidates_.resize(kCandidates);
  }

  bool MayTake(const Candidate& candidate) const {
    if (cut_.first_mask == 0 || candidate.word == cut_.first_word) return (cut_.first_mask & candidate.bit) == 0;
    if (cut_.second_mask == 0 || candidate.word == cut_.second_word) return (cut_.second_mask & candidate.bit) == 0;
    return false;  // A node has bits of two words at most.
  }

  double CostOf(const Candidate& candidate, int bits, double most_lanes) {
    counts_.assign(std::size_t{2} << bits, 0);
    std::size_t total = 0;
    for (const Placed& one : placed_) {
      const CutLane<kWords>& lane = all_[one.lane];
      const bool is_fixed = (lane.fixed[candidate.word] & candidate.bit) != 0;
      const bool is_one = (lane.value[candidate.word] & candidate.bit) != 0;
      const bool in_zero = !is_fixed || !is_one, in_one = !is_fixed || is_one;
      counts_[2 * one.child] += in_zero;
      counts_[2 * one.child + 1] += in_one;
      total += static_cast<std::size_t>(in_zero) + static_cast<std::size_t>(in_one);
    }
    if (static_cast<double>(total) > most_lanes) return 1e300;
    double cost = 0;
    for (const std::uint32_t count : counts_) cost += static_cast<double>(count) * count;
    return cost;
  }

  void Take(const Candidate& candidate, int bits) {
    if (cut_.first_mask == 0 || candidate.word == cut_.first_word) {
      cut_.first_word = static_cast<std::uint8_t>(candidate.word);
      cut_.first_mask |= candidate.bit;
    } else {
      cut_.second_word = static_cast<std::uint8_t>(candidate.word);
      cut_.second_mask |= candidate.bit;
    }
    std::vector<Placed> next;
    next.reserve(placed_.size() * 2);
    for (const Placed& one : placed_) {
      const CutLane<kWords>& lane = all_[one.lane];
      const bool is_fixed = (lane.fixed[candidate.word] & candidate.bit) != 0;
      const bool is_one = (lane.value[candidate.word] & candidate.bit) != 0;
      if (!is_fixed || !is_one) next.push_back({one.lane, one.child});
      if (!is_fixed || is_one) next.push_back({one.lane, one.child | std::uint32_t{1} << bits});
    }
    // Only how lanes are grouped matters here, not how children are numbered:
    // CostOf's numbering needs children dense below 1 << (bits + 1), which they are.
    placed_ = std::move(next);
  }

  const std::vector<CutLane<kWords>>& all_;
  std::size_t size_;
  std::vector<Placed> placed_;
  std::vector<Candidate> candidates_;
  std::vector<std::uint32_t> counts_;
  Cut cut_;
};

}  // namespace

int Cut::bits() const { return std::popcount(first_mask) + std::popcount(second_mask); }

template <int kWords>
Cut ChooseCut(const std::vector<CutLane<kWords>>& all, const std::vector<std::uint32_t>& members, double growth) {
  return Chooser<kWords>(all, members).Choose(growth);
}

template Cut ChooseCut<1>(const std::vector<CutLane<1>>&, const std::vector<std::uint32_t>&, double);
template Cut ChooseCut<4>(const std::vector<CutLane<4>>&, const std::vector<std::uint32_t>&, double);

}  // namespace vfp
