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

/// The prior that lies beside this program's source.
std::shared_ptr<const TokenPrior> prior_at_hand() {
  static const auto prior = [] {
    std::ifstream file(PRIOR_FILE, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    return std::make_shared<const TokenPrior>(std::as_bytes(std::span(bytes)), PRIOR_FILE);
  }();
  return prior;
}

std::shared_ptr<const TokenPrior> prior_named(const PriorId& id) {
  if (prior_at_hand()->short_id() != id) throw Error("the prior is not here");
  return prior_at_hand();
}

/// Some that are packed by a prior.
void write_packed_samples(const std::string& directory) {
  for (std::uint64_t seed = 24; seed < 32; ++seed) {
    std::mt19937_64 random(seed);
    testing::PyramidReading content;
    content.header = testing::typical_pyramid_header();
    content.header->weights_hash = prior_at_hand()->tokenizer_hash();
    const PyramidShape& shape = content.header->shape = prior_at_hand()->shape();
    const auto last = static_cast<std::uint16_t>(1 + random() % shape.clip_columns);
    for (const std::uint16_t columns : {shape.clip_columns, shape.clip_columns, last}) {
      content.clips.push_back(seed % 4 == 0 ? testing::random_clip(random, shape, columns)
                                            : testing::expected_clip(random, *prior_at_hand(), columns));
    }
    content.totals = {3, 2 * shape.clip_samples + last * shape.column_samples(), 77};
    testing::write_sample(
        directory, seed, ".mars",
        testing::written({*content.header, content.clips, *content.totals}, prior_at_hand()),
        json_of(content));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return testing::read_or_write(
      argc, argv, [](auto bytes) { return json_of(testing::read_pyramid(bytes, SIZE_MAX, prior_named)); },
      [](const std::string& directory) {
        write_samples(directory);
        write_packed_samples(directory);
      });
}
