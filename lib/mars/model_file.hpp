// A trained tokenizer: loaded, checked, put on a device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formats/token_pyramid.hpp"
#include "lib/weights/part_size.hpp"

namespace ictus::mars {

class LoadedTokenizer;

/// Values of the metadata "format".
inline constexpr const char* kTokenizerFormat = "ictus-tokenizer";
inline constexpr const char* kTokenizerCheckpointFormat = "ictus-tokenizer-checkpoint";

/// Loads `path` onto `device` ("auto", "cpu", "cuda", "cuda:1"). Throws ictus::Error with a remedy when the
/// file is missing, truncated, damaged, or no tokenizer, or when the device is not there.
std::shared_ptr<const LoadedTokenizer> load_tokenizer(const std::string& path, const std::string& device);

const std::string& model_id(const LoadedTokenizer& tokenizer);
const formats::WeightsHash& weights_hash(const LoadedTokenizer& tokenizer);
int sample_rate_hz(const LoadedTokenizer& tokenizer);
const formats::PyramidShape& shape(const LoadedTokenizer& tokenizer);
/// As the header of a pyramid has it.
std::int16_t full_scale_centibels(const LoadedTokenizer& tokenizer);
/// What else the file says of itself: its configuration and recipe as JSON, its steps.
const std::map<std::string, std::string>& metadata(const LoadedTokenizer& tokenizer);
std::size_t file_bytes(const LoadedTokenizer& tokenizer);
std::vector<PartSize> part_sizes(const LoadedTokenizer& tokenizer);

}  // namespace ictus::mars
