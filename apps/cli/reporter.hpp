// Everything a command says on stderr: errors, warnings, results and the progress line.
#pragma once

#include <chrono>
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
  /// `quiet` leaves errors alone. `progress` decides about the progress line; it is never drawn when quiet.
  explicit Reporter(const Streams& streams, bool quiet = false,
                    options::Progress progress = options::Progress::never);
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
  std::chrono::steady_clock::time_point last_drawn_{};
  bool is_drawn_ = false;
};

}  // namespace ictus::cli
