#include "lib/events/describe.hpp"

#include <algorithm>
#include <cmath>

#include "lib/dsp/peak.hpp"
#include "lib/events/active_events.hpp"
#include "lib/events/loaded_model.hpp"

namespace ictus::events {
namespace {

constexpr double kLongestSeconds = 20.0;
constexpr double kAudibleDb = 40.0;
constexpr double kLowestPitchHz = 27.0;
constexpr double kHighestPitchHz = 4500.0;
/// Part of the power that has to lie on a harmonic series before it is called a pitch.
constexpr double kLeastHarmonicShare = 0.5;

struct Partial {
  double hz;
  double power;
};

/// Peaks of a spectrum that stand 6 dB above what lies around them.
std::vector<Partial> partials(const float* density, std::int64_t bands, const float* centre_hz,
                              const float* width, double hz_per_bin) {
  std::vector<Partial> found;
  for (std::int64_t b = 2; b + 2 < bands; ++b) {
    if (density[b] <= density[b - 1] || density[b] < density[b + 1]) continue;
    const double around = std::min(density[b - 2], density[b + 2]);
    if (density[b] < 4.0 * around) continue;
    double hz = centre_hz[b];
    const bool is_one_bin = width[b] < 1.5F;
    if (is_one_bin) {
      hz += hz_per_bin * dsp::peak_offset(density[b - 1] / density[b], 1.0, density[b + 1] / density[b]);
    }
    const double power =
        density[b - 1] * width[b - 1] + density[b] * width[b] + density[b + 1] * width[b + 1];
    found.push_back({hz, power});
  }
  return found;
}

/// The fundamental whose harmonics hold most of the partials' power; higher ones win ties, so that
/// a series is not read an octave too low.
double pitch_of(const std::vector<Partial>& peaks, double total_power) {
  double best_hz = 0.0;
  double best = 0.0;
  for (const Partial& peak : peaks) {
    for (int harmonic = 1; harmonic <= 6; ++harmonic) {
      const double candidate = peak.hz / harmonic;
      if (candidate < kLowestPitchHz || candidate > kHighestPitchHz) continue;
      double held = 0.0;
      double weighted_hz = 0.0;
      double weight = 0.0;
      for (const Partial& other : peaks) {
        const double order = std::round(other.hz / candidate);
        if (order < 1.0 || order > 24.0) continue;
        const double off = std::abs(other.hz - order * candidate);
        if (off > std::max(0.03 * candidate, 6.0)) continue;
        // A missing low harmonic speaks against a candidate, so high orders count less.
        held += other.power / (1.0 + 0.08 * (order - 1.0));
        weighted_hz += other.power * other.hz / order;
        weight += other.power;
      }
      const double score = held * (1.0 - 0.06 * (harmonic - 1));
      if (score > best) {
        best = score;
        best_hz = weight > 0.0 ? weighted_hz / weight : candidate;
      }
    }
  }
  return best >= kLeastHarmonicShare * total_power ? best_hz : 0.0;
}

}  // namespace

std::vector<EventDescription> describe(const LoadedModel& loaded, std::span<const Event> events) {
  torch::NoGradGuard no_grad;
  models::EventModel& model = *loaded.model;
  const auto& c = model.config;
  const double frame_s = static_cast<double>(c.bands.fine_hop_samples) / c.bands.sample_rate_hz;
  const auto frames = static_cast<std::int64_t>(kLongestSeconds / frame_s);
  const std::int64_t first_frames = c.bands.fine_window_samples / c.bands.fine_hop_samples;
  const std::int64_t bands = c.bands.fine_bands;
  const torch::Tensor widths = model.bands.fine_widths.to(torch::kCPU).contiguous();
  const torch::Tensor centres = model.bands.fine_centres_hz.to(torch::kCPU).contiguous();

  std::vector<EventDescription> all;
  for (const Event& event : events) {
    const std::vector<Event> one{event};
    const auto shape = model.decoder->shape(vectors_of(one, model.device));
    // The onset lies a window into the picture, so that the attack is seen whole.
    const torch::Tensor onset =
        torch::full({1, 1}, static_cast<double>(first_frames * c.bands.fine_hop_samples), model.device);
    const torch::Tensor power =
        model.decoder->render(shape, gains_of(one, model.device), onset, models::View::fine, frames)[0].to(
            torch::kCPU);
    const torch::Tensor mean_square =
        (torch::matmul(widths, power) * (2.0 / c.bands.fine_window_samples)).contiguous();  // [T]
    const float* loud = mean_square.data_ptr<float>();
    const std::int64_t top = mean_square.argmax().item<std::int64_t>();
    const auto db_at = [loud](std::int64_t t) {
      return 10.0 * std::log10(static_cast<double>(loud[t]) + 1e-20);
    };

    EventDescription d;
    d.loudness_db = db_at(top);
    std::int64_t last = frames - 1;
    while (last > top && db_at(last) < d.loudness_db - kAudibleDb) --last;
    d.duration_s = std::max(frame_s, static_cast<double>(last + 1 - first_frames) * frame_s);

    // Slope between the loudest moment and the end of what is audible, least squares.
    const std::int64_t until = std::max(last, top + 2);
    double sum_t = 0, sum_db = 0, sum_tt = 0, sum_tdb = 0, n = 0;
    for (std::int64_t t = top; t <= std::min(until, frames - 1); ++t) {
      const double seconds = static_cast<double>(t - top) * frame_s;
      sum_t += seconds;
      sum_db += db_at(t);
      sum_tt += seconds * seconds;
      sum_tdb += seconds * db_at(t);
      n += 1;
    }
    const double slope = (n * sum_tdb - sum_t * sum_db) / (n * sum_tt - sum_t * sum_t);
    d.decay_s = slope < 0.0 ? std::min(-60.0 / slope, 99.0) : 99.0;

    // Spectrum over the audible time, each moment by its power.
    const torch::Tensor spectrum =
        power.narrow(1, top, std::min(until, frames - 1) - top + 1).sum(1).contiguous();  // [bands]
    const float* density = spectrum.data_ptr<float>();
    const double total = (spectrum * widths).sum().item<double>();
    d.brightness_hz = (spectrum * widths * centres).sum().item<double>() / std::max(total, 1e-30);
    d.pitch_hz = pitch_of(partials(density, bands, centres.data_ptr<float>(), widths.data_ptr<float>(),
                                   static_cast<double>(c.bands.sample_rate_hz) / c.bands.fine_window_samples),
                          total);
    all.push_back(d);
  }
  return all;
}

}  // namespace ictus::events
