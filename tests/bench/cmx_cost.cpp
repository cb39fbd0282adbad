// cmx_cost ROWS COLUMNS: what a tokenizer costs whose 512 x 256 spectrogram is multiplexed by ROWS x COLUMNS,
// all else alike: seconds of one training step and of one encoding, and the most memory that each took on top
// of what was there before, in MiB, between tabs. One clip, one core; 1 1 is no multiplexing at all.
//
// Attention is left out: its matrix for the 32,768 places that there are without multiplexing has a thousand
// million entries. So are the dense paths over the whole spectrum, which multiplexing does not touch.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <string>

#include "lib/train/task.hpp"
#include "models/mars/distance.hpp"
#include "models/mars/tokenizer.hpp"

namespace {

using namespace ictus;
using Clock = std::chrono::steady_clock;

double memory_mib(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == field) {
      double kib = 0.0;
      status >> kib;
      return kib / 1024.0;
    }
  return 0.0;
}

struct Cost {
  double seconds = 0.0;
  double mib = 0.0;
};

Cost cost_of(const std::function<void()>& work) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak is counted from here
  const double before_mib = memory_mib("VmRSS:");
  const auto began = Clock::now();
  work();
  return {std::chrono::duration<double>(Clock::now() - began).count(), memory_mib("VmHWM:") - before_mib};
}

void measure(int rows, int columns) {
  models::TokenizerConfig config;
  config.cmx_regions = {{config.bins(), rows}};
  config.cmx_columns = columns;
  config.attention_heads = 0;
  config.full_band_channels = 0;
  torch::manual_seed(1);
  models::Tokenizer model(config, torch::kCPU);
  const models::ImageDistance distance(config, torch::kCPU);
  const torch::Tensor image = torch::rand({1, 1, config.bins(), config.clip_frames}) * 2.0 - 1.0;

  const auto encode = [&] {
    torch::NoGradGuard no_grad;
    model.quantiser->quantise(model.encoder->forward(image));
  };
  const auto step = [&] {
    const torch::Tensor latent = model.encoder->forward(image);
    const models::Quantised quantised = model.quantiser->quantise(latent);
    const torch::Tensor decoded = model.decoder->forward(quantised.sum + (latent - latent.detach()));
    train::gradients_of(distance.bins_db(image, decoded) + distance.bands_db(image, decoded) +
                            quantised.code_loss + quantised.commitment,
                        model.parameters());
  };
  const Cost encoding = cost_of(encode);
  const Cost training = cost_of(step);
  std::printf("%.4f\t%.4f\t%.1f\t%.1f\n", training.seconds, encoding.seconds, training.mib, encoding.mib);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: cmx_cost ROWS COLUMNS\n", stderr);
    return 2;
  }
  try {
    ictus::use_one_thread_per_caller();
    measure(std::atoi(argv[1]), std::atoi(argv[2]));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cmx_cost: %s\n", error.what());
    return 1;
  }
  return 0;
}
