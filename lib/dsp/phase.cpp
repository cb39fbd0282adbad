#include "lib/dsp/phase.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lib/dsp/peak.hpp"
#include "lib/dsp/stft.hpp"

namespace ictus::dsp {
namespace {

constexpr double kPi = std::numbers::pi;

/// An even spread of phases that is the same on every run (the golden ratio's multiples).
float spread_phase(std::int64_t bin) {
  const double turns = static_cast<double>(bin * bin) * 0.6180339887498949;
  return static_cast<float>(2.0 * kPi * (turns - std::floor(turns)));
}

/// Gives every bin the phase, at the frame's centre, of the peak whose slopes it lies on.
void advance_phases(const float* magnitude, std::int64_t bins, double hop_over_window,
                    std::vector<float>& centre_phase) {
  std::vector<float> next(centre_phase.size());
  std::int64_t start = 0;  // first bin of the current peak's slopes
  std::int64_t k = 0;
  while (k < bins) {
    while (k + 1 < bins && magnitude[k + 1] > magnitude[k]) ++k;  // up to the peak
    const std::int64_t peak = k;
    while (k + 1 < bins && magnitude[k + 1] <= magnitude[k]) ++k;  // down to the valley
    const double offset = peak > 0 && peak + 1 < bins
                              ? peak_offset(magnitude[peak - 1], magnitude[peak], magnitude[peak + 1])
                              : 0.0;
    const double turn = 2.0 * kPi * (static_cast<double>(peak) + offset) * hop_over_window;
    const float phase = static_cast<float>(
        std::remainder(static_cast<double>(centre_phase[static_cast<std::size_t>(peak)]) + turn, 2.0 * kPi));
    for (std::int64_t i = start; i <= k; ++i) next[static_cast<std::size_t>(i)] = phase;
    start = ++k;
  }
  centre_phase.swap(next);
}

}  // namespace

PhaseStream::PhaseStream(const PhaseSettings& settings, Emit emit)
    : settings_(settings), emit_(std::move(emit)) {
  const std::int64_t bins = settings_.window_samples / 2 + 1;
  for (std::int64_t k = 0; k < bins; ++k) centre_phase_.push_back(spread_phase(k));
  pending_ = torch::zeros({0, bins});
  done_ = torch::zeros({0, bins}, torch::kComplexFloat);
  tail_ = torch::zeros({0});
}

torch::Tensor PhaseStream::starting_phases(const torch::Tensor& magnitudes) {
  const std::int64_t frames = magnitudes.size(0);
  const std::int64_t bins = magnitudes.size(1);
  const double hop_over_window = static_cast<double>(settings_.hop_samples) / settings_.window_samples;
  std::vector<float> phase = centre_phase_;
  torch::Tensor out = torch::empty({frames, bins});
  float* to = out.data_ptr<float>();
  const float* from = magnitudes.data_ptr<float>();
  for (std::int64_t t = 0; t < frames; ++t, from += bins, to += bins) {
    advance_phases(from, bins, hop_over_window, phase);
    // Seen from the start of its window, a partial's bins alternate in sign around its phase.
    for (std::int64_t k = 0; k < bins; ++k)
      to[k] = phase[static_cast<std::size_t>(k)] - (k % 2 == 0 ? 0.0F : static_cast<float>(kPi));
  }
  return out;
}

void PhaseStream::push(const torch::Tensor& magnitudes) {
  pending_ = torch::cat({pending_, magnitudes.to(torch::kCPU, torch::kFloat).contiguous()}, 0);
  while (pending_.size(0) >= settings_.chunk_frames + settings_.lookahead_frames)
    finish_chunk(settings_.chunk_frames);
}

void PhaseStream::finish() {
  while (pending_.size(0) > 0) finish_chunk(std::min<std::int64_t>(settings_.chunk_frames, pending_.size(0)));
}

void PhaseStream::finish_chunk(std::int64_t chunk_frames) {
  torch::NoGradGuard no_grad;
  const std::int64_t window = settings_.window_samples;
  const std::int64_t hop = settings_.hop_samples;
  const std::int64_t overlap = window / hop;
  const std::int64_t taken =
      std::min<std::int64_t>(pending_.size(0), chunk_frames + settings_.lookahead_frames);
  const torch::Tensor magnitude = pending_.narrow(0, 0, taken).contiguous();
  const std::int64_t left = done_.size(0);

  torch::Tensor spectrum = torch::polar(magnitude, starting_phases(magnitude));  // [taken, bins]
  torch::Tensor before;
  for (int i = 0; i < settings_.iterations; ++i) {
    const torch::Tensor all = torch::cat({done_, spectrum}, 0).unsqueeze(0);
    const torch::Tensor consistent = stft(istft(all, window, hop), window, hop)[0].narrow(0, left, taken);
    const torch::Tensor pushed =
        before.defined() ? consistent + settings_.momentum * (consistent - before) : consistent;
    before = consistent;
    spectrum = pushed * (magnitude / (pushed.abs() + 1e-12));
  }

  const torch::Tensor finished = spectrum.narrow(0, 0, chunk_frames);
  // Phases at the centre of the last finished frame carry on into the next chunk.
  const torch::Tensor last = torch::angle(finished[chunk_frames - 1]).contiguous();
  for (std::size_t k = 0; k < centre_phase_.size(); ++k)
    centre_phase_[k] = last.data_ptr<float>()[k] + (k % 2 == 0 ? 0.0F : static_cast<float>(kPi));

  // Overlap-add the finished frames and hand out the samples no later frame will touch. Squared
  // windows add to a constant at this overlap.
  const torch::Tensor hann = unit_power_hann(window, torch::TensorOptions());
  const torch::Tensor frames = torch::fft_irfft(finished, window) * hann;
  const double gain = static_cast<double>(hop);  // 1 / (sum of squares per sample), see stft.hpp
  torch::Tensor sum = torch::zeros({chunk_frames + overlap - 1, hop});
  if (tail_.numel() > 0) sum.narrow(0, 0, overlap - 1) += tail_.reshape({overlap - 1, hop});
  const torch::Tensor parts = frames.reshape({chunk_frames, overlap, hop});
  for (std::int64_t k = 0; k < overlap; ++k) sum.narrow(0, k, chunk_frames) += parts.select(1, k) * gain;
  torch::Tensor ready = sum.narrow(0, 0, chunk_frames).reshape({-1}).contiguous();
  tail_ = sum.narrow(0, chunk_frames, overlap - 1).contiguous();

  pending_ = pending_.narrow(0, chunk_frames, pending_.size(0) - chunk_frames).clone();
  done_ = torch::cat({done_, finished}, 0);
  done_ = done_
              .narrow(0, std::max<std::int64_t>(0, done_.size(0) - (overlap - 1)),
                      std::min<std::int64_t>(done_.size(0), overlap - 1))
              .clone();

  // The first half window lies before the centre of the first frame.
  const std::int64_t begin = frames_done_ * hop;
  const std::int64_t skip = std::clamp<std::int64_t>(window / 2 - begin, 0, ready.size(0));
  frames_done_ += chunk_frames;
  if (ready.size(0) > skip)
    emit_({ready.data_ptr<float>() + skip, static_cast<std::size_t>(ready.size(0) - skip)});
}

}  // namespace ictus::dsp
