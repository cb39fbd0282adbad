// Spectra times envelopes, summed over all events.
#pragma once

#include <vector>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::models {

/// `spectra` [B, K, bands], each band in one of the regions, whose `sizes` follow each other; `envelopes`
/// [B, K, regions, T]: the sum over K of spectrum times its region's envelope, [B, bands, T].
torch::Tensor region_sum(const torch::Tensor& spectra, const torch::Tensor& envelopes,
                         const std::vector<std::int64_t>& sizes);

}  // namespace ictus::models
