// The frequency bands in which the event codec sees and renders power.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::dsp {

struct BandSettings {
  int sample_rate_hz = 22050;
  int fine_window_samples = 2048;
  int fine_hop_samples = 512;
  int coarse_window_samples = 512;
  int coarse_hop_samples = 256;
  int linear_bands = 186;  ///< one bin each, up to 2 kHz
  int fine_bands = 320;    ///< in all; logarithmic above the linear ones
  int coarse_bands = 40;   ///< unions of fine bands, equally wide on the mel scale
  int regions = 20;        ///< unions of coarse bands; each decays at its own rate
  int mel_bands = 128;     ///< triangles over the fine bands, as the ear is content with
};

/// Two views of one spectrum. The fine one (long window) separates partials; the coarse one (short
/// window) separates moments. All powers are densities: the mean power of the bins in a band, for
/// windows whose squares sum to 1.
class Bands {
 public:
  Bands(const BandSettings& settings, const torch::Device& device);

  BandSettings settings;
  std::vector<std::int64_t> region_sizes;         ///< fine bands in each region
  std::vector<std::int64_t> coarse_region_sizes;  ///< coarse bands in each region
  torch::Tensor fine_pool;                        ///< [fine bins, fine bands], mean over a band's bins
  torch::Tensor fine_expand;      ///< [fine bands, fine bins], density of a band in each of its bins
  torch::Tensor fine_widths;      ///< [fine bands], bins in a band; they sum to all bins
  torch::Tensor fine_centres_hz;  ///< [fine bands]
  torch::Tensor mel_of_fine;      ///< [mel bands, fine bands], overlapping triangles that sum to 1
  torch::Tensor coarse_pool;      ///< [coarse bins, coarse bands]
  torch::Tensor coarse_of_fine;   ///< [fine bands, coarse bands], mean density of a band's parts
  torch::Tensor coarse_leak;      ///< [coarse bands, coarse bands], what the short window spreads

  /// Power densities of `samples` [B, n], which begin half a fine window before the first frame's
  /// centre: [B, fine bands, T], T = (n - fine window) / fine hop + 1.
  [[nodiscard]] torch::Tensor fine(const torch::Tensor& samples) const;
  /// The same moments with the short window: [B, coarse bands, T * fine hop / coarse hop]. `samples`
  /// is laid out as for fine().
  [[nodiscard]] torch::Tensor coarse(const torch::Tensor& samples) const;
};

}  // namespace ictus::dsp
