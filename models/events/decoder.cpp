#include "models/events/decoder.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/events/envelopes.hpp"
#include "models/events/region_sum.hpp"

namespace ictus::models {
namespace {

constexpr double kDecibelsPerNeper = 4.342944819;  // of power
constexpr double kFilterRangeDb = 40.0;
constexpr double kSecondLevelRangeDb = 40.0;
constexpr double kContourRangeDb = 30.0;
// Power falls by 60 dB in 13.8 / rate seconds: from 25 s down to 10 ms.
constexpr double kSlowestRate = 13.8155 / 25.0;
constexpr double kFastestRate = 13.8155 / 0.010;

/// The logarithm of a power of x dB within a range.
torch::Tensor bounded_log(const torch::Tensor& x, double range_db) {
  return torch::tanh(x / range_db) * (range_db / kDecibelsPerNeper);
}

torch::Tensor bounded_db(const torch::Tensor& x, double range_db) {
  return torch::exp(bounded_log(x, range_db));
}

torch::Tensor rate_of(const torch::Tensor& log_rate) {
  return torch::exp(log_rate.clamp(std::log(kSlowestRate), std::log(kFastestRate)));
}

/// Attacks to start from: ramps of 1 ms to 0.4 s that hold, fall to a part, or fall to nothing.
torch::Tensor starting_attacks(const EventModelConfig& c) {
  torch::Tensor power = torch::empty({c.attacks, c.attack_steps});
  const double step_s = static_cast<double>(c.attack_step_samples) / c.bands.sample_rate_hz;
  for (int k = 0; k < c.attacks; ++k) {
    const int kind = k % 4;
    const double place = static_cast<double>(k / 4) / std::max(1, c.attacks / 4 - 1);
    const double rise_s = 0.001 * std::pow(400.0, kind == 1 ? 0.5 * place : place);
    const double fall_s = 0.01 * std::pow(40.0, place);
    for (int j = 0; j < c.attack_steps; ++j) {
      const double t = (j + 0.5) * step_s;
      const double rise = std::min(1.0, t / rise_s);
      double level = rise;                                                // 0: rises and holds
      if (kind == 1) level = rise * (0.1 + 0.9 * std::exp(-t / fall_s));  // 1: strikes, holds a tenth
      if (kind == 2) level = rise * std::exp(-t / fall_s);                // 2: strikes and dies
      if (kind == 3) {                                                    // 3: swells and ends
        const double length_s = 0.05 + 0.6 * place;
        level = t < length_s ? std::pow(std::sin(std::numbers::pi * t / length_s), 2.0) : 0.0;
      }
      power[k][j] = std::max(level, 1e-4);
    }
  }
  return torch::log(torch::expm1(power));  // inverse of softplus
}

}  // namespace

EventDecoderImpl::EventDecoderImpl(const EventModelConfig& config, const dsp::Bands& bands)
    : config_(config), bands_(bands) {
  const EventModelConfig& c = config_;
  const int fine = c.bands.fine_bands;
  const int regions = c.bands.regions;
  const int hidden = c.decoder_hidden;
  in_ = register_module("in", torch::nn::Linear(kEventVectorSize, hidden));
  hidden_ = register_module("hidden", torch::nn::Linear(hidden, hidden));
  resonance_choice_ = register_module("resonance_choice", torch::nn::Linear(hidden, 2 * c.resonances));
  filter_ = register_module("filter", torch::nn::Linear(hidden, 2 * c.filter_knots));
  second_level_ = register_module("second_level", torch::nn::Linear(hidden, 1));
  attack_choice_ = register_module("attack_choice", torch::nn::Linear(hidden, c.attacks));
  decay_choice_ = register_module("decay_choice", torch::nn::Linear(hidden, c.decays));
  crossfade_choice_ = register_module("crossfade_choice", torch::nn::Linear(hidden, c.crossfades));
  room_choice_ = register_module("room_choice", torch::nn::Linear(hidden, c.rooms));

  // Different vectors must sound different from the first step: choices start decided, not even.
  torch::NoGradGuard no_grad;
  in_->weight.mul_(4.0);
  for (auto* choice :
       {&resonance_choice_, &attack_choice_, &decay_choice_, &crossfade_choice_, &room_choice_})
    (*choice)->weight.mul_(8.0);
  filter_->weight.mul_(8.0);

  resonances_ = register_parameter("resonances", torch::randn({c.resonances, fine}));
  attacks_ = register_parameter("attacks", starting_attacks(c));

  // Decays of 0.05 to 12 s; high regions fall as fast as low ones or up to eight times faster.
  const torch::Tensor place = torch::linspace(0, 1, regions);
  const torch::Tensor seconds = torch::exp(torch::rand({c.decays, 1, 1}) * std::log(12.0 / 0.05)) * 0.05;
  const torch::Tensor tilt = torch::exp(torch::rand({c.decays, 2, 1}) * place * std::log(8.0));
  decays_ =
      register_parameter("decays", torch::log(13.8155 / seconds * tilt).reshape({c.decays, 2 * regions}));
  crossfades_ = register_parameter("crossfades",
                                   torch::linspace(std::log(1.0 / 0.02), std::log(1.0 / 2.0), c.crossfades));

  // Rooms of 0.15 to 4 s, answering at -12 to -40 dB; the first one is as good as dry.
  const torch::Tensor room = torch::linspace(0, 1, c.rooms).unsqueeze(1);
  const torch::Tensor room_seconds = 0.15 * torch::exp(room * std::log(4.0 / 0.15)) * (1.2 - 0.7 * place);
  room_rates_ = register_parameter("room_rates", torch::log(13.8155 / room_seconds));
  torch::Tensor level_db = -12.0 - 28.0 * torch::rand({c.rooms, 1}) - 6.0 * place;
  level_db[0] = -70.0;
  room_levels_ = register_parameter("room_levels", level_db / kDecibelsPerNeper);

  if (c.holds > 0) {
    // Dampers after 0.06 to 4 s, gentle at first, so that events which ring on are hardly changed.
    hold_choice_ = register_module("hold_choice", torch::nn::Linear(hidden, c.holds));
    hold_choice_->weight.mul_(8.0);
    const torch::Tensor log_seconds = torch::linspace(std::log(0.06), std::log(4.0), c.holds);
    holds_ = register_parameter(
        "holds", torch::stack({log_seconds, torch::full_like(log_seconds, std::log(13.8155 / 3.0))}, 1));
  }
  if (c.bend_semitones > 0.0) {
    bend_ = register_module("bend", torch::nn::Linear(hidden, 2));
    bend_->weight.zero_();
    bend_->bias.zero_();
    // Bands are single bins below and equal ratios above, see dsp::BandSettings.
    bend_steps_ = torch::empty({fine});
    const double bins = 0.5 * c.bands.fine_window_samples + 1;
    const double steps = (fine - c.bands.linear_bands) / std::log(bins / c.bands.linear_bands);
    for (int b = 0; b < fine; ++b) bend_steps_[b] = b < c.bands.linear_bands ? b : steps;
    bend_steps_ = bend_steps_.to(bands.fine_pool.device());
  }

  if (c.contour_points > 0) {
    contour_ = register_module("contour", torch::nn::Linear(hidden, c.contour_points));
    contour_->weight.zero_();
    contour_->bias.zero_();
  }

  // Knots lie evenly in band number, which is close to even in pitch.
  torch::Tensor knots = torch::zeros({c.filter_knots, fine});
  for (int b = 0; b < fine; ++b) {
    const double at = static_cast<double>(b) / (fine - 1) * (c.filter_knots - 1);
    const int low = std::min(static_cast<int>(at), c.filter_knots - 2);
    knots[low][b] = 1.0 - (at - low);
    knots[low + 1][b] = at - low;
  }
  knots_ = knots.to(bands.fine_pool.device());
}

void EventDecoderImpl::start_resonances_from(const torch::Tensor& densities) {
  torch::NoGradGuard no_grad;
  const torch::Tensor share = densities * bands_.fine_widths;
  resonances_.copy_(torch::log(share / share.sum(-1, true) + 1e-7));
}

torch::Tensor EventDecoderImpl::bent(const torch::Tensor& density, const torch::Tensor& log_ratio) const {
  // What sounds at f now sounded at f / ratio, read between two bands.
  const std::int64_t fine = config_.bands.fine_bands;
  const torch::Tensor at = (torch::arange(fine, density.options()) - log_ratio.unsqueeze(-1) * bend_steps_)
                               .clamp(0.0, static_cast<double>(fine - 1) - 1e-3);  // [..., fine]
  const torch::Tensor index = at.detach().floor();
  const torch::Tensor low = index.to(torch::kLong);
  return torch::lerp(density.gather(-1, low), density.gather(-1, low + 1), at - index);
}

EventShape EventDecoderImpl::shape(const torch::Tensor& vectors) {
  const EventModelConfig& c = config_;
  std::vector<std::int64_t> lead = vectors.sizes().vec();
  lead.pop_back();
  const auto sized = [&lead](std::initializer_list<std::int64_t> last) {
    std::vector<std::int64_t> sizes = lead;
    sizes.insert(sizes.end(), last);
    return sizes;
  };
  const int regions = c.bands.regions;

  torch::Tensor h = torch::silu(in_(vectors));  // [..., hidden]
  h = h + torch::silu(hidden_(h));

  EventShape out;
  const torch::Tensor choice = torch::softmax(resonance_choice_(h).reshape(sized({2, c.resonances})), -1);
  const torch::Tensor resonances =
      frozen_.resonances.defined() ? frozen_.resonances : torch::softmax(resonances_, -1);
  torch::Tensor share = torch::matmul(choice, resonances);  // [..., 2, fine]
  if (bend_) {
    const torch::Tensor log_ratio = torch::tanh(bend_(h)) * (c.bend_semitones * std::log(2.0) / 12.0);
    share = bent(share / bands_.fine_widths, log_ratio) * bands_.fine_widths;
  }
  const torch::Tensor filter_db = filter_(h).reshape(sized({2, c.filter_knots}));
  const torch::Tensor equaliser = bounded_db(torch::matmul(filter_db, knots_), kFilterRangeDb);
  torch::Tensor shaped = share * equaliser;
  shaped = shaped / shaped.sum(-1, true);
  const torch::Tensor level = torch::stack(
      {torch::ones(lead, h.options()), bounded_db(second_level_(h).squeeze(-1), kSecondLevelRangeDb)}, -1);
  // A share of all power becomes a density: mean square = 2 / window * sum of density * width.
  out.spectra = shaped * level.unsqueeze(-1) * (c.bands.fine_window_samples / 2.0) / bands_.fine_widths;

  out.attack = torch::softmax(attack_choice_(h), -1);
  out.decay_rate =
      rate_of(torch::matmul(torch::softmax(decay_choice_(h), -1), decays_)).reshape(sized({2, regions}));
  out.crossfade_rate = rate_of(torch::matmul(torch::softmax(crossfade_choice_(h), -1), crossfades_));
  const torch::Tensor room = torch::softmax(room_choice_(h), -1);
  out.room_level = torch::exp(torch::matmul(room, room_levels_));
  out.room_rate = rate_of(torch::matmul(room, room_rates_));
  if (hold_choice_) {
    const torch::Tensor hold = torch::matmul(torch::softmax(hold_choice_(h), -1), holds_);  // [..., 2]
    out.hold_seconds = torch::exp(hold.select(-1, 0));
    out.damping_rate = rate_of(hold.select(-1, 1));
  } else {
    out.hold_seconds = torch::zeros_like(out.crossfade_rate);
    out.damping_rate = torch::zeros_like(out.crossfade_rate);
  }
  out.contour = contour_ ? bounded_log(contour_(h), kContourRangeDb) : torch::zeros(sized({0}), h.options());
  return out;
}

torch::Tensor EventDecoderImpl::windowed_attacks(const torch::Tensor& attacks, int window_samples) {
  // What a frame sees of a power envelope is its mean under the squared window: [K, steps] ->
  // [K, steps + taps], whose column j lies (j - taps / 2) steps after the onset.
  const int taps = window_samples / config_.attack_step_samples;
  torch::Tensor kernel =
      torch::hann_window(taps + 2, /*periodic=*/false, attacks.options()).narrow(0, 1, taps).square();
  kernel = (kernel / kernel.sum()).reshape({1, 1, taps});
  const torch::Tensor before = torch::zeros({attacks.size(0), taps}, attacks.options());
  const torch::Tensor after = attacks.narrow(1, attacks.size(1) - 1, 1).expand({-1, taps - 1});
  const torch::Tensor padded = torch::cat({before, attacks, after}, 1).unsqueeze(1);
  return torch::conv1d(padded, kernel).squeeze(1);
}

torch::Tensor EventDecoderImpl::attack_tables(View view) {
  torch::Tensor& kept = frozen_.attacks[view == View::fine ? 0 : 1];
  if (kept.defined()) return kept;
  const auto& b = config_.bands;
  const torch::Tensor learned = torch::softplus(attacks_);
  const torch::Tensor step = torch::ones({1, learned.size(1)}, learned.options());
  return windowed_attacks(torch::cat({learned, step}),
                          view == View::fine ? b.fine_window_samples : b.coarse_window_samples);
}

void EventDecoderImpl::freeze() {
  torch::NoGradGuard no_grad;
  frozen_ = {};
  Frozen made;
  made.resonances = torch::softmax(resonances_, -1);
  made.attacks = {attack_tables(View::fine), attack_tables(View::coarse)};
  frozen_ = made;
}

torch::Tensor EventDecoderImpl::render(const EventShape& shape, const torch::Tensor& gain,
                                       const torch::Tensor& onset_samples, View view, std::int64_t frames,
                                       FrameStep step) {
  const EventModelConfig& c = config_;
  const bool is_fine = view == View::fine;
  const int window = is_fine ? c.bands.fine_window_samples : c.bands.coarse_window_samples;
  const int hop = is_fine ? c.bands.fine_hop_samples : c.bands.coarse_hop_samples;

  const torch::Tensor tables = attack_tables(view);
  const torch::Tensor both = envelopes(
      shape, gain, step.first > 0 ? onset_samples - static_cast<double>(step.first * hop) : onset_samples,
      {.count = frames,
       .hop_samples = hop * step.stride,
       .window_samples = window,
       .sample_rate_hz = c.bands.sample_rate_hz,
       .attack_step_samples = c.attack_step_samples,
       .attacks = tables.narrow(0, 0, c.attacks),
       .room_start = tables[c.attacks]});  // [B, 2E, regions, T]

  // Sum over events, region by region: [B, bands, T].
  torch::Tensor spectra = shape.spectra.flatten(1, 2);  // [B, 2E, fine bands]
  if (!is_fine) spectra = torch::matmul(spectra, bands_.coarse_of_fine);
  const auto& sizes = is_fine ? bands_.region_sizes : bands_.coarse_region_sizes;
  const torch::Tensor sum = region_sum(spectra, both, sizes);
  return is_fine ? sum : torch::matmul(bands_.coarse_leak.t(), sum);
}

}  // namespace ictus::models
