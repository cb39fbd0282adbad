#include "lib/judges/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/error.hpp"
#include "lib/dsp/device.hpp"
#include "lib/weights/tensor_file.hpp"
#include "lib/weights/weights_facts.hpp"
#include "models/judges/image.hpp"
#include "models/judges/network.hpp"

namespace ictus::judges {
namespace {

constexpr const char* kRemedy =
    "name what 'ictus train judge' made, or reinstall the one that came with ictus";

/// Notes that go through the network at once.
constexpr std::size_t kBatch = 16;

models::JudgeConfig checked(const models::JudgeConfig& config) {
  check(config);
  return config;
}

}  // namespace

class LoadedJudge : public WeightsFacts {
 public:
  LoadedJudge(const models::JudgeConfig& config_, const torch::Device& device_)
      : config(checked(config_)),
        device(device_),
        classes(config.classes()),
        image(config, device_),
        network(config) {
    network->to(device);
  }

  const models::JudgeConfig config;
  const torch::Device device;
  const std::vector<std::string> classes;
  const models::JudgeImage image;
  mutable models::JudgeNetwork network;  // weights are never changed after loading
};

std::shared_ptr<const LoadedJudge> load_judge(const std::string& path, const std::string& device_name) {
  use_one_thread_per_caller();
  const torch::Device device = dsp::usable_device(device_name);
  const StoredTensors stored = read_weights(path, kJudgeFormat, "a judge", kRemedy);
  try {
    torch::manual_seed(0);  // the weights drawn here are replaced below
    auto loaded = std::make_shared<LoadedJudge>(stored.config<models::JudgeConfig>(), device);
    models::copy_weights(fetch(stored.file, "", device), models::named_parameters(*loaded->network));
    for (torch::Tensor& tensor : loaded->network->parameters()) tensor.set_requires_grad(false);
    loaded->take_facts(stored);
    return loaded;
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", path, error.what()), kRemedy);
  }
}

Question question(const LoadedJudge& judge) {
  return judge.config.question == "family" ? Question::family : Question::pitch;
}
const std::vector<std::string>& classes(const LoadedJudge& judge) { return judge.classes; }

std::optional<std::size_t> class_of(const LoadedJudge& judge, const formats::NoteLabel& label) {
  return judge.config.class_of(label.family, label.pitch);
}

int sample_rate_hz(const LoadedJudge& judge) { return judge.config.sample_rate_hz; }
const std::string& model_id(const LoadedJudge& judge) { return judge.config.id; }
const formats::WeightsHash& weights_hash(const LoadedJudge& judge) { return judge.hash; }
const std::map<std::string, std::string>& metadata(const LoadedJudge& judge) { return judge.metadata; }
std::size_t file_bytes(const LoadedJudge& judge) { return judge.bytes; }
std::vector<PartSize> part_sizes(const LoadedJudge& judge) {
  return ictus::part_sizes(models::named_parameters(*judge.network));
}

Opinions listen(const LoadedJudge& judge, const std::vector<std::vector<float>>& notes) {
  torch::NoGradGuard no_grad;
  const auto clip = static_cast<std::size_t>(judge.config.clip_samples);
  std::vector<torch::Tensor> logits = {torch::empty({0, static_cast<std::int64_t>(judge.classes.size())})};
  std::vector<torch::Tensor> embeddings = {torch::empty({0, judge.config.embedding_size})};
  for (std::size_t first = 0; first < notes.size(); first += kBatch) {
    const std::size_t count = std::min(kBatch, notes.size() - first);
    torch::Tensor samples = torch::zeros({static_cast<std::int64_t>(count), static_cast<std::int64_t>(clip)});
    for (std::size_t i = 0; i < count; ++i) {
      const std::vector<float>& note = notes[first + i];
      std::copy_n(note.begin(), std::min(clip, note.size()), samples.data_ptr<float>() + i * clip);
    }
    const models::Judgement judgement =
        judge.network->answer(judge.network->features(judge.image.of(samples.to(judge.device))));
    logits.push_back(judgement.logits.cpu());
    embeddings.push_back(judgement.embeddings.cpu());
  }
  return {torch::cat(logits), torch::cat(embeddings)};
}

}  // namespace ictus::judges
