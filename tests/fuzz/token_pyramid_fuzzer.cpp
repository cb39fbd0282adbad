// Reads any bytes as a token pyramid. What is accepted must survive being written and read again.

#include "formats/token_pyramid.hpp"
#include "repaired.hpp"
#include "require.hpp"
#include "tests/unit/formats/prior_helpers.hpp"

namespace {

using namespace ictus::formats;
using testing::Bytes;
using testing::PyramidReading;

/// What can be decoded of an unfinished clip is no more than a clip has.
void check_unfinished(const TokenClip& clip, const PyramidShape& shape) {
  require(clip.spectral_level_db && !clip.scales.empty() && clip.scales.size() < shape.scales.size(),
          "an unfinished clip is silent, empty or whole");
  for (std::size_t k = 0; k < clip.scales.size(); ++k) {
    require(clip.scales[k].size() == shape.grid(k, clip.columns).tokens(), "a scale is not whole");
    for (const std::uint16_t token : clip.scales[k]) {
      require(token < shape.codebook_size, "a token is outside the codebook");
    }
  }
}

/// For the pyramids of the corpus that are packed.
std::shared_ptr<const TokenPrior> small_prior(const PriorId& /*id*/) {
  static const auto prior = [] {
    PyramidShape shape;
    shape.codebook_size = 20;
    shape.scales = {{1, 1}, {2, 2}, {3, 4}};
    WeightsHash hash{};
    for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<std::uint8_t>(16 + i);
    return testing::prior_of(testing::prior_tensors({shape}, hash));
  }();
  return prior;
}

void check(const Bytes& bytes) {
  const PyramidReading reading = testing::read_pyramid(bytes, SIZE_MAX, small_prior);
  require(testing::read_pyramid(bytes, 1, small_prior) == reading, "the source's steps matter");
  require(reading.error.empty() == reading.totals.has_value(), "neither an error nor an end");
  require(!reading.totals || !reading.unfinished, "an end within a clip");
  if (!reading.header) return;
  const PyramidShape& shape = reading.header->shape;
  if (reading.unfinished) check_unfinished(*reading.unfinished, shape);

  testing::Pyramid pyramid{*reading.header, reading.clips, {}};
  if (reading.totals) {
    pyramid.totals = *reading.totals;
  } else {
    for (const TokenClip& clip : reading.clips) {
      pyramid.totals.length_samples += std::uint64_t{clip.columns} * shape.column_samples();
    }
  }
  const PyramidReading again = testing::read_pyramid(testing::written(pyramid));
  require(again.error.empty(), "what was read cannot be written");
  require(again.header == reading.header && again.clips == reading.clips,
          "what was read comes back as something else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  testing::check_both(kTokenPyramidFormat, data, size, check);
  return 0;
}
