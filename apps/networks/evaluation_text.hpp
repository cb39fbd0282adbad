// An evaluation in words and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lib/evaluation/evaluation.hpp"

namespace ictus::networks {

/// All that went into an evaluation and came out of it.
struct Evaluated {
  evaluation::Ears ears;
  std::string vggish_path;  ///< empty: not given
  evaluation::Settings settings;
  evaluation::HeardFolder reference;
  evaluation::HeardFolder generated;
  std::optional<evaluation::HeardFolder> training;
  evaluation::Evaluation result;
};

/// With as many decimals as its size and that of its interval call for: "0.0235", "29.92", "-".
[[nodiscard]] std::string number_text(const std::optional<evaluation::Estimate>& estimate);
/// "0.021 .. 0.026", or nothing.
[[nodiscard]] std::string interval_text(const std::optional<evaluation::Estimate>& estimate);
/// "93.1 % (90.2 .. 95.8) of 306", or "- (no label)".
[[nodiscard]] std::string agreement_text(const evaluation::Agreement& agreement);
/// "306 notes, 100 of them with a label".
[[nodiscard]] std::string folder_text(const evaluation::HeardFolder& folder);

[[nodiscard]] std::string table_text(const Evaluated& evaluated);
[[nodiscard]] nlohmann::ordered_json evaluation_json(const Evaluated& evaluated);

}  // namespace ictus::networks
