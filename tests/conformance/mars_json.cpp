// Prints what the C++ reader finds in token pyramids, in the form of read_mars.py, one line per file.
//
//     mars_json FILE...       reads
//     mars_json --write DIR   writes sample pyramids into DIR, each with what it holds beside it as JSON

#include "formats/token_pyramid.hpp"
#include "json_helpers.hpp"
#include "tests/unit/formats/pyramid_helpers.hpp"

namespace {

using namespace ictus;
using namespace ictus::formats;
using nlohmann::json;

json json_of(const TokenPyramidHeader& header) {
  json scales = json::array();
  for (const GridSize& grid : header.shape.scales) scales.push_back({grid.rows, grid.columns});
  json found = {{"model_id", header.model_id},
                {"weights_hash", testing::hex(header.weights_hash)},
                {"scales", scales},
                {"original_sample_rate_hz", header.original_sample_rate_hz},
                {"original_channels", header.original_channels},
                {"tags", testing::json_of(header.tags)},
                {"label", nullptr},
                {"seed", nullptr},
                {"sample_rate_hz", header.sample_rate_hz},
                {"clip_samples", header.shape.clip_samples},
                {"clip_columns", header.shape.clip_columns},
                {"codebook_size", header.shape.codebook_size},
                {"full_scale_centibels", header.full_scale_centibels}};
  if (header.label) {
    found["label"] = {{"family", header.label->family},
                      {"pitch", header.label->pitch},
                      {"velocity", header.label->velocity},
                      {"instrument", header.label->instrument}};
  }
  if (header.seed) found["seed"] = *header.seed;
  return found;
}

json json_of(const TokenClip& clip) {
  json found = {{"columns", clip.columns}, {"level_db", nullptr}, {"scales", clip.scales}};
  if (clip.spectral_level_db) found["level_db"] = *clip.spectral_level_db;
  return found;
}

json json_of(const TokenPyramidTotals& totals) {
  return testing::json_of_totals("clips", totals.clips, totals);
}

json json_of(const testing::PyramidReading& reading) {
  json found = testing::json_of_reading(reading, "clips", reading.clips,
                                        [](const auto& part) { return json_of(part); });
  if (reading.unfinished) found["unfinished"] = json_of(*reading.unfinished);
  return found;
}

void write_samples(const std::string& directory) {
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    testing::Pyramid pyramid = testing::random_pyramid(seed, seed % 4);
    if (seed % 3 == 2) {
      // Give Zstandard something to do.
      for (TokenClip& clip : pyramid.clips) {
        for (auto& tokens : clip.scales) {
          for (std::uint16_t& token : tokens) token = token % 8 == 0 ? token : 1;
        }
      }
    }
    testing::PyramidReading content;
    content.header = pyramid.header;
    content.clips = pyramid.clips;
    content.totals = pyramid.totals;
    testing::write_sample(directory, seed, ".mars", testing::written(pyramid), json_of(content));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return testing::read_or_write(
      argc, argv, [](auto bytes) { return json_of(testing::read_pyramid(bytes)); }, write_samples);
}
