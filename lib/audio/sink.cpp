#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include "lib/audio/audio.hpp"
#include "lib/audio/pcm.hpp"
#include "lib/audio/rates.hpp"
#include "lib/audio/resampler.hpp"
#include "lib/audio/wav_writer.hpp"
#include "lib/core/error.hpp"
#include "lib/core/fd.hpp"

namespace ictus::audio {
namespace {

/// Where the header of a regular file begins; nothing if it cannot be written again later: a pipe, or a
/// file opened for appending, where every write lands at the end.
std::optional<std::uint64_t> rewritable_at(int fd) {
  struct stat status {};
  const int flags = ::fcntl(fd, F_GETFL);
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || flags < 0 || (flags & O_APPEND) != 0) {
    return std::nullopt;
  }
  const off_t position = ::lseek(fd, 0, SEEK_CUR);
  if (position < 0) return std::nullopt;
  return static_cast<std::uint64_t>(position);
}

class PcmSink : public Sink {
 public:
  PcmSink(int fd, std::string name, int input_rate_hz, const SinkFormat& format, const Tags& tags)
      : fd_(fd),
        name_(std::move(name)),
        is_wav_(format.container == Container::wav),
        resampler_(input_rate_hz, format.sample_rate_hz, static_cast<std::size_t>(format.channels)),
        encoder_(format.samples, static_cast<std::size_t>(format.channels)),
        header_at_(is_wav_ ? rewritable_at(fd) : std::nullopt),
        layout_{format.samples, format.sample_rate_hz, tags, header_at_.has_value(), format.channels} {
    // At once, so that a full disk or a closed pipe is found before any work is done.
    if (is_wav_) write_all(fd_, make_wav_header(layout_, std::nullopt), name_);
  }

  void write(std::span<const float> block) override {
    samples_.clear();
    resampler_.push(block, samples_);
    write_samples();
  }

  void finish(std::optional<std::uint64_t> exact_frames) override {
    samples_.clear();
    resampler_.finish(exact_frames.value_or(resampler_.natural_length()), samples_);
    write_samples();
    if (!header_at_) return;
    if (data_bytes_ % 2 != 0) write_all(fd_, std::array{std::byte{0}}, name_);
    write_all_at(fd_, *header_at_, make_wav_header(layout_, data_bytes_), name_);
  }

  [[nodiscard]] std::uint64_t clipped_samples() const override { return encoder_.clipped_samples(); }

 private:
  void write_samples() {
    bytes_.clear();
    encoder_.encode(samples_, bytes_);
    write_all(fd_, bytes_, name_);
    data_bytes_ += bytes_.size();
  }

  int fd_;
  std::string name_;
  bool is_wav_;
  Resampler resampler_;
  PcmEncoder encoder_;
  std::optional<std::uint64_t> header_at_;
  WavLayout layout_;
  std::uint64_t data_bytes_ = 0;
  std::vector<float> samples_;
  std::vector<std::byte> bytes_;
};

}  // namespace

std::unique_ptr<Sink> Sink::open(int fd, const std::string& display_name, int input_rate_hz,
                                 const SinkFormat& format, const Tags& tags) {
  if (format.channels != 1 && format.channels != 2) {
    throw std::logic_error("Sink: " + std::to_string(format.channels) + " channels, of 1 or 2");
  }
  if (!is_usable_rate(input_rate_hz) || !is_usable_rate(format.sample_rate_hz)) {
    throw Error("cannot write " + display_name + " at " + std::to_string(format.sample_rate_hz) +
                    " Hz from sound at " + std::to_string(input_rate_hz) + " Hz",
                usable_rates());
  }
  return std::make_unique<PcmSink>(fd, display_name, input_rate_hz, format, tags);
}

}  // namespace ictus::audio
