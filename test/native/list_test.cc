#include "vfp/list.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "native/test.h"

namespace {

using Numbers = vfp::List<std::uint16_t>;

std::string Printed(const Numbers& list) {
  std::string text;
  for (const std::uint16_t number : list) text += std::to_string(number) + " ";
  return text;
}

TEST("a copy of a list shares what is in it, until one of the two is changed") {
  Numbers list = {1, 2, 3};
  const Numbers copy = list;
  CHECK(copy.data() == list.data());
  list.push_back(4);
  CHECK(copy.data() != list.data());
  CHECK_EQ(Printed(copy), "1 2 3 ");
  CHECK_EQ(Printed(list), "1 2 3 4 ");
  list.pop_back();
  CHECK(list == copy);
}

TEST("a list grows by one of its own items") {
  Numbers list = {7};
  for (int i = 0; i < 9; ++i) list.push_back(list.front());
  CHECK_EQ(Printed(list), "7 7 7 7 7 7 7 7 7 7 ");
}

TEST("lists are equal by what is in them, and an empty one is like one that was cleared") {
  const std::vector<std::uint16_t> numbers = {5, 6};
  Numbers list = numbers;
  CHECK(list == (Numbers{5, 6}));
  CHECK(!(list == (Numbers{5})));
  list.clear();
  CHECK(list.empty());
  CHECK(list == Numbers());
  CHECK(Numbers(std::vector<std::uint16_t>()).data() == nullptr);
}

TEST("threads may keep and drop copies of one list") {
  const Numbers list = {1, 2, 3, 4};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([list] {
      for (int i = 0; i < 1000; ++i) {
        Numbers own = list;
        own.push_back(5);
        if (own.size() != 5 || list.size() != 4) std::abort();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(Printed(list), "1 2 3 4 ");
}

}  // namespace
