// From what is seen around a proposed event to the numbers with which it is begun.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "lib/analysis/propose.hpp"
#include "lib/analysis/vector_fit.hpp"
#include "lib/synthesis/event_numbers.hpp"
#include "lib/synthesis/timbre.hpp"

namespace ictus::analysis {

/// Places in an event's vector of the numbers that the network says. Pitch, balance and motion are read off
/// better than learnt, and where an event is heard is looked for last.
inline constexpr auto kSaidNumbers = [] {
  std::array<std::size_t, synthesis::kEventVectorSize - synthesis::kAttack - 1> places{};
  std::size_t count = 0;
  for (std::size_t place = synthesis::kAttack; place < synthesis::kEventVectorSize; ++place)
    if (place != synthesis::kPosition) places[count++] = place;
  return places;
}();
/// Gain, onset, and the numbers of the vector that it says.
inline constexpr std::size_t kProposalOutputs = 2 + kSaidNumbers.size();

/// Fitting brings events nearer to a sound step by step; this says where to begin, as it has learnt from
/// sounds that events were fitted to (amortised inference). Two hidden layers of SiLU, the second beside the
/// first:
///   h = silu(x W1 + b1), h += silu(h W2 + b2), out = h W3 + b3. Weights are laid out [in, out].
class ProposalNetwork {
 public:
  static constexpr std::size_t kHidden = 160;
  static constexpr std::size_t kInputs =
      kViewRows * kViewCells + kViewContext + 1 + synthesis::kEventVectorSize;
  static constexpr std::size_t kWeights = kInputs * kHidden + kHidden + kHidden * kHidden + kHidden +
                                          kHidden * kProposalOutputs + kProposalOutputs;

  /// All weights 0.
  ProposalNetwork();
  /// Throws ictus::Error when there are not as many as it has.
  explicit ProposalNetwork(std::vector<float> weights);

  [[nodiscard]] std::span<const float> weights() const { return weights_; }
  [[nodiscard]] std::span<float> weights() { return weights_; }
  /// W1, W2 and W3, without what is added to them.
  [[nodiscard]] std::array<std::span<float>, 3> layers();
  /// b3.
  [[nodiscard]] std::span<float> middle();

  using Inputs = std::array<float, kInputs>;
  using Outputs = std::array<float, kProposalOutputs>;
  /// A proposal, as it goes through the layers.
  struct Pass {
    Inputs inputs{};
    std::array<float, kHidden> before1{}, first{}, before2{}, second{};
    Outputs outputs{};
  };
  /// What the network looks at; `nearest` are the numbers nearest to the guess.
  [[nodiscard]] static Inputs inputs_of(const Proposal& proposal, const VectorEvent& nearest);
  [[nodiscard]] Pass run(const Inputs& inputs) const;
  /// Adds the gradient by the weights.
  void add_gradient(const Pass& pass, const Outputs& by_outputs, std::span<float> by_weights) const;

  /// The event that outputs stand for. What they do not say is that of `nearest`.
  [[nodiscard]] static VectorEvent event_of(const Outputs& outputs, const Proposal& proposal,
                                            const VectorEvent& nearest);
  /// The gradient by the outputs, given that by the event.
  [[nodiscard]] static Outputs slopes_of(const Outputs& outputs, const synthesis::EventVector& by_vector,
                                         float by_gain_db, float by_onset_s);
  /// The outputs that stand for an event, but for the onset: that is the guess's.
  [[nodiscard]] static Outputs outputs_of(const VectorEvent& event, const Proposal& proposal);

 private:
  std::vector<float> weights_;
};

/// With no network, the numbers nearest to the guess.
[[nodiscard]] VectorEvent begun(const Proposal& proposal, const synthesis::TimbreNetwork& timbre,
                                const ProposalNetwork* network);

}  // namespace ictus::analysis
