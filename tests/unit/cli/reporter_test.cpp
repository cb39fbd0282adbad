#include "apps/cli/reporter.hpp"

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

namespace ictus::cli {
namespace {

using std::chrono::milliseconds;

/// Standard error of a reporter, and the time that it sees.
struct Bench {
  Streams streams{.err = ::memfd_create("standard error", MFD_CLOEXEC)};
  Reporter::Clock::time_point now{};

  Bench() = default;
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  ~Bench() { ::close(streams.err); }

  [[nodiscard]] std::function<Reporter::Clock::time_point()> clock() const {
    return [this] { return now; };
  }
  /// What has been written so far.
  [[nodiscard]] std::string written() const {
    std::string text(static_cast<std::size_t>(::lseek(streams.err, 0, SEEK_CUR)), '\0');
    REQUIRE(::pread(streams.err, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    return text;
  }
};

constexpr const char* kErased = "\r\033[K";

std::string drawn(const std::string& text) { return "\r" + text + "\033[K"; }

TEST_CASE("the progress line is drawn at once, and then at most every 100 ms") {
  Bench bench;
  Reporter reporter(bench.streams, false, options::Progress::always, bench.clock());
  std::string expected;
  for (int ms = 0; ms < 1000; ++ms) {
    reporter.progress(0, std::to_string(ms));
    if (ms % 100 == 0) expected += drawn(std::to_string(ms));
    bench.now += milliseconds(1);
  }
  CHECK(bench.written() == expected);
}

TEST_CASE("a message takes the place of the line, which comes again with the next news") {
  Bench bench;
  Reporter reporter(bench.streams, false, options::Progress::always, bench.clock());
  reporter.progress(0, "a: 10 %");
  reporter.say("b is done");
  reporter.progress(0, "a: 11 %");
  CHECK(bench.written() == drawn("a: 10 %") + kErased + "b is done\n" + drawn("a: 11 %"));
  reporter.end_progress(0);
  CHECK(bench.written().ends_with(drawn("a: 11 %") + kErased));
}

TEST_CASE("several tasks share the line") {
  Bench bench;
  Reporter reporter(bench.streams, false, options::Progress::always, bench.clock());
  reporter.progress(1, "b: 1 %");
  reporter.progress(0, "a: 2 %");
  bench.now += milliseconds(100);
  reporter.progress(1, "b: 3 %");
  CHECK(bench.written() == drawn("b: 1 %") + drawn("a: 2 %  |  b: 3 %"));
}

TEST_CASE("no line where nobody would see it, or wants it") {
  for (const auto& [quiet, progress] :
       {std::pair{true, options::Progress::always}, std::pair{false, options::Progress::never},
        std::pair{false, options::Progress::automatic}}) {
    Bench bench;
    Reporter reporter(bench.streams, quiet, progress, bench.clock());
    CHECK_FALSE(reporter.draws_progress());
    reporter.progress(0, "a: 10 %");
    reporter.end_progress(0);
    CHECK(bench.written().empty());
  }
}

}  // namespace
}  // namespace ictus::cli
