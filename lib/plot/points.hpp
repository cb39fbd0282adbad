// Points in a space of any number of dimensions.
#pragma once

#include <cstddef>
#include <vector>

namespace ictus::plot {

struct Points {
  std::size_t count;
  std::size_t dimensions;
  std::vector<float> values;  ///< point by point

  [[nodiscard]] const float* at(std::size_t index) const { return values.data() + index * dimensions; }
};

}  // namespace ictus::plot
