// Everything a command says on stderr: errors, warnings, results and the progress line.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {

/// Safe to use from several threads.
class Reporter {
 public:
  using Clock = std::chrono::steady_clock;

  /// `quiet` leaves errors alone. `progress` decides about the progress line; it is never drawn when quiet.
  /// `now` tells when it is time to draw it anew.
  explicit Reporter(const Streams& streams, bool quiet = false,
                    options::Progress progress = options::Progress::never,
                    std::function<Clock::time_point()> now = Clock::now);
  Reporter(const Reporter&) = delete;
  Reporter& operator=(const Reporter&) = delete;
  ~Reporter();

  void error(const std::string& message, const std::string& hint = {});
  void warning(const std::string& message);
  void say(const std::string& line);

  /// What is known of task number `task`; drawn now and then. Costs nothing when nothing is drawn.
  void progress(std::size_t task, const std::string& text);
  void end_progress(std::size_t task);
  [[nodiscard]] bool draws_progress() const { return draws_progress_; }

 private:
  void write_lines(const std::string& text);
  void draw();
  void erase();

  int fd_;
  bool quiet_;
  bool draws_progress_;
  std::mutex mutex_;
  std::map<std::size_t, std::string> tasks_;
  std::function<Clock::time_point()> now_;
  Clock::time_point last_drawn_{};
  bool is_drawn_ = false;
};

}  // namespace ictus::cli
