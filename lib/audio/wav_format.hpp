// The numbers of WAV, RF64 and BW64 that reading and writing share.
#pragma once

#include <cstdint>

namespace ictus::audio {

inline constexpr int kFormatPcm = 1;
inline constexpr int kFormatFloat = 3;
/// In place of a size that is not known yet, or that is in the ds64 chunk of RF64.
inline constexpr std::uint64_t kNoSize = 0xFFFFFFFF;
inline constexpr std::uint64_t kDs64Bytes = 28;

}  // namespace ictus::audio
