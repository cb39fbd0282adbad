// Which weights a command uses.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace ictus::cli {

/// The folder that the running program lies in.
[[nodiscard]] std::filesystem::path program_folder();

/// The weights that were named, else what ICTUS_MODEL names, else the first that lies in one of the usual
/// places. Throws ictus::Error that says where it looked.
[[nodiscard]] std::string find_event_model(const std::optional<std::string>& named);

}  // namespace ictus::cli
