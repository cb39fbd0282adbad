#include "lib/synthesis/shaped_noise.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "lib/core/wide.hpp"
#include "lib/synthesis/spectrum.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide_loops.hpp"

namespace ictus::synthesis {
namespace {

constexpr float kLeastAttack = 1e-6F;  // of a frame that holds nearly nothing of the event

ICTUS_WIDE void add_weighted(const float* __restrict weight, const float* __restrict level, float scale,
                             const float* __restrict re, const float* __restrict im, int bins,
                             float* __restrict to_re, float* __restrict to_im) {
  for (int bin = 0; bin < bins; ++bin) {
    const float amplitude = scale * (weight[bin] * level[bin]);
    to_re[bin] += amplitude * re[bin];
    to_im[bin] += amplitude * im[bin];
  }
}

}  // namespace

ShapedNoise::ShapedNoise(int sample_rate_hz, int channels)
    : view_(BandView::bins(sample_rate_hz, NoiseCarrier::kWindow, NoiseCarrier::kHop)),
      fourier_(NoiseCarrier::kWindow),
      common_(static_cast<std::size_t>(channels), Spectrum(NoiseCarrier::kWindow)),
      levels_(NoiseCarrier::kBins),
      alone_(NoiseCarrier::kWindow),
      frame_(NoiseCarrier::kWindow),
      windowed_(NoiseCarrier::kWindow),
      sum_(static_cast<std::size_t>(channels)) {
  for (int region = 0; region <= kNoiseRegions; ++region) {
    const auto first = std::lower_bound(view_.noise_region.begin(), view_.noise_region.end(), region);
    region_bins_[static_cast<std::size_t>(region)] = static_cast<int>(first - view_.noise_region.begin());
  }
}

void ShapedNoise::add(const EventSound& sound, std::int64_t onset_samples, std::uint64_t seed) {
  if (!NoiseFrames::has_noise(sound)) return;
  Event event{NoiseFrames(sound, onset_samples, view_),
              std::vector<float>(NoiseCarrier::kBins),
              {},
              pan_gains(sound.position, static_cast<int>(sum_.size())),
              onset_samples,
              0,
              attack_s(sound.noise_attack_log_s) * static_cast<float>(view_.sample_rate_hz)};
  event.carrier_offset = static_cast<std::int64_t>(seed % NoiseCarrier::kFrames) - event.frames.next_frame();
  const NoiseDensity density(sound);
  // White noise of power 1 is a density of 4 / rate: half of the rate is its width, and a sine of full scale
  // has a power of a half.
  const float noise_power = static_cast<float>(view_.sample_rate_hz) / 4.0F;
  density.at(view_.spectrum_place, event.weight);
  for (std::size_t region = 0; region < kNoiseRegions; ++region)
    event.most_dense[region] =
        noise_power * *std::max_element(event.weight.begin() + region_bins_[region],
                                        event.weight.begin() + region_bins_[region + 1]);
  for (float& weight : event.weight) weight = std::sqrt(weight * noise_power);
  events_.push_back(std::move(event));
}

bool ShapedNoise::is_masked(const Event& event, std::size_t region, const Masking& masking) const {
  const float power = event.frames.power()[region] * event.most_dense[region];
  for (std::size_t c = 0; c < common_.size(); ++c)
    if (event.gains[c] * event.gains[c] * power >= masking.masked_noise(c)[region]) return false;
  return true;
}

/// The levels of an event's bins in the frame that it has come to; whether there are any.
bool ShapedNoise::find_levels(const Event& event, const Masking* masking) {
  first_bin_ = last_bin_ = 0;
  for (std::size_t region = 0; region < kNoiseRegions; ++region) {
    const int begin = region_bins_[region];
    const int end = region_bins_[region + 1];
    const bool is_heard = !masking || !is_masked(event, region, *masking);
    if (last_bin_ == 0 && !is_heard) continue;
    if (last_bin_ == 0) first_bin_ = begin;
    const float amplitude = is_heard ? std::sqrt(event.frames.power()[region]) : 0.0F;
    std::fill(levels_.begin() + begin, levels_.begin() + end, amplitude);
    if (is_heard) last_bin_ = end;
  }
  return last_bin_ > 0;
}

void ShapedNoise::add_bins(const Event& event, std::int64_t carrier_frame, float scale,
                           Spectrum& spectrum) const {
  const NoiseCarrier& carrier = noise_carrier();
  const int first = first_bin_;
  add_weighted(event.weight.data() + first, levels_.data() + first, scale, carrier.re(carrier_frame) + first,
               carrier.im(carrier_frame) + first, last_bin_ - first, spectrum.re.data() + first,
               spectrum.im.data() + first);
}

void ShapedNoise::window_frame() {
  multiply(frame_.data(), noise_carrier().synthesis_window().data(), NoiseCarrier::kWindow, windowed_.data());
}

/// Adds what window_frame() made, which begins at sample `begin` of the stream, to the sum.
void ShapedNoise::add_samples(std::int64_t begin, float scale, int channel) {
  const auto skipped = static_cast<int>(std::max<std::int64_t>(rendered_ - begin, 0));
  const int count = NoiseCarrier::kWindow - skipped;
  if (count <= 0) return;
  std::vector<float>& sum = sum_[static_cast<std::size_t>(channel)];
  const auto offset = static_cast<int>(begin + skipped - rendered_);
  add_scaled(windowed_.data() + skipped, scale, count, sum.data() + offset);
  tail_ = std::max(tail_, offset + count);
}

/// An event's next frame, to the common one or by itself.
void ShapedNoise::add_frame(Event& event, const Masking* masking) {
  const std::int64_t frame = event.frames.next_frame();
  event.frames.advance();
  const std::int64_t begin = begin_of(frame);
  const std::int64_t carrier_frame = frame + event.carrier_offset;
  const float exact = std::min(event.attack_samples, static_cast<float>(NoiseCarrier::kWindow));
  if (static_cast<float>(begin - event.onset_samples) >= exact) {
    if (!find_levels(event, masking)) return;
    for (std::size_t c = 0; c < common_.size(); ++c)
      add_bins(event, carrier_frame, event.gains[c], common_[c]);
    common_sounds_ = true;
    return;
  }
  if (event.frames.attack() < kLeastAttack) return;
  alone_.clear();
  find_levels(event, nullptr);
  add_bins(event, carrier_frame, 1.0F / std::sqrt(event.frames.attack()), alone_);
  fourier_.inverse(alone_, frame_);
  for (int i = 0; i < NoiseCarrier::kWindow; ++i) {
    const auto since_onset = static_cast<float>(begin + i - event.onset_samples);
    frame_[static_cast<std::size_t>(i)] *=
        std::sqrt(std::clamp(since_onset / event.attack_samples, 0.0F, 1.0F));
  }
  window_frame();
  for (std::size_t c = 0; c < sum_.size(); ++c) add_samples(begin, event.gains[c], static_cast<int>(c));
}

void ShapedNoise::render(int count, std::vector<std::vector<float>>& channels, const Masking* masking) {
  const std::int64_t end = rendered_ + count;
  for (std::vector<float>& sum : sum_) sum.resize(static_cast<std::size_t>(count) + NoiseCarrier::kWindow);
  // Frames that begin in here, and for events that begin in here those that began before.
  for (std::int64_t frame = (rendered_ + NoiseCarrier::kWindow / 2) / NoiseCarrier::kHop;
       begin_of(frame) < end; ++frame) {
    for (Spectrum& spectrum : common_) spectrum.clear();
    common_sounds_ = false;
    for (Event& event : events_)
      while (event.frames.next_frame() <= frame && event.frames.sounds()) add_frame(event, masking);
    if (!common_sounds_) continue;
    for (std::size_t c = 0; c < common_.size(); ++c) {
      fourier_.inverse(common_[c], frame_);
      window_frame();
      add_samples(begin_of(frame), 1.0F, static_cast<int>(c));
    }
  }
  std::erase_if(events_, [](const Event& event) { return !event.frames.sounds(); });
  rendered_ = end;
  if (tail_ == 0) return;
  for (std::size_t c = 0; c < sum_.size(); ++c) {
    std::vector<float>& sum = sum_[c];
    add_scaled(sum.data(), 1.0F, count, channels[c].data());
    std::copy(sum.begin() + count, sum.end(), sum.begin());
    std::fill(sum.end() - count, sum.end(), 0.0F);
  }
  tail_ = std::max(tail_ - count, 0);
}

}  // namespace ictus::synthesis
