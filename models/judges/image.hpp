// What a judge sees of a note: its spectrogram over logarithmic frequency.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/dsp/torch_compat.hpp"
#include "models/judges/config.hpp"

namespace ictus::models {

class JudgeImage {
 public:
  JudgeImage(const JudgeConfig& config, const torch::Device& device);

  /// Samples [B, clip samples] as images [B, 1, bands, frames]: 1 at a note's loudest place, -1 at range_db
  /// below it and in silence, in equal steps of level between. Frame i is centred on sample i * hop. A band
  /// is a triangle over the power spectrum that ends at its neighbours' centres, or one bin away where that
  /// is farther. No gradients flow.
  [[nodiscard]] torch::Tensor of(const torch::Tensor& samples) const;

 private:
  /// Neighbouring bands, and the bins that they hold anything of: most of the whole matrix would be zeros.
  struct Group {
    std::int64_t first_bin = 0;
    torch::Tensor weights;  // [bins, bands of the group]
  };

  JudgeConfig config_;
  std::vector<Group> groups_;
};

}  // namespace ictus::models
