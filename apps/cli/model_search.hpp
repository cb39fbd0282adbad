// Which weights a command uses.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "apps/options/options.hpp"

namespace ictus::cli {

/// The folder that the running program lies in.
[[nodiscard]] std::filesystem::path program_folder();

/// The codec's weights: those that were named, else what ICTUS_MODEL (events) or ICTUS_MARS_MODEL (token
/// pyramids) names, else the first that lie in one of the usual places. Throws ictus::Error that says where
/// it looked.
[[nodiscard]] std::string find_model(options::Codec codec, const std::optional<std::string>& named);

}  // namespace ictus::cli
