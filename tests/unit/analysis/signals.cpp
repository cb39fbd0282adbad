#include "signals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "lib/analysis/encoder.hpp"
#include "lib/analysis/explain.hpp"
#include "lib/analysis/proposal_network_file.hpp"
#include "lib/core/dice.hpp"
#include "lib/core/file_bytes.hpp"

using namespace ictus;
using namespace ictus::analysis;

std::vector<float> tone(double seconds, double amplitude, int partials,
                        const std::function<double(double)>& hz) {
  const auto count = static_cast<std::size_t>(seconds * kRateHz);
  std::vector<float> samples(count);
  double turns = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / kRateHz;
    double sum = 0.0;
    for (int h = 1; h <= partials; ++h) sum += std::sin(2.0 * std::numbers::pi * h * turns) / h;
    const double fade = std::min({1.0, t / 0.01, (seconds - t) / 0.01});
    samples[i] = static_cast<float>(amplitude * fade * sum);
    turns += hz(t) / kRateHz;
  }
  return samples;
}

std::vector<float> white_noise(double seconds, double rms, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<float> samples(static_cast<std::size_t>(seconds * kRateHz));
  for (float& sample : samples) sample = static_cast<float>(rms * dice.normal());
  return samples;
}

synthesis::EventSound single_event(const Stretch& stretch, int steps) {
  const std::array looks{Look{1, steps}};
  const std::vector<synthesis::EventSound> events = explain_freely(stretch, looks, true);
  return events.at(0);
}

std::shared_ptr<const synthesis::EventModel> trained_model() {
  static const auto model = synthesis::event_model_from(
      file_bytes(std::string(ICTUS_EVENT_WEIGHTS) + "/events.safetensors", ""), "weights");
  return model;
}

std::shared_ptr<const ProposalNetwork> trained_proposals() {
  static const auto network = std::make_shared<const ProposalNetwork>(
      read_proposals(file_bytes(std::string(ICTUS_EVENT_WEIGHTS) + "/events.proposals.safetensors", ""),
                     trained_model()->hash, "weights"));
  return network;
}

std::vector<EventBlock> encoded(const std::vector<float>& samples, const EncoderSettings& settings,
                                std::size_t at_a_time) {
  std::vector<EventBlock> blocks;
  Encoder encoder(trained_model(), trained_proposals(), settings,
                  [&](const EventBlock& block) { blocks.push_back(block); });
  for (std::size_t at = 0; at < samples.size(); at += at_a_time)
    encoder.push(std::span(samples).subspan(at, std::min(at_a_time, samples.size() - at)));
  encoder.finish();
  return blocks;
}
