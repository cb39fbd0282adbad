// A trained judge: a classifier that tells what a single note is, and how it hears it.
//
// Two judges hear a note, one for the instrument family and one for the pitch. What is measured of many notes
// through them is in lib/metrics.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/token_pyramid.hpp"
#include "lib/dsp/torch_compat.hpp"
#include "lib/weights/part_size.hpp"

namespace ictus::judges {

class LoadedJudge;

/// Values of the metadata "format".
inline constexpr const char* kJudgeFormat = "ictus-judge";
inline constexpr const char* kJudgeCheckpointFormat = "ictus-judge-checkpoint";

enum class Question { family, pitch };

/// Loads `path` onto `device` ("auto", "cpu", "cuda", "cuda:1"). Throws ictus::Error with a remedy when the
/// file is missing, truncated, damaged, or no judge, or when the device is not there.
std::shared_ptr<const LoadedJudge> load_judge(const std::string& path, const std::string& device);

Question question(const LoadedJudge& judge);
/// The answers it can give: names of families, or MIDI numbers such as "69".
const std::vector<std::string>& classes(const LoadedJudge& judge);
/// The place in classes() of a note's right answer; nothing when the judge does not know it.
std::optional<std::size_t> class_of(const LoadedJudge& judge, const formats::NoteLabel& label);
int sample_rate_hz(const LoadedJudge& judge);
const std::string& model_id(const LoadedJudge& judge);
const formats::WeightsHash& weights_hash(const LoadedJudge& judge);
/// What else the file says of itself: its configuration and recipe as JSON, its steps.
const std::map<std::string, std::string>& metadata(const LoadedJudge& judge);
std::size_t file_bytes(const LoadedJudge& judge);
std::vector<PartSize> part_sizes(const LoadedJudge& judge);

struct Opinions {
  torch::Tensor logits;      ///< [n, classes], float, on the CPU
  torch::Tensor embeddings;  ///< [n, embedding size], of the layer before, likewise
};

/// Mono notes at sample_rate_hz() of any length: cut or followed by silence to the judge's clip; level does
/// not matter. A note's opinion does not depend on the others. May be called by several threads at once.
Opinions listen(const LoadedJudge& judge, const std::vector<std::vector<float>>& notes);

}  // namespace ictus::judges
