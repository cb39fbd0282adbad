#include "tests/unit/events/support.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "formats/safetensors.hpp"
#include "lib/events/model_file.hpp"
#include "lib/weights/tensor_file.hpp"

namespace ictus::tests {

models::EventModelConfig small_config() {
  models::EventModelConfig c;
  c.id = "events-test";
  c.encoder_channels = 16;
  c.encoder_dilations = {1, 2};
  c.look_events = {3, 3};
  c.decoder_hidden = 16;
  c.resonances = 12;
  c.attacks = 8;
  c.decays = 6;
  c.crossfades = 4;
  c.rooms = 4;
  c.holds = 4;
  c.bend_semitones = 2.0;
  c.contour_points = 3;
  return c;
}

std::shared_ptr<events::LoadedModel> small_model(const torch::Device& device) {
  torch::manual_seed(7);
  auto loaded = std::make_shared<events::LoadedModel>();
  auto on_cpu = std::make_shared<models::EventModel>(small_config(), torch::kCPU);
  loaded->model = on_cpu;
  if (!device.is_cpu()) {
    loaded->model = std::make_shared<models::EventModel>(small_config(), device);
    models::NamedTensors moved;
    for (const auto& [name, tensor] : on_cpu->parameters()) moved[name] = tensor.to(device);
    loaded->model->load(moved);
  }
  for (auto& [name, tensor] : loaded->model->parameters()) tensor.set_requires_grad(false);
  return loaded;
}

std::shared_ptr<events::LoadedModel> one_sound_model(double pitch_hz, double decay_s) {
  auto loaded = small_model();
  const auto& c = loaded->model->config;
  models::NamedTensors p = loaded->model->parameters();
  torch::NoGradGuard no_grad;
  // Harmonics as the 2048-sample Hann window shows them: a peak and its two neighbours, 6 dB down.
  torch::Tensor comb = torch::full({c.bands.fine_bands}, -18.0);
  const double hz_per_bin = static_cast<double>(c.bands.sample_rate_hz) / c.bands.fine_window_samples;
  for (int harmonic = 1; harmonic * pitch_hz < 2000.0; ++harmonic) {
    const double bin = harmonic * pitch_hz / hz_per_bin;
    for (int b = 0; b < c.bands.linear_bands; ++b) {
      const double off = std::abs(b - bin);
      if (off < 2.0) comb[b] = std::log(std::pow(std::cos(off * 3.14159265 / 4.0), 4.0) / harmonic + 1e-6);
    }
  }
  p["decoder.resonances"].copy_(comb.expand_as(p["decoder.resonances"]));
  p["decoder.filter.weight"].zero_();
  p["decoder.filter.bias"].zero_();
  p["decoder.second_level.weight"].zero_();
  p["decoder.second_level.bias"].zero_();
  p["decoder.attacks"].fill_(std::log(std::expm1(1.0)));
  p["decoder.decays"].fill_(std::log(13.8155 / decay_s));
  p["decoder.room_levels"].fill_(-40.0);
  p["decoder.holds"].fill_(5.0);  // log of seconds: far away
  return loaded;
}

std::string weights_bytes(const events::LoadedModel& model) {
  formats::TensorFile file;
  file.metadata["format"] = events::kModelFormat;
  file.metadata["version"] = "1";
  file.metadata["config"] = nlohmann::json(model.model->config).dump();
  store(file, "", model.model->parameters(), formats::DType::f16);
  const auto bytes = formats::serialise_safetensors(file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace ictus::tests
