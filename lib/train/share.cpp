#include "lib/train/share.hpp"

namespace ictus::train {
namespace {

/// Streams of a step other than its examples', which are counted from 0.
constexpr std::uint32_t kOfStep = 0xFFFFFFFF;
constexpr std::uint32_t kAfterStep = 0xFFFFFFFE;

std::mt19937_64 random_of(const Share& share, std::uint32_t stream) {
  // A seed_seq takes the lower 32 bits of each number.
  const auto step = static_cast<std::uint64_t>(share.step);
  std::seed_seq seed{static_cast<std::uint32_t>(share.seed), static_cast<std::uint32_t>(share.seed >> 32U),
                     static_cast<std::uint32_t>(step), static_cast<std::uint32_t>(step >> 32U), stream};
  return std::mt19937_64(seed);
}

}  // namespace

Share Share::part(int number, int parts) const {
  const int begin = static_cast<int>(std::int64_t{count} * number / parts);
  const int end = static_cast<int>(std::int64_t{count} * (number + 1) / parts);
  Share own = *this;
  own.first = first + begin;
  own.count = end - begin;
  return own;
}

std::mt19937_64 Share::random_at(int place) const {
  return random_of(*this, static_cast<std::uint32_t>((place + batch) % batch));
}

std::mt19937_64 Share::random_of_step() const { return random_of(*this, kOfStep); }

std::mt19937_64 Share::random_after_step() const { return random_of(*this, kAfterStep); }

}  // namespace ictus::train
