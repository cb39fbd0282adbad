#include "formats/token_prior.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "formats/safetensors.hpp"
#include "lib/core/error.hpp"
#include "lib/core/wide.hpp"

namespace ictus::formats {
namespace {

constexpr std::int32_t kMaxWeight = std::numeric_limits<std::int16_t>::max();
constexpr double kMaxBias = 1 << 30;

// The last layer's sums are logarithms to the base of 2, in steps of 1 / 256.
constexpr int kLogBits = 8;
constexpr int kLogShift = kSumBits - kLogBits;
constexpr int kPowerBits = 16;
/// Frequencies are 1 and what the network says, of which there is so much to share out.
constexpr int kShareBits = 17;
constexpr int kScaleBits = 24;

constexpr std::uint32_t kMaxCodebookSize = 1U << 16U;
constexpr std::size_t kMaxSide = 4096;  ///< of a layer, but for the codebook

/// An IEEE half as the float that it is.
float value_of_half(std::uint32_t bits) {
  const std::uint32_t exponent = bits >> 10U & 0x1FU;
  const std::uint32_t fraction = bits & 0x3FFU;
  if (exponent == 0x1F) throw Error("it has a number that is none");
  const float size = exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                                   : std::bit_cast<float>((exponent + 112) << 23U | fraction << 13U);
  return (bits & 0x8000U) != 0 ? -size : size;
}

/// The numbers of an array in units of 2^-bits, rounded to whole ones, halves away from 0, and limited.
template <typename Whole>
std::vector<Whole> whole_numbers(const TensorFile& file, const std::string& name,
                                 const std::vector<std::int64_t>& shape, int bits, double most) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) throw Error("it has no '" + name + "'");
  const RawTensor& tensor = found->second;
  if (tensor.dtype != DType::f16 || tensor.shape != shape) {
    throw Error("its '" + name + "' has another type or shape than its configuration says");
  }
  const double units = std::ldexp(1.0, bits);
  std::vector<Whole> numbers(tensor.data.size() / 2);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, &tensor.data[2 * i], 2);
    const double value = units * static_cast<double>(value_of_half(half));  // exact
    numbers[i] = static_cast<Whole>(std::clamp(value + std::copysign(0.5, value), -most, most));
  }
  return numbers;
}

WeightsHash hash_from(const std::string& digits) {
  WeightsHash hash{};
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    throw Error("the hash of its tokenizer is no hash");
  };
  if (digits.size() != 2 * hash.size()) throw Error("the hash of its tokenizer is no hash");
  for (std::size_t i = 0; i < hash.size(); ++i) {
    hash[i] = static_cast<std::uint8_t>(digit(digits[2 * i]) * 16 + digit(digits[2 * i + 1]));
  }
  return hash;
}

/// The largest size of any number in a column of a table.
std::int64_t most_of(const std::vector<std::int32_t>& table, std::size_t column, std::size_t columns) {
  std::int64_t most = 0;
  for (std::size_t i = column; i < table.size(); i += columns) {
    most = std::max(most, std::int64_t{std::abs(table[i])});
  }
  return most;
}

/// Adds to each of `outputs` sums the products of its row of weights, [outputs, inputs], and what goes in.
ICTUS_WIDE void add_products(const std::int16_t* __restrict weights, const std::int16_t* __restrict in,
                             std::size_t inputs, std::size_t outputs, std::int32_t* __restrict sums) {
  for (std::size_t unit = 0; unit < outputs; ++unit) {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < inputs; ++i) {
      sum += std::int32_t{weights[unit * inputs + i]} * std::int32_t{in[i]};
    }
    sums[unit] += sum;
  }
}

std::int16_t activation(std::int32_t sum) {
  return static_cast<std::int16_t>(std::clamp(sum >> kWeightBits, 0, kMaxActivation));
}

/// 2^(-i / 256) in units of 2^-16.
const std::array<std::uint32_t, 256>& powers() {
  static const auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::size_t i = 0; i < made.size(); ++i) {
      made[i] = static_cast<std::uint32_t>(
          std::lround(std::exp2(kPowerBits - static_cast<double>(i) / (1 << kLogBits))));
    }
    return made;
  }();
  return table;
}

/// Logarithms in frequencies' place become these.
void become_frequencies(std::vector<std::uint32_t>& logs) {
  // Differences of any two of them fit, as two's complement.
  std::int32_t most = std::numeric_limits<std::int32_t>::min();
  for (const std::uint32_t log : logs) most = std::max(most, static_cast<std::int32_t>(log));
  std::uint64_t total = 0;
  for (std::uint32_t& value : logs) {
    const std::uint32_t below = static_cast<std::uint32_t>(most) - value;
    const std::uint32_t halvings = below >> kLogBits;
    value = halvings > kPowerBits ? 0 : powers()[below % (1U << kLogBits)] >> halvings;
    total += value;
  }
  const std::uint64_t scale = (std::uint64_t{1} << (kShareBits + kScaleBits)) / total;
  for (std::uint32_t& value : logs) value = 1 + static_cast<std::uint32_t>(value * scale >> kScaleBits);
}

}  // namespace

TokenPrior::TokenPrior(std::span<const std::byte> file, const std::string& name) : hash_(content_hash(file)) {
  const TensorFile parsed = parse_safetensors(file, name);
  try {
    read_configuration(parsed);
    read_numbers(parsed);
    require_exact_sums();
  } catch (const nlohmann::json::exception& error) {
    throw Error(name + ": its configuration is damaged: " + error.what());
  } catch (const Error& error) {
    throw Error(name + ": " + error.what());
  }
}

void TokenPrior::read_configuration(const TensorFile& file) {
  const auto format = file.metadata.find("format");
  const auto config = file.metadata.find("config");
  if (format == file.metadata.end() || format->second != kTokenPriorFormat || config == file.metadata.end()) {
    throw Error("it is no token prior");
  }
  const auto said = nlohmann::json::parse(config->second);
  said.at("id").get_to(id_);
  tokenizer_hash_ = hash_from(said.at("tokenizer_hash").get<std::string>());
  said.at("clip_samples").get_to(shape_.clip_samples);
  said.at("clip_columns").get_to(shape_.clip_columns);
  said.at("codebook_size").get_to(shape_.codebook_size);
  for (const auto& grid : said.at("scales")) {
    shape_.scales.push_back({grid.at(0).get<std::uint16_t>(), grid.at(1).get<std::uint16_t>()});
  }
  said.at("code_size").get_to(code_size_);
  said.at("hidden").get_to(hidden_);
  if (shape_.codebook_size < 2 || shape_.codebook_size > kMaxCodebookSize || shape_.scales.empty() ||
      shape_.clip_columns == 0 || code_size_ < 1 || code_size_ > kMaxSide || hidden_ < 1 ||
      hidden_ > kMaxSide) {
    throw Error("its configuration makes no sense");
  }
}

void TokenPrior::read_numbers(const TensorFile& file) {
  const auto codebook = static_cast<std::int64_t>(shape_.codebook_size);
  const auto code_size = static_cast<std::int64_t>(code_size_);
  const auto hidden = static_cast<std::int64_t>(hidden_);
  const auto inputs = static_cast<std::int64_t>(kContextVectors) * code_size;
  const auto weights = [&](const char* name, std::int64_t from, std::int64_t to) {
    return Layer{static_cast<std::size_t>(from),
                 static_cast<std::size_t>(to),
                 whole_numbers<std::int16_t>(file, name, {to, from}, kWeightBits, kMaxWeight),
                 {}};
  };
  const auto added = [&](const char* name, std::vector<std::int64_t> shape) {
    return whole_numbers<std::int32_t>(file, name, shape, kSumBits, kMaxBias);
  };
  codes_ = whole_numbers<std::int16_t>(file, "codes", {codebook, code_size}, kActivationBits, kMaxActivation);
  rows_ = added("rows", {static_cast<std::int64_t>(all_rows(shape_)), hidden});
  columns_ = added("columns", {static_cast<std::int64_t>(all_columns(shape_)), hidden});
  first_ = weights("first.weight", inputs, hidden);
  second_ = weights("second.weight", hidden, hidden);
  second_.bias = added("second.bias", {hidden});
  last_ = weights("last.weight", hidden, codebook);
  last_.bias = added("last.bias", {codebook});
}

void TokenPrior::require_exact_sums() const {
  for (const Layer* const layer : {&first_, &second_, &last_}) {
    for (std::size_t unit = 0; unit < layer->outputs; ++unit) {
      std::int64_t most = layer == &first_ ? most_of(rows_, unit, hidden_) + most_of(columns_, unit, hidden_)
                                           : most_of(layer->bias, unit, layer->outputs);
      for (std::size_t i = 0; i < layer->inputs; ++i) {
        most += std::int64_t{std::abs(layer->weights[unit * layer->inputs + i])} * kMaxActivation;
      }
      if (most > std::numeric_limits<std::int32_t>::max()) throw Error("its sums could overflow");
    }
  }
}

TokenPrior::Vector TokenPrior::vectors_of(const TokenContext& context) const {
  std::vector<std::int32_t> sums(kContextVectors * code_size_, 0);
  auto at = sums.begin();
  const auto add = [&](std::int32_t token) {
    if (token == kNoToken) return;
    const std::int16_t* const code = &codes_[static_cast<std::size_t>(token) * code_size_];
    std::transform(code, code + code_size_, at, at, std::plus<std::int32_t>());
  };
  const auto step = static_cast<std::ptrdiff_t>(code_size_);
  for (const std::int32_t token : context.beside) {
    add(token);
    at += step;
  }
  for (std::size_t place = 0; place < kAroundPlaces; ++place) {
    for (const auto& around : context.around) add(around[place]);
    at += step;
  }
  const std::size_t coarser = context.around.size();
  for (std::size_t steps = 1; steps <= 2; ++steps) {
    if (steps <= coarser) add(context.around[coarser - steps][kOwnPlace]);
    at += step;
  }
  Vector vectors(sums.size());
  std::transform(sums.begin(), sums.end(), vectors.begin(), [](std::int32_t sum) {
    return static_cast<std::int16_t>(std::clamp(sum, -kMaxActivation, kMaxActivation));
  });
  return vectors;
}

std::vector<std::int32_t> TokenPrior::Layer::sums_of(const Vector& in,
                                                     std::vector<std::int32_t> added) const {
  add_products(weights.data(), in.data(), inputs, outputs, added.data());
  return added;
}

void TokenPrior::expect(const TokenContext& context, std::vector<std::uint32_t>& frequencies) const {
  std::vector<std::int32_t> place(hidden_);
  for (std::size_t unit = 0; unit < hidden_; ++unit) {
    place[unit] = rows_[context.row * hidden_ + unit] + columns_[context.column * hidden_ + unit];
  }
  Vector through(hidden_);
  std::ranges::transform(first_.sums_of(vectors_of(context), place), through.begin(), activation);
  const std::vector<std::int32_t> second = second_.sums_of(through, second_.bias);
  std::ranges::transform(through, second, through.begin(), [](std::int16_t first, std::int32_t sum) {
    return static_cast<std::int16_t>(std::min(first + activation(sum), kMaxActivation));
  });
  const std::vector<std::int32_t> last = last_.sums_of(through, last_.bias);
  frequencies.resize(last.size());
  std::ranges::transform(last, frequencies.begin(),
                         [](std::int32_t sum) { return static_cast<std::uint32_t>(sum >> kLogShift); });
  become_frequencies(frequencies);
}

}  // namespace ictus::formats
