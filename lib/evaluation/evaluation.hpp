// Generated notes against real ones: every measure of this folder, with its parameters in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lib/evaluation/hearing.hpp"
#include "lib/evaluation/neighbours.hpp"
#include "lib/evaluation/resampling.hpp"
#include "lib/evaluation/spectrogram_error.hpp"

namespace ictus::evaluation {

/// With fewer bins than these NDB hardly sees what is missing.
inline constexpr int kLeastBins = 50;
/// So many reference notes fall on a bin at least, in the mean.
inline constexpr int kNotesPerBin = 10;
/// And so many generated notes: of fewer a bin without any of them would not differ.
inline constexpr int kGeneratedPerBin = 5;

struct Settings {
  int clusters = kLeastBins;  ///< at most, and at least kLeastBins
  int resamples = 200;        ///< of the bootstrap; 0: no intervals
  std::uint64_t seed = 1;
};

struct Metric {
  std::string key;   ///< in JSON: "ndb"
  std::string name;  ///< "NDB/k"
  std::string meaning;
  std::optional<Estimate> estimate = std::nullopt;
  std::string missing = {};  ///< why there is none: "needs at least 20 reference notes, there are 3"
  std::string parameters = {};
  nlohmann::ordered_json details = nlohmann::ordered_json::object();  ///< the parameters as values
};

/// On how many notes of a folder a judge agrees with the label in the name.
struct Agreement {
  std::size_t labelled = 0;       ///< notes whose name has a label
  std::size_t judged = 0;         ///< those of them whose label is one of the judge's answers
  std::optional<Estimate> share;  ///< of those judged
};

struct JudgeAgreement {
  std::string key;  ///< "family"
  Agreement reference;
  Agreement generated;
};

/// Whether generated notes lie nearer to training notes than real ones do.
struct Memorisation {
  std::size_t training_notes = 0;
  Metric below_median;             ///< share of generated notes nearer than the median real note
  Metric below_nearest;            ///< nearer than the nearest twentieth of real notes
  double reference_median = 0.0;   ///< of the distances to the nearest training note
  double reference_nearest = 0.0;  ///< their 5th percentile
  double generated_median = 0.0;
  Neighbours neighbours;  ///< of the generated notes among those of training
};

struct Evaluation {
  std::vector<Metric> metrics;
  std::vector<JudgeAgreement> agreement;
  std::optional<Memorisation> memorisation;
  std::vector<Pair> pairs;
  std::vector<SpectrogramError> errors;  ///< of each pair
  std::vector<std::string> warnings;

  [[nodiscard]] bool has_any_metric() const;
};

/// Measures `generated` against `reference`; `training` may be null. Reads the paired notes' files once more.
/// A measure for which there are too few notes has no estimate and says how many it needs.
[[nodiscard]] Evaluation evaluate(const HeardFolder& reference, const HeardFolder& generated,
                                  const HeardFolder* training, const Ears& ears, const Settings& settings);

/// What the judge's first answer to note `i` is, such as "flute" or "69".
[[nodiscard]] const std::string& heard_as(const judges::LoadedJudge& judge, const judges::Opinions& opinions,
                                          std::size_t i);

}  // namespace ictus::evaluation
