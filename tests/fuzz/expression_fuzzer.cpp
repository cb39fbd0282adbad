// Reads any text as a condition on events. A mistake has a place in the text; a condition is met or not.

#include <stdexcept>
#include <string_view>

#include "lib/compose/expression.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const ictus::compose::Expression expression(text);
    (void)expression(ictus::compose::values_of(ictus::Event{1000, -20.0F, {}}, 3, 22050));
  } catch (const ictus::compose::ExpressionError& error) {
    if (error.position() > text.size()) throw std::logic_error("a mistake beyond the end of the text");
  }
  return 0;
}
