// A trained generator: loaded, checked, put on a device.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formats/token_pyramid.hpp"
#include "lib/weights/part_size.hpp"

namespace ictus::models {
struct GeneratorConfig;
}

namespace ictus::mars {

class LoadedTokenizer;
class LoadedGenerator;

/// Values of the metadata "format".
inline constexpr const char* kGeneratorFormat = "ictus-generator";
inline constexpr const char* kGeneratorCheckpointFormat = "ictus-generator-checkpoint";

/// Loads `path` onto `device` ("auto", "cpu", "cuda", "cuda:1"). Throws ictus::Error with a remedy when the
/// file is missing, truncated, damaged, or no generator, or when the device is not there.
std::shared_ptr<const LoadedGenerator> load_generator(const std::string& path, const std::string& device);

/// Throws ictus::Error that names both tokenizers when `config` is that of a generator for another.
void require_tokenizer(const models::GeneratorConfig& config, const LoadedTokenizer& tokenizer);

/// What can be asked for.
const models::GeneratorConfig& config(const LoadedGenerator& generator);
const std::string& model_id(const LoadedGenerator& generator);
const formats::WeightsHash& weights_hash(const LoadedGenerator& generator);
int sample_rate_hz(const LoadedGenerator& generator);
/// What else the file says of itself: its configuration and recipe as JSON, its steps.
const std::map<std::string, std::string>& metadata(const LoadedGenerator& generator);
std::size_t file_bytes(const LoadedGenerator& generator);
std::vector<PartSize> part_sizes(const LoadedGenerator& generator);

}  // namespace ictus::mars
