// The network that makes sounds of numbers, and its file.
#include "lib/synthesis/timbre.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "formats/safetensors.hpp"
#include "lib/core/dice.hpp"
#include "lib/core/error.hpp"
#include "lib/synthesis/timbre_file.hpp"

namespace ictus::synthesis {
namespace {

TimbreNetwork random_network() {
  TimbreNetwork network;
  Dice dice(3);
  for (float& weight : network.weights()) weight = static_cast<float>(0.1 * dice.normal());
  return network;
}

EventVector random_vector(std::uint64_t seed) {
  Dice dice(seed);
  EventVector vector{};
  for (float& number : vector) number = static_cast<float>(dice.uniform() - 0.5);
  return vector;
}

}  // namespace

TEST_CASE("named numbers are what their table says, whatever the network") {
  EventVector vector = random_vector(1);
  for (std::size_t place = 0; place < kNamedNumbers; ++place) {
    CAPTURE(std::string(kNumbers[place].name));
    CHECK(kNumbers[place].value_of(-1.0F) == doctest::Approx(kNumbers[place].low));
    CHECK(kNumbers[place].value_of(1.0F) == doctest::Approx(kNumbers[place].high));
    CHECK(kNumbers[place].number_of(kNumbers[place].value_of(0.3F)) == doctest::Approx(0.3).epsilon(1e-4));
    CHECK(kNumbers[place].steps % 2 == 1);  // so that the middle is one of them
  }
  vector[kPitch] = kNumbers[kPitch].number_of(440.0F);
  vector[kGlide] = kNumbers[kGlide].number_of(-3.0F);
  vector[kHold] = kNumbers[kHold].number_of(0.75F);
  const EventSound sound = random_network().sound_of(vector, -7.0F);
  CHECK(std::exp2(sound.pitch_octaves) == doctest::Approx(440.0).epsilon(1e-5));
  CHECK(sound.glide_semitones == doctest::Approx(-3.0).epsilon(1e-5));
  CHECK(std::exp(sound.hold_log_s) == doctest::Approx(0.75).epsilon(1e-5));
  CHECK(sound.gain_db == -7.0F);
}

TEST_CASE("the gradients by numbers and by weights are those of the sound") {
  const TimbreNetwork network = random_network();
  const EventVector vector = random_vector(2);
  Dice dice(4);
  EventSound by_sound{};
  for (float& slope : numbers_of(by_sound)) slope = static_cast<float>(dice.normal());
  by_sound.onset_s = by_sound.gain_db = 0.0F;  // which are not of the numbers
  const auto value_of = [&](const EventVector& v, const TimbreNetwork& n) {
    const EventSound sound = n.sound_of(v, 0.0F);
    double sum = 0.0;
    for (std::size_t i = 0; i < kSoundNumbers; ++i)
      sum += static_cast<double>(numbers_of(sound)[i]) * static_cast<double>(numbers_of(by_sound)[i]);
    return sum;
  };
  EventVector by_vector{};
  std::vector<float> by_weights(TimbreNetwork::kWeights);
  network.add_gradient(vector, by_sound, by_vector, by_weights);
  for (std::size_t i = 0; i < vector.size(); ++i) {
    EventVector ahead = vector, behind = vector;
    ahead[i] += 0.01F;
    behind[i] -= 0.01F;
    const double slope =
        (value_of(ahead, network) - value_of(behind, network)) / static_cast<double>(ahead[i] - behind[i]);
    CHECK(static_cast<double>(by_vector[i]) == doctest::Approx(slope).epsilon(0.01).scale(10.0));
  }
  for (int trial = 0; trial < 200; ++trial) {
    const auto i = static_cast<std::size_t>(dice.uniform() * static_cast<double>(by_weights.size()));
    TimbreNetwork ahead = network, behind = network;
    ahead.weights()[i] += 0.02F;
    behind.weights()[i] -= 0.02F;
    const double slope = (value_of(vector, ahead) - value_of(vector, behind)) /
                         static_cast<double>(ahead.weights()[i] - behind.weights()[i]);
    CHECK(static_cast<double>(by_weights[i]) == doctest::Approx(slope).epsilon(0.01).scale(10.0));
  }
}

TEST_CASE("a network comes back from its file, and what is no such file is refused with what is wrong") {
  const TimbreNetwork network = random_network();
  const auto bytes = write_timbre(network, {{"steps", "12"}});
  const TimbreNetwork back = read_timbre(bytes, "x");
  CHECK(std::equal(back.weights().begin(), back.weights().end(), network.weights().begin()));
  const auto refused = [](const formats::TensorFile& file) {
    try {
      (void)read_timbre(formats::serialise_safetensors(file), "x.safetensors");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const formats::TensorFile file = formats::parse_safetensors(bytes, "x");
  formats::TensorFile wrong = file;
  wrong.metadata["format"] = "other";
  CHECK(refused(wrong).find("no network of timbres") != std::string::npos);
  wrong = file;
  wrong.tensors.erase("linear");
  CHECK(refused(wrong).find("linear is missing") != std::string::npos);
  wrong = file;
  wrong.tensors["mean"].shape = {1, static_cast<std::int64_t>(kTimbreOutputs)};
  CHECK(refused(wrong).find("mean has another") != std::string::npos);
  wrong = file;
  std::fill_n(wrong.tensors["hidden1.bias"].data.begin(), 4, std::byte{0xFF});
  CHECK(refused(wrong).find("no number") != std::string::npos);
  CHECK(refused(file).empty());
}

}  // namespace ictus::synthesis
