// A folder of notes, heard: what the judges say of each, and what its spectrum looks like.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/dsp/torch_compat.hpp"
#include "lib/evaluation/pairs.hpp"
#include "lib/evaluation/vggish.hpp"
#include "lib/judges/judge.hpp"

namespace ictus::evaluation {

/// Of a longer file only so much is heard: these are notes.
inline constexpr int kLongestNote_s = 60;

/// Spectra are compared at this rate, whatever the judges'.
inline constexpr int kSpectraSampleRateHz = 16000;

/// Who listens.
struct Ears {
  std::shared_ptr<const judges::LoadedJudge> family;
  std::shared_ptr<const judges::LoadedJudge> pitch;
  std::shared_ptr<const Vggish> vggish;  ///< null: not asked
};

struct LeftOut {
  std::string name;
  std::string reason;  ///< a sentence that names the file
};

struct HeardFolder {
  std::string folder;
  std::vector<NamedNote> notes;  ///< in the order of their paths
  judges::Opinions family;       ///< a row for each note, in double precision
  judges::Opinions pitch;
  torch::Tensor images;       ///< [n, 960], note_image.hpp; not there when only the judges listened
  torch::Tensor vggish;       ///< [windows, 128]; not there without it
  torch::Tensor vggish_note;  ///< [windows], int64: whose they are
  std::vector<LeftOut> left_out;
  std::map<int, std::size_t> resampled;  ///< how many notes had to be brought to a rate in Hz
};

enum class Attention {
  full,
  judges_only,
};

/// Called from one thread at a time with how many notes of how many have been heard.
using HeardSoMany = std::function<void(std::size_t heard, std::size_t all)>;

/// Hears every sound file below `folder`, several at a time; the result does not depend on how many. Files
/// that cannot be read are left out. Throws ictus::Error when there is no such folder or no sound file in it.
[[nodiscard]] HeardFolder hear(const std::string& folder, const Ears& ears, Attention attention,
                               const HeardSoMany& progress);

/// The first kLongestNote_s of a file of `folder` as mono. Throws ictus::Error as audio::Source does.
[[nodiscard]] std::vector<float> read_note(const std::string& folder, const std::string& name,
                                           int sample_rate_hz);

}  // namespace ictus::evaluation
