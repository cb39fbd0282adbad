// Which weights a command uses.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace ictus::cli {

/// The folder that the running program lies in.
[[nodiscard]] std::filesystem::path program_folder();

/// The weights that commands use without being told which.
enum class Model {
  events,        ///< ICTUS_MODEL in the environment
  tokenizer,     ///< ICTUS_MARS_MODEL
  generator,     ///< ICTUS_GENERATOR
  family_judge,  ///< ICTUS_FAMILY_JUDGE
  pitch_judge,   ///< ICTUS_PITCH_JUDGE
  token_prior,   ///< ICTUS_TOKEN_PRIOR
};

/// In words: "event model".
[[nodiscard]] const char* name_of(Model model);

/// The weights that were named with `option`, else those that the environment names, else the first that lie
/// in one of the usual places. Throws ictus::Error that says where it looked.
[[nodiscard]] std::string find_model(Model model, const std::optional<std::string>& named = {},
                                     const char* option = "--model");

/// Whether weights are used where none are named: the environment names some, or some are installed.
[[nodiscard]] bool is_at_hand(Model model);

}  // namespace ictus::cli
