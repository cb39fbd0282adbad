// What loading says of weights that are not as they should be.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "lib/core/error.hpp"
#include "tests/unit/temporary_file.hpp"

namespace ictus::tests {

/// The error of load(path) for a file of this content, which must come with a hint; empty without an error.
template <typename Load>
std::string message_of_loading(const std::string& content, Load load) {
  const TemporaryFile file(content);
  try {
    static_cast<void>(load(file.path()));
  } catch (const Error& error) {
    CHECK_FALSE(error.hint().empty());
    return error.what();
  }
  return "";
}

/// `text` with `to` in place of `from`, which must be in it.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// What damages weights, and what the refusal has to speak of.
struct Damage {
  const char* from;
  const char* to;
  const char* said;
};

/// That good weights are loaded, and that load(path) refuses nothing at all, half of them, those with one of
/// these damages, and a file that is not there.
template <typename Load>
void check_refusals(const std::string& good, Load load, const std::vector<Damage>& damages) {
  CHECK(message_of_loading(good, load) == "");
  CHECK(message_of_loading("", load) != "");
  CHECK(message_of_loading(good.substr(0, good.size() / 2), load) != "");
  for (const Damage& damage : damages) {
    CAPTURE(damage.to);
    const std::string said = message_of_loading(replaced(good, damage.from, damage.to), load);
    CHECK(said != "");
    CHECK(said.find(damage.said) != std::string::npos);
  }
  CHECK_THROWS_WITH_AS(load("/nowhere/weights"), doctest::Contains("/nowhere/weights"), Error);
}

}  // namespace ictus::tests
