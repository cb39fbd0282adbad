#include "apps/cli/reporter.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <span>
#include <utility>

#include "apps/cli/descriptor.hpp"
#include "apps/cli/text.hpp"

namespace ictus::cli {
namespace {

bool draws(const Streams& streams, bool quiet, options::Progress progress) {
  if (quiet || progress == options::Progress::never) return false;
  return progress == options::Progress::always || ::isatty(streams.err) == 1;
}

std::size_t terminal_columns(int fd) {
  winsize size{};
  return ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80U;
}

}  // namespace

Reporter::Reporter(const Streams& streams, bool quiet, options::Progress progress,
                   std::function<Clock::time_point()> now)
    : fd_(streams.err),
      quiet_(quiet),
      draws_progress_(draws(streams, quiet, progress)),
      now_(std::move(now)) {}

Reporter::~Reporter() {
  const std::lock_guard lock(mutex_);
  erase();
}

void Reporter::error(const std::string& message, const std::string& hint) {
  write_lines("ictus: " + message + "\n" + (hint.empty() ? "" : "  " + hint + "\n"));
}

void Reporter::warning(const std::string& message) {
  if (!quiet_) write_lines("ictus: warning: " + message + "\n");
}

void Reporter::say(const std::string& line) {
  if (!quiet_) write_lines(line + "\n");
}

void Reporter::progress(std::size_t task, const std::string& text) {
  static constexpr std::chrono::milliseconds kPause{100};
  if (!draws_progress_) return;
  const std::lock_guard lock(mutex_);
  tasks_[task] = text;
  const auto now = now_();
  if (is_drawn_ && now - last_drawn_ < kPause) return;
  last_drawn_ = now;
  draw();
}

void Reporter::end_progress(std::size_t task) {
  const std::lock_guard lock(mutex_);
  tasks_.erase(task);
  if (tasks_.empty()) erase();
}

void Reporter::write_lines(const std::string& text) {
  const std::lock_guard lock(mutex_);
  erase();
  try {
    write_all(fd_, std::as_bytes(std::span(text)), "standard error");
  } catch (const Error&) {
    // There is nobody left to tell.
  }
}

void Reporter::draw() {
  std::string line;
  for (const auto& [task, text] : tasks_) line += (line.empty() ? "" : "  |  ") + text;
  const std::size_t columns = terminal_columns(fd_);
  if (line.size() >= columns) {
    std::size_t end = columns - 1;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80)
      --end;  // not within a character
    line.resize(end);
  }
  line = "\r" + line + "\033[K";
  [[maybe_unused]] const auto written = ::write(fd_, line.data(), line.size());
  is_drawn_ = true;
}

void Reporter::erase() {
  static constexpr std::string_view kErase = "\r\033[K";
  if (!is_drawn_) return;
  [[maybe_unused]] const auto written = ::write(fd_, kErase.data(), kErase.size());
  is_drawn_ = false;
}

}  // namespace ictus::cli
