#include "apps/cli/event_input.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

}  // namespace

EventInput::EventInput(const std::string& path, const Streams& streams)
    : name_(display_name(path)),
      file_(path == kStandardStream ? UniqueFd() : open_for_reading(path)),
      fd_(file_.is_open() ? file_.get() : streams.in),
      buffer_(kBufferBytes) {
  try {
    reader_ = std::make_unique<formats::EventStreamReader>(
        [this](std::span<std::byte> into) { return read(into); });
  } catch (const Error& error) {
    throw Error(sentence(error, name_), error.hint());
  }
}

std::optional<double> EventInput::part_read() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return std::nullopt;
  return static_cast<double>(reader_->bytes_read()) / static_cast<double>(status.st_size);
}

std::size_t EventInput::read(std::span<std::byte> into) {
  if (used_ == filled_) {
    used_ = 0;
    filled_ = read_some(fd_, buffer_, name_);
  }
  const std::size_t count = std::min(into.size(), filled_ - used_);
  std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(used_), count, into.begin());
  used_ += count;
  return count;
}

}  // namespace ictus::cli
