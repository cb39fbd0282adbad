#include "lib/analysis/proposal_network.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/proposal_network_file.hpp"
#include "lib/core/dice.hpp"
#include "signals.hpp"
#include "tests/unit/message_of.hpp"

using namespace ictus;
using namespace ictus::analysis;

namespace {

ProposalNetwork random_network(std::uint64_t seed) {
  Dice dice(seed);
  ProposalNetwork network;
  for (float& weight : network.weights()) weight = 0.05F * static_cast<float>(dice.normal());
  return network;
}

Proposal proposal_in(const Stretch& stretch) {
  std::vector<float> left = stretch.bins;
  return propose(left, stretch.map, stretch.low, 1, 3e-7F * stretch.target.peak(), 0.5F).at(0);
}

std::string refusal(const std::vector<std::byte>& bytes, const formats::WeightsHash& timbre) {
  return tests::message_of([&] { return read_proposals(bytes, timbre, "weights"); });
}

}  // namespace

TEST_CASE("the gradient by the weights is that of small changes") {
  ProposalNetwork network = random_network(3);
  Dice dice(4);
  ProposalNetwork::Inputs inputs{};
  for (float& input : inputs) input = static_cast<float>(dice.normal());
  ProposalNetwork::Outputs by_outputs{};
  for (float& by : by_outputs) by = static_cast<float>(dice.normal());
  const auto sum = [&] {
    const auto outputs = network.run(inputs).outputs;
    double total = 0.0;
    for (std::size_t i = 0; i < outputs.size(); ++i)
      total += static_cast<double>(outputs[i]) * static_cast<double>(by_outputs[i]);
    return total;
  };
  std::vector<float> gradient(ProposalNetwork::kWeights);
  network.add_gradient(network.run(inputs), by_outputs, gradient);
  constexpr float kStep = 1e-2F;
  for (std::size_t place = 0; place < ProposalNetwork::kWeights; place += 7919) {
    float& weight = network.weights()[place];
    const float before = weight;
    weight = before + kStep;
    const double above = sum();
    weight = before - kStep;
    const double below = sum();
    weight = before;
    CAPTURE(place);
    CHECK(static_cast<double>(gradient[place]) ==
          doctest::Approx((above - below) / (2.0 * static_cast<double>(kStep))).epsilon(0.01).scale(1.0));
  }
}

TEST_CASE(
    "an event of any outputs lies within its ranges, and has the pitch and the motion of its proposal") {
  const Stretch stretch(tone(1.0, 0.1, 8, [](double) { return 330.0; }));
  const Proposal proposal = proposal_in(stretch);
  const VectorEvent nearest = nearest_vector(proposal.guess, trained_model()->timbre);
  Dice dice(5);
  for (int trial = 0; trial < 20; ++trial) {
    ProposalNetwork::Outputs outputs{};
    for (float& output : outputs) output = 30.0F * static_cast<float>(dice.normal());
    const VectorEvent event = ProposalNetwork::event_of(outputs, proposal, nearest);
    for (const float number : event.vector) CHECK(std::abs(number) <= 1.0F);
    CHECK(std::abs(event.onset_s - proposal.guess.onset_s) <= 0.1001F);
    CHECK(event.vector[synthesis::kPitch] == nearest.vector[synthesis::kPitch]);
    for (std::size_t place = synthesis::kBalance; place <= synthesis::kVibratoPhase; ++place)
      CHECK(event.vector[place] == nearest.vector[place]);
    CHECK(event.vector[synthesis::kPosition] == nearest.vector[synthesis::kPosition]);
    // Only back where it is beyond its range.
    synthesis::EventVector by_vector{};
    by_vector.fill(-1.0F);
    const auto slopes = ProposalNetwork::slopes_of(outputs, by_vector, 1.0F, 0.0F);
    for (std::size_t output = 2; output < outputs.size(); ++output)
      CHECK((slopes[output] == 0.0F) == (outputs[output] > 1.0F));
  }
}

TEST_CASE("what outputs stand for stands for these outputs") {
  const Stretch stretch(tone(1.0, 0.1, 8, [](double) { return 330.0; }));
  const Proposal proposal = proposal_in(stretch);
  const VectorEvent nearest = nearest_vector(proposal.guess, trained_model()->timbre);
  const VectorEvent event =
      ProposalNetwork::event_of(ProposalNetwork::outputs_of(nearest, proposal), proposal, nearest);
  CHECK(event.gain_db == doctest::Approx(nearest.gain_db).epsilon(1e-4));
  for (std::size_t i = 0; i < event.vector.size(); ++i)
    CHECK(event.vector[i] == doctest::Approx(nearest.vector[i]).epsilon(1e-5));
}

TEST_CASE("tones that were not learnt from begin nearer by what was learnt than by what is guessed") {
  const auto& timbre = trained_model()->timbre;
  float learnt_db = 0.0F, guessed_db = 0.0F;
  for (const double hz : {97.0, 233.0, 610.0, 1700.0}) {
    for (const int partials : {3, 14}) {
      const Stretch stretch(tone(1.5, 0.1, partials, [&](double) { return hz; }));
      const Proposal proposal = proposal_in(stretch);
      const auto distance = [&](const ProposalNetwork* network) {
        return distance_of(sounds_of({begun(proposal, timbre, network)}, timbre), stretch.target,
                           stretch.nothing);
      };
      learnt_db += distance(trained_proposals().get());
      guessed_db += distance(nullptr);
    }
  }
  CHECK(learnt_db < 0.8F * guessed_db);
}

TEST_CASE("a file of the network comes back whole, and only with its network of timbres") {
  const ProposalNetwork network = random_network(6);
  const formats::WeightsHash timbre = trained_model()->hash;
  const std::vector<std::byte> bytes = write_proposals(network, timbre, {{"steps", "3"}});
  const ProposalNetwork again = read_proposals(bytes, timbre, "weights");
  CHECK(std::equal(network.weights().begin(), network.weights().end(), again.weights().begin()));

  formats::WeightsHash other = timbre;
  other[0] = static_cast<std::uint8_t>(other[0] ^ 1U);
  CHECK(refusal(bytes, other).find("other weights of the event model") != std::string::npos);
  std::vector<std::byte> cut(bytes.begin(), bytes.end() - 100);
  CHECK(!refusal(cut, timbre).empty());
  ProposalNetwork broken = network;
  broken.weights()[1000] = std::nanf("");
  CHECK(refusal(write_proposals(broken, timbre, {}), timbre).find("no number") != std::string::npos);
}
