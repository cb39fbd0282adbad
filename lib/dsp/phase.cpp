#include "lib/dsp/phase.hpp"

#include <algorithm>
#include <numbers>

#include "lib/dsp/stft.hpp"

namespace ictus::dsp {
namespace {

/// Between phases seen from a window's start and from its centre: a partial's bins alternate in sign.
torch::Tensor alternating(std::int64_t bins) {
  return std::numbers::pi_v<float> * torch::arange(bins).remainder(2).to(torch::kFloat);
}

}  // namespace

PhaseStream::PhaseStream(const PhaseSettings& settings, Emit emit)
    : settings_(settings), emit_(std::move(emit)) {
  const std::int64_t bins = settings_.window_samples / 2 + 1;
  before_ = {std::vector<float>(static_cast<std::size_t>(bins), 0.0F), spread_phases(bins)};
  pending_ = torch::zeros({0, bins});
  done_ = torch::zeros({0, bins}, torch::kComplexFloat);
  tail_ = torch::zeros({0});
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

  const torch::Tensor start = starting_phases(settings_.start, magnitude, before_, window, hop);
  torch::Tensor spectrum = torch::polar(magnitude, start - alternating(magnitude.size(1)));  // [taken, bins]
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
  // The last finished frame carries on into the next chunk.
  const torch::Tensor last_phase =
      (torch::angle(finished[chunk_frames - 1]) + alternating(magnitude.size(1))).contiguous();
  const float* phases = last_phase.data_ptr<float>();
  const float* magnitudes = magnitude.data_ptr<float>() + (chunk_frames - 1) * magnitude.size(1);
  before_.centre_phase.assign(phases, phases + magnitude.size(1));
  before_.magnitude.assign(magnitudes, magnitudes + magnitude.size(1));

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
