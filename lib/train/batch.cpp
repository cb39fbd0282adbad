#include "lib/train/batch.hpp"

#include <algorithm>
#include <vector>

#include "lib/core/workers.hpp"

namespace ictus::train {
namespace {

/// sum += weight * more
void add(models::NamedTensors& sum, const models::NamedTensors& more, double weight) {
  for (const auto& [name, other] : more) {
    torch::Tensor& value = sum[name];
    if (!other.defined()) continue;
    value = value.defined() ? value + weight * other : weight * other;
  }
}

/// Sums over all processes, of figures too.
void add_up(ProcessGroup& group, Gradients& all) {
  std::vector<double> values;
  for (const auto& item : all.figures) values.push_back(item.second);
  const torch::Tensor figures = torch::tensor(values, torch::kFloat);
  std::vector<torch::Tensor> tensors{figures};
  for (const auto* const named : {&all.model, &all.tallies})
    for (const auto& item : *named)
      if (item.second.defined()) tensors.push_back(item.second);
  group.add_up(tensors);
  std::int64_t i = 0;
  for (auto& item : all.figures) item.second = figures[i++].item<float>();
}

}  // namespace

Gradients gradients_of_batch(Task& task, ProcessGroup& group, const Share& batch, int threads) {
  const Share part = batch.part(group.rank().number, group.rank().count);
  const int workers = std::clamp(threads, 1, part.count);
  std::vector<Gradients> shares(static_cast<std::size_t>(workers));
  run_workers(shares.size(), [&](std::size_t worker) {
    shares[worker] = task.gradients(part.part(static_cast<int>(worker), workers));
  });

  torch::NoGradGuard no_grad;
  Gradients all;
  for (int worker = 0; worker < workers; ++worker) {
    const Gradients& own = shares[static_cast<std::size_t>(worker)];
    const double weight = static_cast<double>(part.part(worker, workers).count) / batch.batch;
    add(all.model, own.model, weight);
    add(all.tallies, own.tallies, 1.0);
    for (const auto& [name, value] : own.figures) all.figures[name] += weight * value;
  }
  if (group.rank().count > 1) add_up(group, all);
  return all;
}

}  // namespace ictus::train
