// Sound files that are learnt from.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ictus::training {

inline constexpr int kRateHz = 44100;

/// One channel.
[[nodiscard]] std::vector<float> read(const std::string& path);
/// Neither too short nor too soft.
[[nodiscard]] bool is_usable(std::span<const float> samples);
void tell_left_out(const std::string& path);
[[noreturn]] void refuse_silence();
/// Whole or not at all: the file before stays until then.
void save(const std::string& path, std::span<const std::byte> bytes);

}  // namespace ictus::training
