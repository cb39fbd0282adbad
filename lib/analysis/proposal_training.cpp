#include "lib/analysis/proposal_training.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <utility>

#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/weight_steps.hpp"
#include "lib/analysis/worth.hpp"
#include "lib/core/dice.hpp"
#include "lib/synthesis/sound_range.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventSound;
using synthesis::EventVector;
using synthesis::TimbreNetwork;

constexpr float kLeastWorthDbS = 0.002F;  // of an event that is learnt from
constexpr float kEventsASecond = 25.0F;   // are looked for
constexpr int kLookSteps = 3;
constexpr int kLastLookSteps = 12;
constexpr int kEvery = 4;  // frames of which a step looks at one
constexpr int kClipsAStep = 2;
constexpr std::size_t kHeldOut = 12;  // one clip in so many
constexpr float kPace = 0.001F;
constexpr int kWarmUp = 100;         // steps in which the pace rises
constexpr float kNoise = 0.08F;      // added to what the network sees
constexpr float kSmall = 0.03F;      // of the weights of the outputs at first
constexpr float kFirstScale = 0.7F;  // of the first layer's
constexpr int kReports = 20;

/// A clip while it is trained on.
struct Lesson {
  Lesson(const ProposalLesson& clip, const TimbreNetwork& timbre)
      : proposals(clip.proposals),
        nothing{synthesis::PowerMap(clip.sound.fine.bands, clip.sound.fine.frames),
                synthesis::PowerMap(clip.sound.coarse.bands, clip.sound.coarse.frames)},
        target(clip.sound, {}),
        slopes(target, nothing, kEvery, 1) {
    for (const Proposal& proposal : proposals) {
      nearest.push_back(nearest_vector(proposal.guess, timbre));
      inputs.push_back(ProposalNetwork::inputs_of(proposal, nearest.back()));
    }
  }
  [[nodiscard]] std::vector<VectorEvent> begun(const ProposalNetwork& network) const {
    std::vector<VectorEvent> events;
    for (std::size_t e = 0; e < proposals.size(); ++e)
      events.push_back(ProposalNetwork::event_of(network.run(inputs[e]).outputs, proposals[e], nearest[e]));
    return events;
  }
  [[nodiscard]] float distance(const std::vector<VectorEvent>& events, const TimbreNetwork& timbre) const {
    return distance_of(sounds_of(events, timbre), target, nothing);
  }

  std::span<const Proposal> proposals;
  std::vector<VectorEvent> nearest;
  std::vector<ProposalNetwork::Inputs> inputs;
  PowerMaps nothing;
  Target target;
  DistanceSlopes slopes;
};

/// Adds the gradient of a clip's distance by the weights.
void learn(const Lesson& lesson, const ProposalNetwork& network, const TimbreNetwork& timbre, Dice& dice,
           std::span<float> by_weights) {
  std::vector<ProposalNetwork::Pass> passes;
  std::vector<VectorEvent> events;
  for (std::size_t e = 0; e < lesson.proposals.size(); ++e) {
    ProposalNetwork::Inputs seen = lesson.inputs[e];
    for (float& input : seen) input += kNoise * static_cast<float>(dice.normal());
    passes.push_back(network.run(seen));
    events.push_back(ProposalNetwork::event_of(passes[e].outputs, lesson.proposals[e], lesson.nearest[e]));
  }
  const std::vector<EventSound> sounds = sounds_of(events, timbre);
  std::vector<EventSound> slopes;
  lesson.slopes.at(sounds, static_cast<int>(dice.uniform() * kEvery), slopes);
  for (std::size_t e = 0; e < events.size(); ++e) {
    for (float& slope : numbers_of(slopes[e]))
      if (!std::isfinite(slope)) slope = 0.0F;
    synthesis::stop_at_range(sounds[e], slopes[e]);
    EventVector by_vector{};
    timbre.add_gradient(events[e].vector, slopes[e], by_vector, {});
    network.add_gradient(
        passes[e],
        ProposalNetwork::slopes_of(passes[e].outputs, by_vector, slopes[e].gain_db, slopes[e].onset_s),
        by_weights);
  }
}

}  // namespace

ProposalLesson proposal_lesson(const Stretch& stretch, const EventNetworks& networks, int threads) {
  const float length_s = static_cast<float>(stretch.frames) * views().fine.hop_s();
  std::vector<Look> looks = looks_for(static_cast<int>(kEventsASecond * length_s) + 1, kLookSteps);
  looks.back().steps = kLastLookSteps;
  std::vector<Proposal> proposals;
  const std::vector<VectorEvent> events =
      explain(stretch, {stretch.nothing, {}}, networks,
              {.looks = std::move(looks), .least_worth_db = kLeastWorthDbS, .threads = threads}, &proposals);
  ProposalLesson lesson{stretch.target.sound(), {}};
  for (const VectorEvent& event : events)
    lesson.proposals.push_back(proposals[static_cast<std::size_t>(event.proposal)]);
  return lesson;
}

ProposalNetwork first_proposals(std::span<const ProposalLesson> lessons, const TimbreNetwork& timbre,
                                std::uint64_t seed) {
  ProposalNetwork network;
  Dice dice(seed);
  const std::array scales{kFirstScale / std::sqrt(static_cast<float>(ProposalNetwork::kInputs)),
                          1.0F / std::sqrt(static_cast<float>(ProposalNetwork::kHidden)),
                          kSmall / std::sqrt(static_cast<float>(ProposalNetwork::kHidden))};
  const auto layers = network.layers();
  for (std::size_t layer = 0; layer < layers.size(); ++layer)
    for (float& weight : layers[layer]) weight = scales[layer] * static_cast<float>(dice.normal());
  double count = 0.0;
  std::array<double, kProposalOutputs> sum{};
  for (const ProposalLesson& lesson : lessons) {
    for (const Proposal& proposal : lesson.proposals) {
      const auto outputs = ProposalNetwork::outputs_of(nearest_vector(proposal.guess, timbre), proposal);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += static_cast<double>(outputs[i]);
      count += 1.0;
    }
  }
  for (std::size_t i = 0; i < sum.size(); ++i)
    network.middle()[i] = static_cast<float>(sum[i] / std::max(count, 1.0));
  return network;
}

void train_proposals(ProposalNetwork& network, const TimbreNetwork& timbre,
                     std::span<const ProposalLesson> lessons, const ProposalTraining& training,
                     const std::function<void(const ProposalProgress&)>& report) {
  std::vector<std::unique_ptr<Lesson>> learnt, held_out;
  for (std::size_t i = 0; i < lessons.size(); ++i) {
    if (lessons[i].proposals.empty()) continue;
    (i % kHeldOut == kHeldOut - 1 ? held_out : learnt)
        .push_back(std::make_unique<Lesson>(lessons[i], timbre));
  }
  if (learnt.empty()) return;
  const auto tell = [&](int step) {
    ProposalProgress progress{step, 0.0F, 0.0F};
    const float share = 1.0F / static_cast<float>(std::max<std::size_t>(held_out.size(), 1));
    for (const auto& lesson : held_out) {
      progress.guessed_db += share * lesson->distance(lesson->nearest, timbre);
      progress.begun_db += share * lesson->distance(lesson->begun(network), timbre);
    }
    report(progress);
  };
  Dice dice(training.seed);
  WeightSteps weight_steps({{ProposalNetwork::kWeights, kPace}});
  std::vector<float> by_weights(ProposalNetwork::kWeights);
  tell(0);
  const int between_reports = std::max(training.steps / kReports, 1);
  for (int step = 0; step < training.steps; ++step) {
    const float part = static_cast<float>(step) / static_cast<float>(training.steps);
    const float warm = std::min(static_cast<float>(step + 1) / kWarmUp, 1.0F);
    const float cooled = 0.5F * (1.0F + std::cos(std::numbers::pi_v<float> * part)) + 0.02F;
    std::fill(by_weights.begin(), by_weights.end(), 0.0F);
    for (int clip = 0; clip < kClipsAStep; ++clip) {
      const auto place = static_cast<std::size_t>(dice.uniform() * static_cast<double>(learnt.size()));
      learn(*learnt[place], network, timbre, dice, by_weights);
    }
    weight_steps.move(network.weights(), by_weights, warm * cooled);
    if ((step + 1) % between_reports == 0) tell(step + 1);
  }
}

}  // namespace ictus::analysis
