// Loops over samples and bins that fill wide registers. Ranges do not overlap.
#pragma once

namespace ictus::synthesis {

/// out += scale * in
void add_scaled(const float* in, float scale, int count, float* out);
/// out += a * b
void add_product(const float* a, const float* b, int count, float* out);
/// The sum of a * b, in an order of its own.
float inner(const float* a, const float* b, int count);
/// out = a * b
void multiply(const float* a, const float* b, int count, float* out);

}  // namespace ictus::synthesis
