#include "models/named_tensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lib/core/error.hpp"

namespace ictus::models {

NamedTensors named_parameters(const torch::nn::Module& module, const std::string& prefix) {
  NamedTensors all;
  for (const auto& item : module.named_parameters()) all[prefix + item.key()] = item.value();
  return all;
}

void copy_weights(const NamedTensors& from, const NamedTensors& to) {
  torch::NoGradGuard no_grad;
  for (const auto& [name, parameter] : to) {
    const auto given = from.find(name);
    if (given == from.end()) throw Error(fmt::format("the weights lack the tensor '{}'", name));
    if (given->second.sizes() != parameter.sizes())
      throw Error(
          fmt::format("the tensor '{}' has the shape [{}] where the model's configuration asks for [{}]",
                      name, fmt::join(given->second.sizes(), ", "), fmt::join(parameter.sizes(), ", ")));
    if (!torch::isfinite(given->second).all().item<bool>())
      throw Error(fmt::format("the tensor '{}' holds values that are not finite", name));
    torch::Tensor(parameter).copy_(given->second.to(parameter.dtype()));
  }
  for (const auto& item : from)
    if (to.find(item.first) == to.end())
      throw Error(fmt::format("the weights hold an unknown tensor '{}'", item.first));
}

}  // namespace ictus::models
