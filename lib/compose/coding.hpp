// Which steps a stream needs so that no number is changed by writing it.
#pragma once

#include <cstdint>
#include <span>

#include "formats/event.hpp"
#include "formats/quantise.hpp"

namespace ictus::compose {

/// The coarsest coding in which all that stands in either can stand; 32-bit floats where there is none.
[[nodiscard]] formats::EventCoding common_coding(const formats::EventCoding& a,
                                                 const formats::EventCoding& b);

/// `coding`, refined so that onsets may also be moved by `samples`, and gains by `centibels`.
[[nodiscard]] formats::EventCoding refined(formats::EventCoding coding, std::int64_t samples,
                                           std::int64_t centibels);

/// `coding` with numbers of vectors in steps of at most a fiftieth where a step was more than a 64th of the
/// whole range, each a whole part of the old one: for vectors that are changed a little, which would be lost
/// in so few steps, while those that are not stay exact. All others keep their steps.
[[nodiscard]] formats::EventCoding with_finer_vectors(formats::EventCoding coding);

/// The coarsest coding, no coarser than `preferred`, in which these events stay as they are in blocks that
/// begin at multiples of `block_samples`.
[[nodiscard]] formats::EventCoding exact_coding(std::span<const Event> events,
                                                const formats::EventCoding& preferred,
                                                std::int64_t block_samples);

}  // namespace ictus::compose
