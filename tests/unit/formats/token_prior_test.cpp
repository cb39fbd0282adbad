#include "formats/token_prior.hpp"

#include <doctest/doctest.h>

#include <numeric>

#include "formats/range_coder.hpp"
#include "prior_helpers.hpp"

using namespace ictus;
using namespace ictus::formats;
using namespace ictus::formats::testing;

namespace {

std::string refusal(const TensorFile& file) {
  try {
    prior_of(file);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

std::vector<std::uint32_t> expected(const TokenPrior& prior, const TokenContext& context) {
  std::vector<std::uint32_t> frequencies;
  prior.expect(context, frequencies);
  return frequencies;
}

}  // namespace

TEST_CASE("packed pyramids come back as they were, and any other prior is noticed") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Pyramid pyramid = small_pyramid(seed);
    const auto prior = prior_for(pyramid.header, seed);
    const std::size_t plain_bytes = written(pyramid).size();
    // What is not as expected takes what it takes without: naming the prior is all that is added.
    CHECK(written(pyramid, prior).size() <= plain_bytes + 10);
    std::mt19937_64 random(seed);
    pyramid.clips[0] = expected_clip(random, *prior, 8);
    pyramid.clips[3] = expected_clip(random, *prior, 3);
    const Bytes bytes = written(pyramid, prior);
    CHECK(bytes.size() < plain_bytes);
    for (const std::size_t step : {std::size_t{1}, SIZE_MAX}) {
      const PyramidReading reading = read_pyramid(bytes, step, always(prior));
      REQUIRE(reading.error == "");
      CHECK(*reading.header == pyramid.header);
      CHECK(reading.clips == pyramid.clips);
      CHECK(*reading.totals == pyramid.totals);
    }
  }
  const Pyramid pyramid = small_pyramid(1);
  const Bytes bytes = written(pyramid, prior_for(pyramid.header));
  CHECK(read_pyramid(bytes).error.find("not here") != std::string::npos);
  auto other = pyramid.header;
  other.shape.codebook_size = 301;
  CHECK(read_pyramid(bytes, SIZE_MAX, always(prior_for(other))).error.find("of another shape") !=
        std::string::npos);
  other = pyramid.header;
  other.weights_hash[3] ^= 1U;
  CHECK(read_pyramid(bytes, SIZE_MAX, always(prior_for(other))).error.find("other weights") !=
        std::string::npos);
  std::vector<Bytes> parts;
  CHECK_THROWS_AS(TokenPyramidWriter(pyramid.header, sink_of(parts), prior_for(other)), Error);
  CHECK(parts.empty());
}

TEST_CASE("packed pyramids that are cut or changed anywhere keep the scales before") {
  Pyramid pyramid = small_pyramid(3);
  const auto prior = prior_for(pyramid.header);
  std::mt19937_64 random(3);
  pyramid.clips[0] = expected_clip(random, *prior, 8);
  const Bytes bytes = written(pyramid, prior);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    const PyramidReading reading = read_pyramid(std::span(bytes).first(cut), SIZE_MAX, always(prior));
    CHECK(reading.error != "");
    CHECK(begins_with(pyramid.clips, reading.clips));
    if (reading.unfinished) {
      const TokenClip& whole = pyramid.clips[reading.clips.size()];
      for (std::size_t k = 0; k < reading.unfinished->scales.size(); ++k) {
        CHECK(reading.unfinished->scales[k] == whole.scales[k]);
      }
    }
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes changed = bytes;
    changed[at] ^= std::byte{16};
    const PyramidReading reading = read_pyramid(changed, SIZE_MAX, always(prior));
    CHECK(reading.error != "");
    CHECK(begins_with(pyramid.clips, reading.clips));
  }
}

TEST_CASE("frequencies are those of a distribution that a range coder takes") {
  const Pyramid pyramid = small_pyramid(7);
  const auto prior = prior_for(pyramid.header, 9);
  const TokenClip& clip = pyramid.clips[0];
  for (std::size_t scale = 0; scale < clip.scales.size(); ++scale) {
    for (std::size_t place = 0; place < clip.scales[scale].size(); ++place) {
      const auto frequencies = expected(
          *prior,
          token_context(pyramid.header.shape, clip.columns, std::span(clip.scales).first(scale + 1), place));
      REQUIRE(frequencies.size() == 300);
      CHECK(*std::min_element(frequencies.begin(), frequencies.end()) >= 1);
      const std::uint64_t sum = std::accumulate(frequencies.begin(), frequencies.end(), std::uint64_t{0});
      CHECK(sum < 1U << 18U);
      CHECK(sum > 1U << 16U);  // what the network says weighs more than the 1 that all have
    }
  }
}

TEST_CASE("a token is expected from those before it alone, and from each of its neighbours") {
  const Pyramid pyramid = small_pyramid(11);
  const PyramidShape& shape = pyramid.header.shape;
  const auto prior = prior_for(pyramid.header);
  std::vector<std::vector<std::uint16_t>> scales = pyramid.clips[0].scales;
  const std::size_t place = 2 * 6 + 3;
  const auto at_place = [&] { return expected(*prior, token_context(shape, 8, scales, place)); };
  const auto before = at_place();
  for (std::size_t other = 0; other < 30; ++other) {
    const std::uint16_t kept = scales[2][other];
    scales[2][other] = static_cast<std::uint16_t>((kept + 150) % 300);
    // Two to its left, three below, one below that: SPEC.md, section 27.
    const bool is_beside = other == place - 1 || other == place - 2 || other == place - 6 ||
                           other == place - 7 || other == place - 5 || other == place - 12;
    CHECK_MESSAGE((at_place() != before) == is_beside, other);
    scales[2][other] = kept;
  }
  for (std::size_t coarser = 0; coarser < 2; ++coarser) {
    const std::uint16_t kept = scales[coarser].back();
    scales[coarser].back() = static_cast<std::uint16_t>((kept + 150) % 300);
    CHECK(at_place() != before);
    scales[coarser].back() = kept;
  }
}

TEST_CASE("tokens that were expected take next to nothing, others as many bits as they should") {
  // Nothing but the last bias speaks: token 7 has 2^4 times the weight of each other.
  const PyramidShape shape = small_pyramid(1).header.shape;
  TensorFile file = prior_tensors({shape}, typical_pyramid_header().weights_hash);
  for (const char* name : {"last.weight", "last.bias"}) {
    RawTensor& tensor = file.tensors[name];
    std::fill(tensor.data.begin(), tensor.data.end(), std::byte{0});
  }
  const std::uint16_t four = 0x4400;
  std::memcpy(&file.tensors["last.bias"].data[2 * 7], &four, 2);
  const auto prior = prior_of(file);
  const auto bits_of = [&](std::uint16_t token) {
    std::vector<std::vector<std::uint16_t>> scales = {{token}};
    BitCounter counter;
    code_tokens(*prior, counter, 8, scales);
    return counter.bits();
  };
  CHECK(bits_of(7) == doctest::Approx(std::log2(315.0 / 16.0)).epsilon(0.01));
  CHECK(bits_of(8) == doctest::Approx(std::log2(315.0)).epsilon(0.01));
}

TEST_CASE("files that are no priors are refused") {
  const TokenPyramidHeader header = small_pyramid(1).header;
  const TensorFile sound = prior_tensors({header.shape}, header.weights_hash);
  REQUIRE(refusal(sound) == "");
  const auto with = [&](const std::function<void(TensorFile&)>& change) {
    TensorFile file = sound;
    change(file);
    return refusal(file);
  };
  const auto says = [](const std::string& message, const char* words) {
    return message.find(words) != std::string::npos &&
           message.find("random.safetensors") != std::string::npos;
  };
  CHECK(says(with([](TensorFile& f) { f.metadata["format"] = "ictus-judge"; }), "no token prior"));
  CHECK(says(with([](TensorFile& f) { f.metadata.erase("config"); }), "no token prior"));
  CHECK(says(with([](TensorFile& f) { f.metadata["config"] = "{"; }), "damaged"));
  CHECK(says(with([](TensorFile& f) { f.metadata["config"] = "{}"; }), "damaged"));
  CHECK(says(with([](TensorFile& f) { f.tensors.erase("codes"); }), "no 'codes'"));
  CHECK(says(with([](TensorFile& f) {
               f.tensors["rows"].shape = {5, 8};
             }),
             "'rows' has another type or shape"));
  CHECK(says(with([](TensorFile& f) { f.tensors["rows"].dtype = DType::bf16; }),
             "'rows' has another type or shape"));
  CHECK(says(with([](TensorFile& f) { f.tensors["codes"].data[1] = std::byte{0x7C}; }),
             "a number that is none"));
  const auto replaced = [](TensorFile& f, const char* what, const char* with_what) {
    std::string& config = f.metadata["config"];
    config.replace(config.find(what), std::string(what).size(), with_what);
  };
  CHECK(says(with([&](TensorFile& f) { replaced(f, "\"hidden\":5", "\"hidden\":0"); }), "makes no sense"));
  CHECK(says(with([&](TensorFile& f) { replaced(f, "\"hidden\":5", "\"hidden\":6"); }),
             "another type or shape"));
  CHECK(says(with([&](TensorFile& f) { replaced(f, "\"tokenizer_hash\":\"", "\"tokenizer_hash\":\"x"); }),
             "no hash"));
  // 255 weights of 8 and more, each of them times the most that goes through: above what 32 bits hold.
  CHECK(says(with([&](TensorFile& f) {
               f = prior_tensors({header.shape, 15, 5}, header.weights_hash);
               RawTensor& first = f.tensors["first.weight"];
               const std::uint16_t eight = 0x4800;
               for (std::size_t i = 0; i < first.data.size(); i += 2) std::memcpy(&first.data[i], &eight, 2);
             }),
             "could overflow"));
}
