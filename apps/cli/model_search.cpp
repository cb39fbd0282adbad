#include "apps/cli/model_search.hpp"

#include <fmt/format.h>

#include <algorithm>
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

/// What is known of weights before they are found.
struct Weights {
  const char* name;      ///< for messages
  const char* variable;  ///< of the environment
  const char* folder;    ///< below models/
  const char* file;
  const char* command;  ///< that makes them
};

/// In the order of Model.
constexpr Weights kWeights[] = {
    {"event model", "ICTUS_MODEL", "events", "events.safetensors", "ictus-train-events timbre"},
    {"tokenizer", "ICTUS_MARS_MODEL", "mars", "mars.safetensors", "ictus train tokenizer"},
    {"generator", "ICTUS_GENERATOR", "mars", "generator.safetensors", "ictus train generator"},
    {"family judge", "ICTUS_FAMILY_JUDGE", "judges", "family.safetensors",
     "ictus train judge --about family"},
    {"pitch judge", "ICTUS_PITCH_JUDGE", "judges", "pitch.safetensors", "ictus train judge --about pitch"},
    {"token prior", "ICTUS_TOKEN_PRIOR", "mars", "prior.safetensors", "ictus train prior"},
};

const Weights& weights_of(Model model) { return kWeights[static_cast<std::size_t>(model)]; }

std::string require(const std::string& path, const std::string& who, const Weights& weights) {
  if (is_file(path)) return path;
  throw Error(harmless(path) + ": there are no such weights, named by " + who,
              fmt::format("train some with '{}', or leave it out to use those installed with ictus",
                          weights.command));
}

/// In order; the first that exists is taken.
std::vector<fs::path> usual_places(const Weights& weights) {
  const fs::path here = program_folder();
  const fs::path folder = fs::path("models") / weights.folder;
  const fs::path file = folder / weights.file;
  std::vector<fs::path> places = {here / file, here / ICTUS_DATA_FROM_PROGRAM / file,
                                  fs::path(ICTUS_DATA_DIR) / file};
  std::error_code failure;
  if (fs::equivalent(here, ICTUS_BUILD_BIN_DIR, failure)) {
    places.emplace_back(fs::path(ICTUS_SOURCE_DIR) / folder / "weights" / weights.file);
  }
  return places;
}

}  // namespace

fs::path program_folder() {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  return failure ? fs::path(".") : program.parent_path();
}

const char* name_of(Model model) { return weights_of(model).name; }

bool is_at_hand(Model model) {
  const Weights& weights = weights_of(model);
  if (const char* const path = std::getenv(weights.variable); path != nullptr && *path != '\0') return true;
  const std::vector<fs::path> places = usual_places(weights);
  return std::any_of(places.begin(), places.end(), is_file);
}

std::string find_model(Model model, const std::optional<std::string>& named, const char* option) {
  const Weights& weights = weights_of(model);
  if (named) return require(*named, option, weights);
  if (const char* const path = std::getenv(weights.variable); path != nullptr && *path != '\0') {
    return require(path, weights.variable, weights);
  }
  std::string tried;
  for (const fs::path& place : usual_places(weights)) {
    if (is_file(place)) return place.lexically_normal().string();
    tried += (tried.empty() ? "" : ", ") + place.lexically_normal().string();
  }
  throw Error(fmt::format("the weights of the {} are missing", weights.name),
              fmt::format("name them with {} FILE; these places were tried: {}", option, tried));
}

}  // namespace ictus::cli
