#include "lib/analysis/timbre_training.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "lib/analysis/fit.hpp"
#include "lib/analysis/weight_steps.hpp"
#include "lib/core/dice.hpp"
#include "lib/synthesis/sound_range.hpp"

namespace ictus::analysis {
namespace {

using namespace synthesis;

constexpr float kQuietDb = 45.0F;  // below the loudest of its clip, an event says nothing about timbres
constexpr double kReach = 2.2;     // standard deviations of a component between its middle and 1
constexpr int kClipsAStep = 6;     // whose gradients are summed before the weights move
constexpr int kStepsOnAClip = 2;
constexpr float kPace = 0.6F;          // of the numbers, against that of fitting
constexpr float kLinearPace = 0.004F;  // of the mean and the linear part
constexpr float kHiddenPace = 0.002F;
constexpr float kShrink = 5e-5F;  // of hidden weights, each step
constexpr int kReports = 30;

/// Only the shapes of these envelopes count, so that their height is taken out: the same sound is one timbre.
EventSound levelled(EventSound event) {
  const auto below_top = [](auto& knots) {
    const float top = *std::max_element(knots.begin(), knots.end());
    for (float& knot : knots) knot = std::max(knot - top, -60.0F);
  };
  below_top(event.partials_db);
  below_top(event.noise_db);
  float mean = 0.0F;
  for (const float knot : event.body_db) mean += knot / static_cast<float>(event.body_db.size());
  for (float& knot : event.body_db) knot -= mean;
  return event;
}

using Timbre = std::array<double, kTimbreOutputs>;

double inner(const Timbre& a, const Timbre& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// The directions in which vectors of mean 0 are spread farthest, each as long as its standard deviation, by
/// orthogonal iteration.
std::vector<Timbre> principal_components(const std::vector<Timbre>& vectors, std::size_t count, Dice& dice) {
  constexpr int kIterations = 200;
  std::array<Timbre, kTimbreOutputs> covariance{};
  for (const Timbre& v : vectors)
    for (std::size_t i = 0; i < v.size(); ++i)
      for (std::size_t j = 0; j < v.size(); ++j)
        covariance[i][j] += v[i] * v[j] / static_cast<double>(vectors.size());
  std::vector<Timbre> components(count);
  for (Timbre& component : components)
    for (double& value : component) value = dice.normal();
  std::vector<double> lengths(count);
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    for (std::size_t c = 0; c < count; ++c) {
      Timbre next{};
      for (std::size_t i = 0; i < next.size(); ++i) next[i] = inner(covariance[i], components[c]);
      for (std::size_t other = 0; other < c; ++other) {
        const double along = inner(next, components[other]);
        for (std::size_t i = 0; i < next.size(); ++i) next[i] -= along * components[other][i];
      }
      lengths[c] = std::sqrt(inner(next, next));
      for (double& value : next) value /= std::max(lengths[c], 1e-30);
      components[c] = next;
    }
  }
  for (std::size_t c = 0; c < count; ++c)
    for (double& value : components[c]) value *= std::sqrt(lengths[c]);
  return components;
}

float file_step(std::size_t place) {
  const int steps = place < kNamedNumbers ? synthesis::kNumbers[place].steps : synthesis::kTimbreSteps;
  return 2.0F / static_cast<float>(steps - 1);
}

/// A clip while it is trained on.
struct Lesson {
  Lesson(const TimbreClip& clip, const TimbreNetwork& network)
      : nothing{synthesis::PowerMap(clip.sound.fine.bands, clip.sound.fine.frames),
                synthesis::PowerMap(clip.sound.coarse.bands, clip.sound.coarse.frames)},
        target(clip.sound, {}),
        slopes(target, nothing, 2, 1),
        free_db(distance_of(clip.events, target, nothing)),
        number_steps(clip.events.size()) {
    for (const EventSound& event : clip.events) events.push_back(nearest_vector(levelled(event), network));
  }

  PowerMaps nothing;
  Target target;
  DistanceSlopes slopes;
  float free_db;
  std::vector<VectorEvent> events;
  std::vector<NumberSteps> number_steps;
};

/// One step on the events of a clip; adds the gradient by the weights.
void learn(Lesson& lesson, const TimbreNetwork& network, int step, float pace, Dice* noise,
           std::span<float> by_weights) {
  std::vector<VectorEvent> heard = lesson.events;
  if (noise != nullptr)
    for (VectorEvent& event : heard)
      for (std::size_t i = 0; i < kEventVectorSize; ++i)
        event.vector[i] = std::clamp(
            event.vector[i] + file_step(i) * static_cast<float>(noise->uniform() - 0.5), -1.0F, 1.0F);
  const std::vector<EventSound> sounds = sounds_of(heard, network);
  std::vector<EventSound> slopes;
  lesson.slopes.at(sounds, step, slopes);
  for (std::size_t e = 0; e < heard.size(); ++e) {
    for (float& slope : numbers_of(slopes[e]))
      if (!std::isfinite(slope)) slope = 0.0F;
    synthesis::stop_at_range(sounds[e], slopes[e]);
    EventVector by_vector{};
    network.add_gradient(heard[e].vector, slopes[e], by_vector, by_weights);
    lesson.number_steps[e].move(lesson.events[e], sounds[e], slopes[e], by_vector, pace, false);
  }
}

TimbreProgress progress_of(const std::vector<std::unique_ptr<Lesson>>& lessons, const TimbreNetwork& network,
                           int step) {
  TimbreProgress progress{step, 0.0F, 0.0F, 0.0F};
  const auto share = 1.0F / static_cast<float>((lessons.size() + 3) / 4);
  for (std::size_t i = 0; i < lessons.size(); i += 4) {
    const Lesson& lesson = *lessons[i];
    std::vector<VectorEvent> stepped = lesson.events;
    for (VectorEvent& event : stepped)
      for (std::size_t k = 0; k < kEventVectorSize; ++k)
        event.vector[k] = std::clamp(std::round(event.vector[k] / file_step(k)) * file_step(k), -1.0F, 1.0F);
    progress.free_db += share * lesson.free_db;
    progress.network_db +=
        share * distance_of(sounds_of(lesson.events, network), lesson.target, lesson.nothing);
    progress.quantised_db += share * distance_of(sounds_of(stepped, network), lesson.target, lesson.nothing);
  }
  return progress;
}

}  // namespace

TimbreNetwork first_network(std::span<const TimbreClip> clips, std::uint64_t seed) {
  std::vector<Timbre> timbres;
  for (const TimbreClip& clip : clips) {
    float loudest_db = -1e9F;
    for (const EventSound& event : clip.events) loudest_db = std::max(loudest_db, event.gain_db);
    for (const EventSound& event : clip.events) {
      if (event.gain_db < loudest_db - kQuietDb) continue;
      const EventSound shape = levelled(event);
      const auto timbre = synthesis::timbre_of(shape, synthesis::named_numbers_of(shape));
      timbres.emplace_back();
      std::copy(timbre.begin(), timbre.end(), timbres.back().begin());
    }
  }
  Timbre mean{};
  for (const Timbre& timbre : timbres)
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += timbre[i] / static_cast<double>(timbres.size());
  for (Timbre& timbre : timbres)
    for (std::size_t i = 0; i < mean.size(); ++i) timbre[i] -= mean[i];

  Dice dice(seed);
  TimbreNetwork network;
  const auto to_float = [](double scale) {
    return [scale](double value) { return static_cast<float>(scale * value); };
  };
  const auto weights = network.weights();
  auto next = std::transform(mean.begin(), mean.end(), weights.begin(), to_float(1.0));
  for (const Timbre& component : principal_components(timbres, kTimbreNumbers, dice))
    next = std::transform(component.begin(), component.end(), next, to_float(kReach));
  const auto random = [&](std::span<float> layer, double inputs) {
    for (float& weight : layer) weight = static_cast<float>(dice.normal() / std::sqrt(inputs));
  };
  random(network.first_layer(), 0.5 * kEventVectorSize);
  random(network.second_layer(), TimbreNetwork::kHidden);
  return network;
}

void train_timbre(TimbreNetwork& network, std::span<const TimbreClip> clips, const TimbreTraining& training,
                  const std::function<void(const TimbreProgress&)>& report) {
  std::vector<std::unique_ptr<Lesson>> lessons;
  for (const TimbreClip& clip : clips)
    if (!clip.events.empty()) lessons.push_back(std::make_unique<Lesson>(clip, network));
  if (lessons.empty()) return;
  Dice dice(training.seed);
  Dice noise(training.seed + 1);
  WeightSteps weight_steps(
      {{TimbreNetwork::kLinearWeights, kLinearPace}, {TimbreNetwork::kWeights, kHiddenPace, kShrink}});
  std::vector<float> by_weights(network.weights().size());
  report(progress_of(lessons, network, 0));
  const int between_reports = std::max(training.steps / kReports, 1);
  for (int step = 0; step < training.steps; ++step) {
    const auto part = static_cast<float>(step) / static_cast<float>(training.steps);
    const float cooled = part < 0.6F ? 1.0F : std::max(0.03F, 1.0F - (part - 0.6F) / 0.4F);
    static_assert(kClipsAStep % kStepsOnAClip == 0);
    Lesson& lesson = *lessons[static_cast<std::size_t>(dice.uniform() * static_cast<double>(lessons.size()))];
    for (int again = 0; again < kStepsOnAClip; ++again)
      learn(lesson, network, step + again, kPace * cooled, part > 0.3F ? &noise : nullptr, by_weights);
    if ((step + 1) % (kClipsAStep / kStepsOnAClip) == 0) {
      weight_steps.move(network.weights(), by_weights, cooled);
      std::fill(by_weights.begin(), by_weights.end(), 0.0F);
    }
    if ((step + 1) % between_reports == 0) report(progress_of(lessons, network, step + 1));
  }
}

}  // namespace ictus::analysis
