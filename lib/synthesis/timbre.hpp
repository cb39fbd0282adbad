// From the numbers of an event to its sound: the named ones as they are, the rest through a small network.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "formats/event.hpp"
#include "lib/synthesis/event_numbers.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::synthesis {

using EventVector = std::array<float, kEventVectorSize>;

/// What the network says: envelopes, and how the decays of regions and of noise differ from what is named.
inline constexpr std::size_t kTimbreOutputs =
    kPartialKnots + 2 * kSpectrumKnots + kContourPoints + kDecayKnots + kNoiseDecayKnots + 1;

/// mean + timbre * linear + SiLU layers over all 32 numbers:
///   h = silu(x W1 + b1), h += silu(h W2 + b2), out = mean + z L + h W3. Weights are laid out [in, out].
class TimbreNetwork {
 public:
  static constexpr std::size_t kHidden = 128;
  static constexpr std::size_t kWeights = kTimbreOutputs + kTimbreNumbers * kTimbreOutputs +
                                          kEventVectorSize * kHidden + kHidden + kHidden * kHidden + kHidden +
                                          kHidden * kTimbreOutputs;

  /// The first of them: the mean and the linear part.
  static constexpr std::size_t kLinearWeights = kTimbreOutputs + kTimbreNumbers * kTimbreOutputs;

  /// All weights 0.
  TimbreNetwork();
  /// Throws ictus::Error when there are not as many as it has.
  explicit TimbreNetwork(std::vector<float> weights);

  /// Its numbers lie within their ranges.
  [[nodiscard]] EventSound sound_of(const EventVector& vector, float gain_db) const;
  /// Adds to `gradient` that by the vector, given that by the sound; and, where `by_weights` is not empty, to
  /// it that by the weights.
  void add_gradient(const EventVector& vector, const EventSound& by_sound, EventVector& gradient,
                    std::span<float> by_weights) const;

  [[nodiscard]] std::span<const float> weights() const { return weights_; }
  [[nodiscard]] std::span<float> weights() { return weights_; }
  /// W1 and W2, without what is added to them.
  [[nodiscard]] std::span<float> first_layer();
  [[nodiscard]] std::span<float> second_layer();

 private:
  struct Layers;
  [[nodiscard]] Layers run(const EventVector& vector) const;

  std::vector<float> weights_;
};

/// The same sound, with the usual value for each number that says nothing in it: how long a glide takes that
/// is none.
EventVector settled(EventVector vector);

/// The part of a sound that its named numbers say; the timbre is 0. What lies beyond a range is held in it.
EventVector named_numbers_of(const EventSound& sound);
/// What the network would have to say for a sound, given its named numbers, those of `vector`.
std::array<float, kTimbreOutputs> timbre_of(const EventSound& sound, const EventVector& vector);

}  // namespace ictus::synthesis
