// How large the parts of a model are, for people who look at its file.
#pragma once

#include <cstdint>
#include <string>

namespace ictus {

struct PartSize {
  std::string part;  ///< "encoder", "decoder.attack", ...
  std::int64_t parameters = 0;
};

}  // namespace ictus
