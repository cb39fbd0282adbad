#include "lib/analysis/proposal_network.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/synthesis/layers.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventVector;

// Where the parts of the weights begin.
constexpr std::size_t kHidden = ProposalNetwork::kHidden;
constexpr std::size_t kW1 = 0;
constexpr std::size_t kB1 = kW1 + ProposalNetwork::kInputs * kHidden;
constexpr std::size_t kW2 = kB1 + kHidden;
constexpr std::size_t kB2 = kW2 + kHidden * kHidden;
constexpr std::size_t kW3 = kB2 + kHidden;
constexpr std::size_t kB3 = kW3 + kHidden * kProposalOutputs;
static_assert(kB3 + kProposalOutputs == ProposalNetwork::kWeights);

constexpr float kInputScale = 0.7F;
constexpr float kUsualGainDb = -34.0F;  // of an event, against the highest bin or band as it begins
constexpr float kGainScaleDb = 10.0F;
constexpr float kOnsetScaleS = 0.05F;
constexpr float kMostOnsetS = 0.1F;

// Outputs: gain, onset, the numbers of the vector that are said.
constexpr std::size_t kGainOutput = 0;
constexpr std::size_t kOnsetOutput = 1;
constexpr std::size_t kNumberOutputs = 2;

}  // namespace

ProposalNetwork::ProposalNetwork() : weights_(kWeights) {}

ProposalNetwork::ProposalNetwork(std::vector<float> weights) : weights_(std::move(weights)) {
  if (weights_.size() != kWeights)
    throw Error("the network of proposals has another number of weights than this program's");
}

std::array<std::span<float>, 3> ProposalNetwork::layers() {
  return {weights().subspan(kW1, kB1 - kW1), weights().subspan(kW2, kB2 - kW2),
          weights().subspan(kW3, kB3 - kW3)};
}
std::span<float> ProposalNetwork::middle() { return weights().subspan(kB3); }

ProposalNetwork::Inputs ProposalNetwork::inputs_of(const Proposal& proposal, const VectorEvent& nearest) {
  Inputs inputs{};
  const ProposalView& seen = proposal.seen;
  auto next = std::copy(seen.levels.begin(), seen.levels.end(), inputs.begin());
  next = std::copy(seen.context.begin(), seen.context.end(), next);
  *next++ = (nearest.gain_db - seen.reference_db - kUsualGainDb) / kGainScaleDb;
  std::copy(nearest.vector.begin(), nearest.vector.end(), next);
  for (float& input : inputs) input *= kInputScale;
  return inputs;
}

ProposalNetwork::Pass ProposalNetwork::run(const Inputs& inputs) const {
  Pass pass;
  pass.inputs = inputs;
  const float* w = weights_.data();
  std::copy_n(w + kB1, kHidden, pass.before1.begin());
  synthesis::add_product(inputs.data(), w + kW1, kInputs, kHidden, pass.before1.data());
  std::transform(pass.before1.begin(), pass.before1.end(), pass.first.begin(), synthesis::silu);
  std::copy_n(w + kB2, kHidden, pass.before2.begin());
  synthesis::add_product(pass.first.data(), w + kW2, kHidden, kHidden, pass.before2.data());
  std::transform(pass.before2.begin(), pass.before2.end(), pass.first.begin(), pass.second.begin(),
                 [](float x, float first) { return first + synthesis::silu(x); });
  std::copy_n(w + kB3, kProposalOutputs, pass.outputs.begin());
  synthesis::add_product(pass.second.data(), w + kW3, kHidden, kProposalOutputs, pass.outputs.data());
  return pass;
}

void ProposalNetwork::add_gradient(const Pass& pass, const Outputs& by_outputs,
                                   std::span<float> by_weights) const {
  const float* w = weights_.data();
  const auto add = [&](const auto& values, std::size_t at) {
    for (std::size_t i = 0; i < values.size(); ++i) by_weights[at + i] += values[i];
  };
  std::array<float, kHidden> by_first{}, by_before{};
  add(by_outputs, kB3);
  synthesis::add_product_gradient(pass.second.data(), w + kW3, by_outputs.data(), kHidden, kProposalOutputs,
                                  by_first.data(), by_weights.data() + kW3);
  for (std::size_t i = 0; i < kHidden; ++i)
    by_before[i] = by_first[i] * synthesis::silu_slope(pass.before2[i]);
  add(by_before, kB2);
  synthesis::add_product_gradient(pass.first.data(), w + kW2, by_before.data(), kHidden, kHidden,
                                  by_first.data(), by_weights.data() + kW2);
  for (std::size_t i = 0; i < kHidden; ++i)
    by_before[i] = by_first[i] * synthesis::silu_slope(pass.before1[i]);
  add(by_before, kB1);
  synthesis::add_product_gradient(pass.inputs.data(), w + kW1, by_before.data(), kInputs, kHidden, nullptr,
                                  by_weights.data() + kW1);
}

VectorEvent ProposalNetwork::event_of(const Outputs& outputs, const Proposal& proposal,
                                      const VectorEvent& nearest) {
  VectorEvent event = nearest;
  event.gain_db = proposal.seen.reference_db + kUsualGainDb + kGainScaleDb * outputs[kGainOutput];
  event.onset_s =
      proposal.guess.onset_s + std::clamp(kOnsetScaleS * outputs[kOnsetOutput], -kMostOnsetS, kMostOnsetS);
  for (std::size_t i = 0; i < kSaidNumbers.size(); ++i)
    event.vector[kSaidNumbers[i]] = std::clamp(outputs[kNumberOutputs + i], -1.0F, 1.0F);
  return event;
}

ProposalNetwork::Outputs ProposalNetwork::slopes_of(const Outputs& outputs, const EventVector& by_vector,
                                                    float by_gain_db, float by_onset_s) {
  // Beyond an end of its range, an output is only led back.
  const auto held = [](float by, float value, float most) {
    return (value > most && by < 0.0F) || (value < -most && by > 0.0F) ? 0.0F : by;
  };
  Outputs by{};
  by[kGainOutput] = kGainScaleDb * by_gain_db;
  by[kOnsetOutput] = held(kOnsetScaleS * by_onset_s, outputs[kOnsetOutput], kMostOnsetS / kOnsetScaleS);
  for (std::size_t i = 0; i < kSaidNumbers.size(); ++i)
    by[kNumberOutputs + i] = held(by_vector[kSaidNumbers[i]], outputs[kNumberOutputs + i], 1.0F);
  return by;
}

ProposalNetwork::Outputs ProposalNetwork::outputs_of(const VectorEvent& event, const Proposal& proposal) {
  Outputs outputs{};
  outputs[kGainOutput] = (event.gain_db - proposal.seen.reference_db - kUsualGainDb) / kGainScaleDb;
  for (std::size_t i = 0; i < kSaidNumbers.size(); ++i)
    outputs[kNumberOutputs + i] = event.vector[kSaidNumbers[i]];
  return outputs;
}

VectorEvent begun(const Proposal& proposal, const synthesis::TimbreNetwork& timbre,
                  const ProposalNetwork* network) {
  const VectorEvent nearest = nearest_vector(proposal.guess, timbre);
  if (network == nullptr) return nearest;
  const auto pass = network->run(ProposalNetwork::inputs_of(proposal, nearest));
  return ProposalNetwork::event_of(pass.outputs, proposal, nearest);
}

}  // namespace ictus::analysis
