#include "apps/cli/stream_input.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "apps/cli/text.hpp"
#include "apps/cli/token_priors.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

/// So many bytes tell the formats apart; the readers judge the rest of the signature.
constexpr std::size_t kTellingBytes = 4;

}  // namespace

StreamInput::StreamInput(const std::string& path, const Streams& streams, Tap tap)
    : name_(display_name(path)),
      tap_(std::move(tap)),
      file_(path == kStandardStream ? UniqueFd() : open_for_reading(path)),
      fd_(file_.is_open() ? file_.get() : streams.in),
      buffer_(kBufferBytes) {
  try {
    open_reader();
  } catch (const Error& error) {
    throw Error(sentence(error, name_), error.hint());
  }
}

void StreamInput::open_reader() {
  const std::span<const std::byte> beginning = peek(kTellingBytes);
  if (beginning.empty()) throw Error("the input is empty");
  const auto source = [this](std::span<std::byte> into) { return read(into); };
  const formats::StreamFormat* const format = formats::format_of(beginning);
  if (format == &formats::kEventStreamFormat) {
    reader_.emplace(std::in_place_type<formats::EventStreamReader>, source);
  } else if (format == &formats::kTokenPyramidFormat) {
    reader_.emplace(std::in_place_type<formats::TokenPyramidReader>, source, prior_named);
  } else {
    throw Error("the input is neither an event stream nor a token pyramid", "'ictus encode' makes both");
  }
}

options::Codec StreamInput::codec() const {
  return std::holds_alternative<formats::EventStreamReader>(*reader_) ? options::Codec::events
                                                                      : options::Codec::mars;
}

void StreamInput::require(options::Codec wanted, const char* option) const {
  if (codec() == wanted) return;
  const bool for_events = wanted == options::Codec::events;
  throw Error(fmt::format("{}: {} is for {}, and this is {}", name_, option,
                          for_events ? "event streams" : "token pyramids",
                          for_events ? "a token pyramid" : "an event stream"),
              "leave it out");
}

std::optional<double> StreamInput::part_read() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return std::nullopt;
  const auto bytes = std::visit([](const auto& reader) { return reader.bytes_read(); }, *reader_);
  return static_cast<double>(bytes) / static_cast<double>(status.st_size);
}

std::span<const std::byte> StreamInput::peek(std::size_t count) {
  while (filled_ < count) {
    const std::size_t more = read_some(fd_, std::span(buffer_).subspan(filled_), name_);
    if (more == 0) break;
    filled_ += more;
  }
  return std::span(buffer_).first(std::min(count, filled_));
}

std::size_t StreamInput::read(std::span<std::byte> into) {
  if (used_ == filled_) {
    used_ = 0;
    filled_ = read_some(fd_, buffer_, name_);
  }
  const std::size_t count = std::min(into.size(), filled_ - used_);
  std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(used_), count, into.begin());
  used_ += count;
  if (tap_) tap_(into.first(count));
  return count;
}

}  // namespace ictus::cli
