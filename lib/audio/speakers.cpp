#include "lib/audio/speakers.hpp"

namespace ictus::audio {
namespace {

using enum Speaker;

constexpr int kSpeakers = static_cast<int>(top_back_right) + 1;

Speakers at(const std::vector<Speakers>& of_counts, int channels) {
  const auto count = static_cast<std::size_t>(channels);
  return channels > 0 && count <= of_counts.size() ? of_counts[count - 1] : Speakers();
}

}  // namespace

Speakers speakers_of_mask(std::uint32_t mask, int channels) {
  Speakers speakers;
  for (int bit = 0; bit < kSpeakers; ++bit) {
    if ((mask >> bit & 1U) != 0) speakers.push_back(static_cast<Speaker>(bit));
  }
  if (mask >> kSpeakers != 0 || speakers.size() != static_cast<std::size_t>(channels)) return {};
  return speakers;
}

Speakers flac_speakers(int channels) {
  static const std::vector<Speakers> kOfCounts = {
      {front_centre},
      {front_left, front_right},
      {front_left, front_right, front_centre},
      {front_left, front_right, back_left, back_right},
      {front_left, front_right, front_centre, back_left, back_right},
      {front_left, front_right, front_centre, low_frequency, back_left, back_right},
      {front_left, front_right, front_centre, low_frequency, back_centre, side_left, side_right},
      {front_left, front_right, front_centre, low_frequency, back_left, back_right, side_left, side_right}};
  return at(kOfCounts, channels);
}

Speakers vorbis_speakers(int channels) {
  static const std::vector<Speakers> kOfCounts = {
      {front_centre},
      {front_left, front_right},
      {front_left, front_centre, front_right},
      {front_left, front_right, back_left, back_right},
      {front_left, front_centre, front_right, back_left, back_right},
      {front_left, front_centre, front_right, back_left, back_right, low_frequency},
      {front_left, front_centre, front_right, side_left, side_right, back_centre, low_frequency},
      {front_left, front_centre, front_right, side_left, side_right, back_left, back_right, low_frequency}};
  return at(kOfCounts, channels);
}

}  // namespace ictus::audio
