#include "lib/audio/resampler.hpp"

#include <soxr.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "lib/core/error.hpp"

namespace ictus::audio {

Resampler::Resampler(int input_rate_hz, int output_rate_hz)
    : input_rate_hz_(static_cast<std::uint64_t>(input_rate_hz)),
      output_rate_hz_(static_cast<std::uint64_t>(output_rate_hz)) {
  if (input_rate_hz == output_rate_hz) return;
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  soxr_error_t problem = nullptr;
  soxr_.reset(soxr_create(input_rate_hz, output_rate_hz, 1, &problem, nullptr, &quality, nullptr));
  if (problem != nullptr) {
    throw Error("cannot resample from " + std::to_string(input_rate_hz) + " Hz to " +
                std::to_string(output_rate_hz) + " Hz: " + problem);
  }
}

void Resampler::push(std::span<const float> input, std::vector<float>& output) {
  frames_in_ += input.size();
  process(input, output);
}

void Resampler::finish(std::vector<float>& output) { finish(natural_length(), output); }

void Resampler::finish(std::uint64_t exact_frames, std::vector<float>& output) {
  if (frames_out_ > exact_frames) {
    throw std::logic_error("Resampler: " + std::to_string(frames_out_) + " frames are out already, " +
                           std::to_string(exact_frames) + " were to be the end");
  }
  // Silence is pushed instead of soxr's own flush, which settles the length by rounding.
  constexpr std::array<float, 1024> silence{};
  while (frames_out_ < exact_frames) process(silence, output);
  output.resize(output.size() - (frames_out_ - exact_frames));
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
    frames_out_ += input.size();
    return;
  }
  std::array<float, 4096> block{};
  for (;;) {
    std::size_t taken = 0;
    std::size_t made = 0;
    const soxr_error_t problem = soxr_process(soxr_.get(), input.empty() ? block.data() : input.data(),
                                              input.size(), &taken, block.data(), block.size(), &made);
    if (problem != nullptr) throw Error(std::string("resampling failed: ") + problem);
    input = input.subspan(taken);
    output.insert(output.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(made));
    frames_out_ += made;
    if (input.empty() && made < block.size()) return;
  }
}

void Resampler::Deleter::operator()(soxr* resampler) const { soxr_delete(resampler); }

}  // namespace ictus::audio
