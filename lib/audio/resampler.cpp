#include "lib/audio/resampler.hpp"

#include <soxr.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "lib/core/error.hpp"

namespace ictus::audio {

Resampler::Resampler(int input_rate_hz, int output_rate_hz, std::size_t channels)
    : channels_(channels),
      input_rate_hz_(static_cast<std::uint64_t>(input_rate_hz)),
      output_rate_hz_(static_cast<std::uint64_t>(output_rate_hz)) {
  if (input_rate_hz == output_rate_hz) return;
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  soxr_error_t problem = nullptr;
  soxr_.reset(soxr_create(input_rate_hz, output_rate_hz, static_cast<unsigned>(channels), &problem, nullptr,
                          &quality, nullptr));
  if (problem != nullptr) {
    throw Error("cannot resample from " + std::to_string(input_rate_hz) + " Hz to " +
                std::to_string(output_rate_hz) + " Hz: " + problem);
  }
}

void Resampler::push(std::span<const float> input, std::vector<float>& output) {
  frames_in_ += input.size() / channels_;
  process(input, output);
}

void Resampler::finish(std::vector<float>& output) { finish(natural_length(), output); }

void Resampler::finish(std::uint64_t exact_frames, std::vector<float>& output) {
  if (frames_out_ > exact_frames) {
    throw std::logic_error("Resampler: " + std::to_string(frames_out_) + " frames are out already, " +
                           std::to_string(exact_frames) + " were to be the end");
  }
  // Silence is pushed instead of soxr's own flush, which settles the length by rounding.
  const std::vector<float> silence(1024 * channels_);
  while (frames_out_ < exact_frames) process(silence, output);
  output.resize(output.size() - (frames_out_ - exact_frames) * channels_);
  frames_out_ = exact_frames;
}

std::uint64_t Resampler::natural_length() const {
  const std::uint64_t whole = frames_in_ / input_rate_hz_;
  const std::uint64_t part = frames_in_ % input_rate_hz_;
  return whole * output_rate_hz_ + (part * output_rate_hz_ + input_rate_hz_ - 1) / input_rate_hz_;
}

void Resampler::process(std::span<const float> input, std::vector<float>& output) {
  if (!soxr_) {
    output.insert(output.end(), input.begin(), input.end());
    frames_out_ += input.size() / channels_;
    return;
  }
  std::array<float, 4096> block{};
  const std::size_t block_frames = block.size() / channels_;
  for (;;) {
    std::size_t taken = 0;
    std::size_t made = 0;
    const soxr_error_t problem =
        soxr_process(soxr_.get(), input.empty() ? block.data() : input.data(), input.size() / channels_,
                     &taken, block.data(), block_frames, &made);
    if (problem != nullptr) throw Error(std::string("resampling failed: ") + problem);
    input = input.subspan(taken * channels_);
    output.insert(output.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(made * channels_));
    frames_out_ += made;
    if (input.empty() && made < block_frames) return;
  }
}

void Resampler::Deleter::operator()(soxr* resampler) const { soxr_delete(resampler); }

}  // namespace ictus::audio
