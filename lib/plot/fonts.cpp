#include "lib/plot/fonts.hpp"

#include <fcntl.h>
#include <fontconfig/fontconfig.h>
#include <unistd.h>

#include <memory>

#include "lib/core/fd.hpp"

namespace ictus::plot {
namespace {

/// As long as it lives, what is written to standard error is seen by nobody.
class SilentStandardError {
 public:
  SilentStandardError() : kept_(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) {
    const UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (kept_.is_open() && nowhere.is_open()) ::dup2(nowhere.get(), STDERR_FILENO);
  }
  SilentStandardError(const SilentStandardError&) = delete;
  SilentStandardError& operator=(const SilentStandardError&) = delete;
  ~SilentStandardError() {
    if (kept_.is_open()) ::dup2(kept_.get(), STDERR_FILENO);
  }

 private:
  UniqueFd kept_;
};

struct Destroyer {
  void operator()(FcPattern* pattern) const { FcPatternDestroy(pattern); }
};
using Pattern = std::unique_ptr<FcPattern, Destroyer>;

}  // namespace

bool has_letters() {
  const SilentStandardError silent;
  if (FcInit() != FcTrue) return false;
  // The font that cairo will take, found as it does.
  const Pattern wanted(FcPatternCreate());
  FcPatternAddString(wanted.get(), FC_FAMILY, reinterpret_cast<const FcChar8*>("sans-serif"));
  FcConfigSubstitute(nullptr, wanted.get(), FcMatchPattern);
  FcDefaultSubstitute(wanted.get());
  FcResult result = FcResultNoMatch;
  const Pattern found(FcFontMatch(nullptr, wanted.get(), &result));
  FcCharSet* characters = nullptr;
  if (found == nullptr || FcPatternGetCharSet(found.get(), FC_CHARSET, 0, &characters) != FcResultMatch) {
    return false;
  }
  for (const char character : {'0', '9', 'A', 'Z', 'a', 'z'}) {
    if (FcCharSetHasChar(characters, static_cast<FcChar32>(character)) != FcTrue) return false;
  }
  return true;
}

}  // namespace ictus::plot
