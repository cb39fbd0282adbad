// A network's weights by name.
#pragma once

#include <map>
#include <string>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::models {

/// Names are those of torch: "encoder.in.weight".
using NamedTensors = std::map<std::string, torch::Tensor>;

/// A module's weights, each name with `prefix` in front.
NamedTensors named_parameters(const torch::nn::Module& module, const std::string& prefix = {});

/// Copies `from` into `to`. Throws ictus::Error that names the first tensor that is missing, unknown, of
/// another shape or not finite.
void copy_weights(const NamedTensors& from, const NamedTensors& to);

}  // namespace ictus::models
