#include "apps/cli/model_search.hpp"

#include <cstdlib>
#include <vector>

#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
  std::error_code failure;
  return fs::exists(path, failure) && !fs::is_directory(path, failure);
}

std::string require(const std::string& path, const std::string& who) {
  if (is_file(path)) return path;
  throw Error(harmless(path) + ": there are no such weights, named by " + who,
              "train some with 'ictus train events', or leave it out to use those installed with ictus");
}

/// In order; the first that exists is taken.
std::vector<fs::path> usual_places() {
  const fs::path here = program_folder();
  const fs::path shared = "share/ictus/models/events/events.safetensors";
  std::vector<fs::path> places = {here / "models/events/events.safetensors",
                                  here / ".." / shared,     // from bin/
                                  here / "../.." / shared,  // from libexec/ictus/
                                  fs::path(ICTUS_INSTALL_PREFIX) / shared};
  std::error_code failure;
  if (fs::equivalent(here, ICTUS_BUILD_BIN_DIR, failure)) {
    places.emplace_back(fs::path(ICTUS_SOURCE_DIR) / "models/events/weights/events.safetensors");
  }
  return places;
}

}  // namespace

fs::path program_folder() {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  return failure ? fs::path(".") : program.parent_path();
}

std::string find_event_model(const std::optional<std::string>& named) {
  if (named) return require(*named, "--model");
  if (const char* const path = std::getenv("ICTUS_MODEL"); path != nullptr && *path != '\0') {
    return require(path, "ICTUS_MODEL");
  }
  std::string tried;
  for (const fs::path& place : usual_places()) {
    if (is_file(place)) return place.lexically_normal().string();
    tried += "\n    " + place.lexically_normal().string();
  }
  throw Error("the weights of the event model are missing",
              "name them with --model FILE; these places were tried:" + tried);
}

}  // namespace ictus::cli
