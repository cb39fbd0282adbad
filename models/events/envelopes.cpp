#include "models/events/envelopes.hpp"

#include <cmath>
#include <vector>

// Loops over frames are compiled for processors with wide registers as well; the loader chooses.
#if defined(__x86_64__) && defined(__GNUC__)
#define ICTUS_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define ICTUS_WIDE
#endif

namespace ictus::models {
namespace {

constexpr double kDamperSeconds = 0.02;  // in which the damper comes down

/// What one event's loops need, row by row of T frames; on the stack of a call, so threads don't meet.
class Rows {
 public:
  Rows(std::int64_t rows, std::int64_t frames)
      : frames_(frames), values_(static_cast<std::size_t>(rows * frames)) {}
  float* operator[](std::int64_t row) { return values_.data() + row * frames_; }
  void clear(std::int64_t row) { std::fill_n((*this)[row], frames_, 0.0F); }

 private:
  std::int64_t frames_;
  std::vector<float> values_;
};

/// Sizes and places that do not depend on an event.
struct Grid {
  std::int64_t regions, frames, steps, points;
  float hop_seconds, rate_hz, steps_per_sample, window_steps;
  float hop_samples;
};

/// `numbers` are samples a hop, their rate in Hz, samples a step of the attacks and in a window.
Grid grid_of(const torch::Tensor& room_level, const torch::Tensor& tables, const torch::Tensor& contour,
             std::int64_t frames, const std::vector<double>& numbers) {
  return {room_level.size(-1),
          frames,
          tables.size(-1),
          contour.size(-1),
          static_cast<float>(numbers[0] / numbers[1]),
          static_cast<float>(numbers[1]),
          static_cast<float>(1.0 / numbers[2]),
          static_cast<float>(0.5 * numbers[3] / numbers[2]),
          static_cast<float>(numbers[0])};
}

/// What an event has of its own that is not a region's.
struct One {
  float gain, onset_samples, crossfade_rate, hold_seconds, damping_rate;
  const float* contour;
};

// Rows of an event that are the same in every region.
enum Row : std::int64_t {
  kSeconds,
  kAttack,
  kRoom,
  kLeft,
  kDamped,  // the damper's and the contour's
  kDirect,
  kFirst,
  kSecond,
  kQ1,  // decays of a region
  kQ2,
  kQR,
  kForwardRows,
  kByDirect1 = kForwardRows,  // gradients by what the regions share
  kByDirect2,
  kBySeconds,
  kByRoom,
  kAllRows,
};

/// out[t] = exp(-rate * seconds[t]), where seconds rise evenly from frame `begin` on and are 0 before.
ICTUS_WIDE void decaying(float rate, const float* seconds, float hop_seconds, std::int64_t begin,
                         std::int64_t frames, float* out) {
  constexpr std::int64_t kLanes = 16;
  for (std::int64_t t = 0; t < begin; ++t) out[t] = 1.0F;
  if (begin >= frames) return;
  float lane[kLanes];
  const float step = std::exp(-rate * hop_seconds);
  lane[0] = std::exp(-rate * seconds[begin]);
  for (std::int64_t i = 1; i < kLanes; ++i) lane[i] = lane[i - 1] * step;
  const float stride = std::exp(-rate * hop_seconds * static_cast<float>(kLanes));
  std::int64_t t = begin;
  for (; t + kLanes <= frames; t += kLanes) {
    for (std::int64_t i = 0; i < kLanes; ++i) {
      out[t + i] = lane[i];
      lane[i] *= stride;
    }
  }
  for (std::int64_t i = 0; t + i < frames; ++i) out[t + i] = lane[i];
}

float softplus(float x) { return x > 20.0F ? x : x < -20.0F ? 0.0F : std::log1p(std::exp(x)); }

/// Place in the attack's table of a frame so long after the onset.
struct Place {
  std::int64_t low;
  float part;
  bool inside;  ///< not held at either end
};

Place place_of(float since_samples, const Grid& g) {
  const float at = since_samples * g.steps_per_sample + g.window_steps;
  const float last = static_cast<float>(g.steps - 1) - 1e-3F;
  const float held = at > 0.0F ? std::min(at, last) : 0.0F;  // 0 as well for what is no number
  const auto low = static_cast<std::int64_t>(held);
  return {low, held - static_cast<float>(low), at > 0.0F && at < last};
}

/// A stretch of a contour, from the point before `point` to it; a contour's beginning is point -1.
class Stretch {
 public:
  Stretch(const float* contour, std::int64_t points) : contour_(contour), points_(points) {}

  /// `seconds` do not fall from call to call.
  void move_to(float seconds) {
    while (point < points_ && seconds > end_) {
      ++point;
      begin_ = end_;
      end_ = static_cast<float>(contour_seconds(static_cast<int>(point)));
    }
    part = point < points_ ? (seconds - begin_) / (end_ - begin_) : 0.0F;
  }
  [[nodiscard]] float value() const { return before() + part * (after() - before()); }
  /// By seconds.
  [[nodiscard]] float slope() const {
    return point < points_ ? (after() - before()) / (end_ - begin_) : 0.0F;
  }

  std::int64_t point = 0;  ///< that after it; as many as there are where the last value is held
  float part = 0.0F;       ///< of it that has passed

 private:
  [[nodiscard]] float before() const { return point > 0 ? contour_[point - 1] : 0.0F; }
  [[nodiscard]] float after() const { return point < points_ ? contour_[point] : before(); }

  const float* contour_;
  std::int64_t points_;
  float begin_ = 0.0F, end_ = static_cast<float>(contour_seconds(0));
};

/// Fills the rows of an event; returns the first frame after its onset.
std::int64_t fill_rows(const One& e, const float* table, const float* room_start, const Grid& g, Rows& rows) {
  std::int64_t begin = g.frames;
  for (std::int64_t t = 0; t < g.frames; ++t) {
    const float since = static_cast<float>(t) * g.hop_samples - e.onset_samples;
    if (since > 0.0F && begin == g.frames) begin = t;
    rows[kSeconds][t] = std::max(since, 0.0F) / g.rate_hz;
    const Place at = place_of(since, g);
    rows[kAttack][t] = table[at.low] + at.part * (table[at.low + 1] - table[at.low]);
    rows[kRoom][t] = room_start[at.low] + at.part * (room_start[at.low + 1] - room_start[at.low]);
  }
  decaying(e.crossfade_rate, rows[kSeconds], g.hop_seconds, begin, g.frames, rows[kLeft]);
  Stretch stretch(e.contour, g.points);
  for (std::int64_t t = 0; t < g.frames; ++t) {
    float damped = 1.0F;
    if (e.damping_rate > 0.0F) {
      const float x = (rows[kSeconds][t] - e.hold_seconds) / static_cast<float>(kDamperSeconds);
      const float soft = softplus(x);
      damped = soft == 0.0F ? 1.0F : std::exp(-e.damping_rate * static_cast<float>(kDamperSeconds) * soft);
    }
    if (g.points > 0) {
      stretch.move_to(rows[kSeconds][t]);
      damped *= std::exp(stretch.value());
    }
    rows[kDamped][t] = damped;
    rows[kDirect][t] = rows[kAttack][t] * e.gain * damped;
    rows[kFirst][t] = rows[kDirect][t] * rows[kLeft][t];
    rows[kSecond][t] = rows[kDirect][t] * (1.0F - rows[kLeft][t]);
  }
  return begin;
}

/// A region's envelopes of both spectra.
ICTUS_WIDE void sound(Rows& rows, float level, std::int64_t frames, float* out_first, float* out_second) {
  const float *first = rows[kFirst], *second = rows[kSecond], *room = rows[kRoom];
  const float *q1 = rows[kQ1], *q2 = rows[kQ2], *qr = rows[kQR];
#pragma omp simd
  for (std::int64_t t = 0; t < frames; ++t) {
    out_first[t] = first[t] * q1[t] + level * room[t] * qr[t];
    out_second[t] = second[t] * q2[t];
  }
}

/// What is a region's own.
struct ByRegion {
  float rate1, rate2, level, room_rate;
};

/// The gradients by a region's own values, given those by its envelopes, `g1` and `g2`; those by what the
/// regions share are added up in their rows.
ICTUS_WIDE ByRegion differentiate(Rows& rows, const ByRegion& own, float gain, std::int64_t frames,
                                  const float* g1, const float* g2) {
  const float *seconds = rows[kSeconds], *first = rows[kFirst], *second = rows[kSecond], *room = rows[kRoom];
  const float *q1 = rows[kQ1], *q2 = rows[kQ2], *qr = rows[kQR];
  float *by1 = rows[kByDirect1], *by2 = rows[kByDirect2], *by_s = rows[kBySeconds], *by_room = rows[kByRoom];
  float by_rate1 = 0.0F, by_rate2 = 0.0F, by_level = 0.0F, by_room_rate = 0.0F;
#pragma omp simd reduction(+ : by_rate1, by_rate2, by_level, by_room_rate)
  for (std::int64_t t = 0; t < frames; ++t) {
    const float u1 = g1[t] * q1[t];
    const float u2 = g2[t] * q2[t];
    const float answer = g1[t] * gain * qr[t];  // by the room's level
    const float d1 = first[t] * u1;
    const float d2 = second[t] * u2;
    const float dr = answer * own.level * room[t];
    by1[t] += u1;
    by2[t] += u2;
    by_room[t] += answer * own.level;
    by_s[t] -= own.rate1 * d1 + own.rate2 * d2 + own.room_rate * dr;
    by_rate1 -= seconds[t] * d1;
    by_rate2 -= seconds[t] * d2;
    by_level += answer * room[t];
    by_room_rate -= seconds[t] * dr;
  }
  return {by_rate1, by_rate2, by_level, by_room_rate};
}

/// The tensors of a call, contiguous, and their pointers for event i.
struct Inputs {
  torch::Tensor gain, onset, tables, room_start, decay, crossfade, room_level, room_rate, hold, damping,
      contour;
  Grid grid;
  std::int64_t events;

  [[nodiscard]] One one(std::int64_t i) const {
    return {gain.data_ptr<float>()[i],      onset.data_ptr<float>()[i],
            crossfade.data_ptr<float>()[i], hold.data_ptr<float>()[i],
            damping.data_ptr<float>()[i],   contour.data_ptr<float>() + i * grid.points};
  }
};

Inputs inputs_of(const torch::autograd::variable_list& v, const Grid& grid) {
  return {v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], grid, v[0].numel()};
}

class FusedEnvelopes : public torch::autograd::Function<FusedEnvelopes> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& gain,
                               const torch::Tensor& onset, const torch::Tensor& tables,
                               const torch::Tensor& room_start, const torch::Tensor& decay,
                               const torch::Tensor& crossfade, const torch::Tensor& room_level,
                               const torch::Tensor& room_rate, const torch::Tensor& hold,
                               const torch::Tensor& damping, const torch::Tensor& contour,
                               std::int64_t frames, double hop_samples, double rate_hz, double step_samples,
                               double window_samples) {
    const std::vector<double> numbers{hop_samples, rate_hz, step_samples, window_samples};
    const Grid g = grid_of(room_level, tables, contour, frames, numbers);
    const torch::autograd::variable_list all{
        gain.contiguous(),  onset.contiguous(),     tables.contiguous(),     room_start.contiguous(),
        decay.contiguous(), crossfade.contiguous(), room_level.contiguous(), room_rate.contiguous(),
        hold.contiguous(),  damping.contiguous(),   contour.contiguous()};
    context->save_for_backward(all);
    context->saved_data["frames"] = frames;
    context->saved_data["numbers"] = numbers;
    const Inputs in = inputs_of(all, g);
    torch::Tensor out = torch::empty({gain.size(0), gain.size(1) * 2, g.regions, frames}, gain.options());
    Rows rows(kForwardRows, frames);
    for (std::int64_t i = 0; i < in.events; ++i) {
      const One e = in.one(i);
      const std::int64_t begin =
          fill_rows(e, in.tables.data_ptr<float>() + i * g.steps, in.room_start.data_ptr<float>(), g, rows);
      const float* rates = in.decay.data_ptr<float>() + i * 2 * g.regions;
      const float* levels = in.room_level.data_ptr<float>() + i * g.regions;
      const float* room_rates = in.room_rate.data_ptr<float>() + i * g.regions;
      for (std::int64_t r = 0; r < g.regions; ++r) {
        decaying(rates[r], rows[kSeconds], g.hop_seconds, begin, frames, rows[kQ1]);
        decaying(rates[g.regions + r], rows[kSeconds], g.hop_seconds, begin, frames, rows[kQ2]);
        decaying(room_rates[r], rows[kSeconds], g.hop_seconds, begin, frames, rows[kQR]);
        sound(rows, levels[r] * e.gain, frames, out.data_ptr<float>() + ((i * 2) * g.regions + r) * frames,
              out.data_ptr<float>() + ((i * 2 + 1) * g.regions + r) * frames);
      }
    }
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& upstream) {
    const torch::autograd::variable_list saved = context->get_saved_variables();
    const std::int64_t frames = context->saved_data["frames"].toInt();
    const std::vector<double> numbers = context->saved_data["numbers"].toDoubleVector();
    const Grid g = grid_of(saved[6], saved[2], saved[10], frames, numbers);
    const Inputs in = inputs_of(saved, g);
    const torch::Tensor above = upstream[0].contiguous();
    torch::autograd::variable_list out;
    for (const torch::Tensor& one : saved) out.push_back(torch::zeros_like(one));
    const float damper = static_cast<float>(kDamperSeconds);
    Rows rows(kAllRows, frames);
    for (std::int64_t i = 0; i < in.events; ++i) {
      const One e = in.one(i);
      const float* table = in.tables.data_ptr<float>() + i * g.steps;
      const float* room_start = in.room_start.data_ptr<float>();
      const std::int64_t begin = fill_rows(e, table, room_start, g, rows);
      const float* rates = in.decay.data_ptr<float>() + i * 2 * g.regions;
      const float* levels = in.room_level.data_ptr<float>() + i * g.regions;
      const float* room_rates = in.room_rate.data_ptr<float>() + i * g.regions;
      for (const std::int64_t row : {kByDirect1, kByDirect2, kBySeconds, kByRoom}) rows.clear(row);
      float by_gain = 0.0F;
      for (std::int64_t r = 0; r < g.regions; ++r) {
        decaying(rates[r], rows[kSeconds], g.hop_seconds, begin, frames, rows[kQ1]);
        decaying(rates[g.regions + r], rows[kSeconds], g.hop_seconds, begin, frames, rows[kQ2]);
        decaying(room_rates[r], rows[kSeconds], g.hop_seconds, begin, frames, rows[kQR]);
        const ByRegion by =
            differentiate(rows, {rates[r], rates[g.regions + r], levels[r], room_rates[r]}, e.gain, frames,
                          above.data_ptr<float>() + ((i * 2) * g.regions + r) * frames,
                          above.data_ptr<float>() + ((i * 2 + 1) * g.regions + r) * frames);
        out[4].data_ptr<float>()[i * 2 * g.regions + r] = by.rate1;
        out[4].data_ptr<float>()[(i * 2 + 1) * g.regions + r] = by.rate2;
        out[6].data_ptr<float>()[i * g.regions + r] = by.level;
        out[7].data_ptr<float>()[i * g.regions + r] = by.room_rate;
        if (e.gain > 0.0F) by_gain += by.level * levels[r] / e.gain;
      }
      // What the regions share.
      float by_onset = 0.0F, by_crossfade = 0.0F, by_hold = 0.0F, by_damping = 0.0F;
      float* by_table = out[2].data_ptr<float>() + i * g.steps;
      float* by_start = out[3].data_ptr<float>();
      float* by_contour = out[10].data_ptr<float>() + i * g.points;
      Stretch stretch(e.contour, g.points);
      for (std::int64_t t = 0; t < frames; ++t) {
        const float left = rows[kLeft][t], direct = rows[kDirect][t], seconds = rows[kSeconds][t];
        const float by_direct = rows[kByDirect1][t] * left + rows[kByDirect2][t] * (1.0F - left);
        const float by_left = direct * (rows[kByDirect1][t] - rows[kByDirect2][t]);
        by_crossfade -= seconds * left * by_left;
        float by_seconds = rows[kBySeconds][t] - e.crossfade_rate * left * by_left;
        const float by_log = by_direct * direct;
        if (g.points > 0) {
          stretch.move_to(seconds);
          if (stretch.point > 0) by_contour[stretch.point - 1] += (1.0F - stretch.part) * by_log;
          if (stretch.point < g.points) by_contour[stretch.point] += stretch.part * by_log;
          by_seconds += stretch.slope() * by_log;
        }
        if (e.damping_rate > 0.0F) {
          const float x = (seconds - e.hold_seconds) / damper;
          const float soft = softplus(x);
          const float slope = x > 20.0F ? 1.0F : x < -20.0F ? 0.0F : 1.0F / (1.0F + std::exp(-x));
          by_damping -= damper * soft * by_log;
          by_hold += e.damping_rate * slope * by_log;
          by_seconds -= e.damping_rate * slope * by_log;
        }
        const float by_attack = by_direct * e.gain * rows[kDamped][t];
        by_gain += by_direct * rows[kAttack][t] * rows[kDamped][t];
        const float since = static_cast<float>(t) * g.hop_samples - e.onset_samples;
        const Place at = place_of(since, g);
        by_table[at.low] += by_attack * (1.0F - at.part);
        by_table[at.low + 1] += by_attack * at.part;
        by_start[at.low] += rows[kByRoom][t] * (1.0F - at.part);
        by_start[at.low + 1] += rows[kByRoom][t] * at.part;
        float by_since = 0.0F;
        if (at.inside)
          by_since = g.steps_per_sample * (by_attack * (table[at.low + 1] - table[at.low]) +
                                           rows[kByRoom][t] * (room_start[at.low + 1] - room_start[at.low]));
        if (since > 0.0F) by_since += by_seconds / g.rate_hz;
        by_onset -= by_since;
      }
      out[0].data_ptr<float>()[i] = by_gain;
      out[1].data_ptr<float>()[i] = by_onset;
      out[5].data_ptr<float>()[i] = by_crossfade;
      out[8].data_ptr<float>()[i] = by_hold;
      out[9].data_ptr<float>()[i] = by_damping;
    }
    for (int k = 0; k < 5; ++k) out.emplace_back();  // the numbers have no gradient
    return out;
  }
};

}  // namespace

torch::Tensor envelopes(const EventShape& shape, const torch::Tensor& gain,
                        const torch::Tensor& onset_samples, const EnvelopeFrames& f) {
  if (!gain.device().is_cpu() || gain.scalar_type() != torch::kFloat)
    return envelopes_by_torch(shape, gain, onset_samples, f);
  return FusedEnvelopes::apply(
      gain, onset_samples, torch::matmul(shape.attack, f.attacks), f.room_start, shape.decay_rate,
      shape.crossfade_rate, shape.room_level, shape.room_rate, shape.hold_seconds, shape.damping_rate,
      shape.contour, f.count, static_cast<double>(f.hop_samples), static_cast<double>(f.sample_rate_hz),
      static_cast<double>(f.attack_step_samples), static_cast<double>(f.window_samples));
}

torch::Tensor envelopes_by_torch(const EventShape& shape, const torch::Tensor& gain,
                                 const torch::Tensor& onset_samples, const EnvelopeFrames& f) {
  // Time of every frame since every onset.
  const torch::Tensor centres = torch::arange(f.count, gain.options()) * f.hop_samples;  // [T]
  const torch::Tensor since = centres - onset_samples.unsqueeze(-1);                     // [B, E, T]
  const torch::Tensor seconds = (torch::relu(since) / f.sample_rate_hz).unsqueeze(2);    // [B, E, 1, T]

  // The attack, as frames see it, read between two steps of its table.
  const std::int64_t last = f.attacks.size(1) - 1;
  const torch::Tensor at = (since / f.attack_step_samples + 0.5 * f.window_samples / f.attack_step_samples)
                               .clamp(0.0, static_cast<double>(last) - 1e-3);
  const torch::Tensor index = at.detach().floor();
  const torch::Tensor part = at - index;
  const torch::Tensor low = index.to(torch::kLong);
  const auto read = [&](const torch::Tensor& table) {  // [B, E, steps] -> [B, E, 1, T]
    return torch::lerp(table.gather(2, low), table.gather(2, low + 1), part).unsqueeze(2);
  };
  const torch::Tensor attack = read(torch::matmul(shape.attack, f.attacks));
  const torch::Tensor room_start = read(f.room_start.expand({gain.size(0), gain.size(1), last + 1}));

  // The damper.
  const torch::Tensor pressed =
      torch::softplus((seconds - shape.hold_seconds.unsqueeze(-1).unsqueeze(-1)) / kDamperSeconds);
  const torch::Tensor damped =
      torch::exp(pressed * (shape.damping_rate.unsqueeze(-1).unsqueeze(-1) * -kDamperSeconds));

  // The contour, a sum of triangles that are 1 at one point and 0 at the others.
  torch::Tensor curve = torch::zeros_like(seconds);  // [B, E, 1, T]
  const auto points = static_cast<int>(shape.contour.size(-1));
  for (int k = 0; k < points; ++k) {
    const auto place = [&](int point) { return point < 0 ? 0.0 : contour_seconds(point); };
    torch::Tensor triangle = ((seconds - place(k - 1)) / (place(k) - place(k - 1))).clamp(0.0, 1.0);
    if (k + 1 < points)
      triangle = triangle * ((place(k + 1) - seconds) / (place(k + 1) - place(k))).clamp(0.0, 1.0);
    curve = curve + triangle * shape.contour.select(-1, k).unsqueeze(-1).unsqueeze(-1);
  }

  const torch::Tensor loud = gain.unsqueeze(-1).unsqueeze(-1);  // [B, E, 1, 1]
  const torch::Tensor left = torch::exp(-seconds * shape.crossfade_rate.unsqueeze(-1).unsqueeze(-1));
  const torch::Tensor decay =
      torch::exp(-seconds.unsqueeze(2) * shape.decay_rate.unsqueeze(-1));  // [B, E, 2, R, T]
  const torch::Tensor room = torch::exp(-seconds * shape.room_rate.unsqueeze(-1)) *
                             (shape.room_level.unsqueeze(-1) * loud) * room_start;
  const torch::Tensor direct = attack * loud * damped * torch::exp(curve);
  const torch::Tensor first = direct * left * decay.select(2, 0) + room;
  const torch::Tensor second = direct * (1.0 - left) * decay.select(2, 1);
  return torch::stack({first, second}, 2).flatten(1, 2);
}

}  // namespace ictus::models
