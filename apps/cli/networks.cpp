#include "apps/cli/networks.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <string>

#include "apps/cli/model_search.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {
namespace {

namespace fs = std::filesystem;

fs::path module_path() {
  const fs::path here = program_folder();
  constexpr const char* kModule = "ictus-networks.so";
  const fs::path places[] = {here / kModule, here / ICTUS_MODULES_FROM_PROGRAM / kModule,
                             fs::path(ICTUS_MODULE_DIR) / kModule};
  std::string tried;
  for (const fs::path& place : places) {
    if (::access(place.c_str(), R_OK) == 0) return place;
    tried += "\n    " + place.lexically_normal().string();
  }
  throw Error("ictus-networks.so, the part of ictus that runs networks, is missing",
              "install the package ictus-networks, or ictus again where it came in one piece; these places "
              "were tried:" +
                  tried);
}

const Networks* load() {
  const std::string path = module_path().string();
  // It stays until the end: what libtorch has begun cannot be taken back.
  void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* const function = module == nullptr ? nullptr : ::dlsym(module, kNetworksFunction);
  if (function == nullptr)
    throw Error(path + ": cannot be loaded (" + ::dlerror() + ")", "install ictus again");
  return reinterpret_cast<NetworksFunction*>(function)();
}

}  // namespace

const Networks& networks() {
  static const Networks* const loaded = load();
  return *loaded;
}

}  // namespace ictus::cli
