#include "lib/train/task.hpp"

#include <vector>

#include "lib/core/error.hpp"

namespace ictus::train {

void require_recipe(bool holds, const char* what) {
  if (!holds) throw Error(std::string("the recipe makes no sense: ") + what);
}

void check(const Schedule& s) {
  require_recipe(s.steps >= 1, "steps must be 1 or more");
  require_recipe(s.batch >= 1, "batch must be 1 or more");
  require_recipe(s.last_rate >= 0 && s.last_rate <= 1, "last_rate must be from 0 to 1");
  require_recipe(s.clip_norm > 0, "clip_norm must be more than 0");
  require_recipe(s.average_decay >= 0 && s.average_decay < 1, "average_decay must be from 0 to below 1");
  require_recipe(s.log_every >= 1 && s.validate_every >= 1 && s.checkpoint_every >= 1,
                 "log_every, validate_every and checkpoint_every must be 1 or more");
  require_recipe(s.validation_excerpts >= 1, "validation_excerpts must be 1 or more");
}

models::NamedTensors gradients_of(const torch::Tensor& loss, const models::NamedTensors& parameters) {
  std::vector<torch::Tensor> list;
  for (const auto& item : parameters) list.push_back(item.second);
  const auto found = torch::autograd::grad({loss}, list, {}, /*retain_graph=*/true, /*create_graph=*/false,
                                           /*allow_unused=*/true);
  models::NamedTensors named;
  std::size_t i = 0;
  for (const auto& item : parameters) named[item.first] = found[i++];
  return named;
}

Gradients gradients_by(const torch::Tensor& loss, const models::NamedTensors& parameters, const char* name) {
  Gradients out;
  out.model = gradients_of(loss, parameters);
  out.figures[name] = loss.item<double>();
  return out;
}

}  // namespace ictus::train
