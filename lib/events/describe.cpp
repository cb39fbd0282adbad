#include "lib/events/describe.hpp"

#include <algorithm>
#include <cmath>

#include "lib/core/error.hpp"
#include "lib/events/active_events.hpp"
#include "lib/events/loaded_model.hpp"
#include "lib/events/pitch.hpp"

namespace ictus::events {
namespace {

constexpr double kLongestSeconds = 20.0;
constexpr double kAudibleDb = 40.0;
/// The mean square of a sine of full scale, which has 0 dB.
constexpr double kFullScalePower = 0.5;
/// Enough to make large matrices for the networks, few enough for their envelopes to stay in a cache.
constexpr std::size_t kEventsAtOnce = 20;

/// Envelopes [E, 2, regions, T] of both spectra of events [1, E] whose gain is 1, from `lead` frames before
/// their onsets on.
///
/// All bands of a region share its envelope, so that one band for each spectrum is enough to see it by, and
/// the others are free for other events: in place of its spectra every event has two lines of density 1, in
/// bands of its own in each region, and one picture holds as many events as have room in the smallest region.
torch::Tensor envelopes_of(models::EventModel& model, const models::EventShape& shape, std::int64_t lead,
                           std::int64_t frames) {
  const std::vector<std::int64_t>& sizes = model.bands.region_sizes;
  const auto regions = static_cast<std::int64_t>(sizes.size());
  const std::int64_t together = *std::min_element(sizes.begin(), sizes.end()) / 2;
  if (together < 1)
    throw Error("events cannot be described where a model has regions of less than two bands");
  const std::int64_t events = shape.spectra.size(1);
  const std::int64_t pictures = (events + together - 1) / together;

  const torch::Tensor ends = torch::cumsum(torch::tensor(sizes, torch::kLong), 0);
  const torch::Tensor begins = ends - torch::tensor(sizes, torch::kLong);
  const torch::Tensor bands_of_lines =
      (begins + torch::arange(2 * together).unsqueeze(1)).to(model.device);  // [2 together, regions]
  const torch::Tensor lines = torch::zeros({2 * together, model.config.bands.fine_bands}, model.device)
                                  .scatter_(1, bands_of_lines, 1.0);

  models::EventShape placed =
      shape.each([&](const torch::Tensor& t) {  // [1, E, ...] -> [pictures, together, ...]
        const std::int64_t missing = pictures * together - events;
        std::vector<std::int64_t> to = t.sizes().vec();
        to[0] = pictures;
        to[1] = together;
        return torch::cat({t, t.narrow(1, 0, 1).repeat_interleave(missing, 1)}, 1).reshape(to);
      });
  placed.spectra = lines.reshape({1, together, 2, -1}).expand({pictures, -1, -1, -1});
  const torch::Tensor gains = torch::ones({pictures, together}, model.device);
  const torch::Tensor onsets = gains * static_cast<double>(lead * model.config.bands.fine_hop_samples);
  return model.decoder
      ->render(placed, gains, onsets, models::View::fine, frames)  // [pictures, bands, T]
      .index_select(1, bands_of_lines.flatten())
      .reshape({pictures * together, 2, regions, frames})
      .narrow(0, 0, events);
}

/// How loud an event of gain 1 is over time, and what it is made of.
class Sound {
 public:
  /// `spectra` [2, bands] and `envelopes` [2, regions, frames] stay where they are.
  Sound(const dsp::Bands& bands, const float* width_bins, const float* spectra, const float* envelopes,
        std::int64_t frames)
      : bands_(bands),
        spectra_(spectra),
        envelopes_(envelopes),
        mean_square_(static_cast<std::size_t>(frames)) {
    const float scale = 2.0F / static_cast<float>(bands.settings.fine_window_samples);
    each_envelope([&](const float* spectrum, const float* envelope, std::int64_t first, std::int64_t end) {
      float density = 0.0F;
      for (std::int64_t b = first; b < end; ++b) density += spectrum[b] * width_bins[b];
      for (std::size_t t = 0; t < mean_square_.size(); ++t) mean_square_[t] += scale * density * envelope[t];
    });
  }

  [[nodiscard]] const std::vector<float>& mean_square() const { return mean_square_; }

  /// The sum of power densities from one frame to another, both among them.
  [[nodiscard]] std::vector<float> spectrum(std::int64_t from, std::int64_t to) const {
    std::vector<float> sum(static_cast<std::size_t>(bands_.settings.fine_bands));
    each_envelope([&](const float* spectrum, const float* envelope, std::int64_t first, std::int64_t end) {
      float over_time = 0.0F;
      for (std::int64_t t = from; t <= to; ++t) over_time += envelope[t];
      for (std::int64_t b = first; b < end; ++b) sum[static_cast<std::size_t>(b)] += over_time * spectrum[b];
    });
    return sum;
  }

 private:
  /// Both spectra, region by region: the spectrum, its envelope there, the region's first band and one past
  /// its last.
  template <typename F>
  void each_envelope(F f) const {
    const float* envelope = envelopes_;
    for (int k = 0; k < 2; ++k) {
      std::int64_t band = 0;
      for (const std::int64_t size : bands_.region_sizes) {
        f(spectra_ + k * bands_.settings.fine_bands, envelope, band, band + size);
        band += size;
        envelope += mean_square_.size();
      }
    }
  }

  const dsp::Bands& bands_;
  const float *spectra_, *envelopes_;
  std::vector<float> mean_square_;
};

/// What does not depend on an event.
struct Listener {
  PitchFinder pitches;
  torch::Tensor width_bins, centre_hz;  // [bands], on the CPU
  double frame_s;
  std::int64_t lead_frames;  // before the onset, so that the attack is seen whole
};

EventDescription described(const Listener& listener, const Sound& sound, double gain_db) {
  const std::vector<float>& loud = sound.mean_square();
  const auto frames = static_cast<std::int64_t>(loud.size());
  const std::int64_t top = std::max_element(loud.begin(), loud.end()) - loud.begin();
  const auto db_at = [&loud](std::int64_t t) {
    return 10.0 * std::log10(static_cast<double>(loud[static_cast<std::size_t>(t)]) + 1e-20);
  };

  EventDescription d;
  d.loudness_db = db_at(top) - 10.0 * std::log10(kFullScalePower) + gain_db;
  std::int64_t last = frames - 1;
  while (last > top && db_at(last) < db_at(top) - kAudibleDb) --last;
  d.duration_s =
      std::max(listener.frame_s, static_cast<double>(last + 1 - listener.lead_frames) * listener.frame_s);

  // Slope between the loudest moment and the end of what is audible, least squares.
  const std::int64_t until = std::min(std::max(last, top + 2), frames - 1);
  double sum_t = 0, sum_db = 0, sum_tt = 0, sum_tdb = 0, n = 0;
  for (std::int64_t t = top; t <= until; ++t) {
    const double seconds = static_cast<double>(t - top) * listener.frame_s;
    const double db = db_at(t);
    sum_t += seconds;
    sum_db += db;
    sum_tt += seconds * seconds;
    sum_tdb += seconds * db;
    n += 1;
  }
  const double slope = (n * sum_tdb - sum_t * sum_db) / (n * sum_tt - sum_t * sum_t);
  d.decay_s = slope < 0.0 ? std::min(-60.0 / slope, 99.0) : 99.0;

  // Spectrum over the audible time, each moment by its power.
  const std::vector<float> spectrum = sound.spectrum(top, until);
  const float* width = listener.width_bins.data_ptr<float>();
  const float* centre = listener.centre_hz.data_ptr<float>();
  double total = 0, moment = 0;
  for (std::size_t b = 0; b < spectrum.size(); ++b) {
    total += spectrum[b] * width[b];
    moment += spectrum[b] * width[b] * centre[b];
  }
  d.brightness_hz = moment / std::max(total, 1e-30);
  d.pitch_hz = listener.pitches.pitch_hz(spectrum);
  return d;
}

}  // namespace

std::vector<EventDescription> describe(const LoadedModel& loaded, std::span<const Event> events) {
  torch::NoGradGuard no_grad;
  models::EventModel& model = *loaded.model;
  const auto& bands = model.config.bands;
  const double frame_s = static_cast<double>(bands.fine_hop_samples) / bands.sample_rate_hz;
  const auto frames = static_cast<std::int64_t>(kLongestSeconds / frame_s);
  const Listener listener{.pitches = PitchFinder(model.bands),
                          .width_bins = model.bands.fine_widths.to(torch::kCPU).contiguous(),
                          .centre_hz = model.bands.fine_centres_hz.to(torch::kCPU).contiguous(),
                          .frame_s = frame_s,
                          .lead_frames = bands.fine_window_samples / bands.fine_hop_samples};

  std::vector<EventDescription> all;
  for (std::size_t begin = 0; begin < events.size(); begin += kEventsAtOnce) {
    const auto part = events.subspan(begin, std::min(kEventsAtOnce, events.size() - begin));
    const std::vector<Event> some(part.begin(), part.end());
    const models::EventShape shape = model.decoder->shape(vectors_of(some, model.device));
    const torch::Tensor spectra = shape.spectra[0].to(torch::kCPU).contiguous();  // [E, 2, bands]
    const torch::Tensor envelopes =
        envelopes_of(model, shape, listener.lead_frames, frames).to(torch::kCPU).contiguous();
    for (std::size_t e = 0; e < some.size(); ++e) {
      const auto i = static_cast<std::int64_t>(e);
      const Sound sound(model.bands, listener.width_bins.data_ptr<float>(), spectra[i].data_ptr<float>(),
                        envelopes[i].data_ptr<float>(), frames);
      all.push_back(described(listener, sound, some[e].gain_db));
    }
  }
  return all;
}

}  // namespace ictus::events
