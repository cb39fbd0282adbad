// How often each token is expected where it stands: a small network in whole numbers, so that every machine
// expects the same; see SPEC.md, sections 27 and 28.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/blocks.hpp"
#include "formats/pyramid_shape.hpp"
#include "formats/safetensors.hpp"
#include "formats/token_context.hpp"

namespace ictus::formats {

/// Value of the metadata "format" of its weights.
inline constexpr const char* kTokenPriorFormat = "ictus-prior";

/// Units of the whole numbers that stand for the network's: of what goes through it, of its weights, and of
/// their products.
inline constexpr int kActivationBits = 6;
inline constexpr int kWeightBits = 12;
inline constexpr int kSumBits = kActivationBits + kWeightBits;
/// What goes through it is at most that, in whole numbers.
inline constexpr std::int32_t kMaxActivation = 2047;
/// Vectors that the first layer sees: of the tokens beside, of the sums of those around over the coarser
/// scales, and of the next two coarser tokens at its own place.
inline constexpr std::size_t kContextVectors = kBesideTokens + kAroundPlaces + 2;

/// What streams name a prior by: the first bytes of its hash.
using PriorId = std::array<std::uint8_t, 4>;

class TokenPrior {
 public:
  /// `file` is a whole weights file, which messages call `name`. Throws ictus::Error where it is no prior, or
  /// sums could overflow.
  TokenPrior(std::span<const std::byte> file, const std::string& name);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const WeightsHash& hash() const { return hash_; }
  [[nodiscard]] PriorId short_id() const { return {hash_[0], hash_[1], hash_[2], hash_[3]}; }
  /// Of the weights of the tokenizer whose tokens it expects.
  [[nodiscard]] const WeightsHash& tokenizer_hash() const { return tokenizer_hash_; }
  [[nodiscard]] const PyramidShape& shape() const { return shape_; }

  /// Frequencies of all tokens of the codebook, for a range coder.
  void expect(const TokenContext& context, std::vector<std::uint32_t>& frequencies) const;

 private:
  using Vector = std::vector<std::int16_t>;
  /// A layer's weights, [outputs, inputs], and what is added to its sums.
  struct Layer {
    std::size_t inputs = 0, outputs = 0;
    std::vector<std::int16_t> weights;
    std::vector<std::int32_t> bias;

    /// What is added to its sums, and its sums.
    [[nodiscard]] std::vector<std::int32_t> sums_of(const Vector& in, std::vector<std::int32_t> added) const;
  };

  void read_configuration(const TensorFile& file);
  void read_numbers(const TensorFile& file);
  /// Throws where a sum might not fit into 32 bits.
  void require_exact_sums() const;
  /// What the first layer sees, [context vectors * code size].
  [[nodiscard]] Vector vectors_of(const TokenContext& context) const;

  std::string id_;
  WeightsHash hash_{}, tokenizer_hash_{};
  PyramidShape shape_;
  std::size_t code_size_ = 0, hidden_ = 0;
  std::vector<std::int16_t> codes_;           // [codebook size, code size]
  std::vector<std::int32_t> rows_, columns_;  // [all rows, hidden], [all columns, hidden]
  Layer first_, second_, last_;
};

/// Codes all tokens of the last of `scales`, which a decoder fills; the coarser ones are there. `coder` is
/// one of those of formats/range_coder.hpp.
template <typename Coder>
void code_tokens(const TokenPrior& prior, Coder& coder, std::uint16_t columns,
                 std::span<std::vector<std::uint16_t>> scales) {
  std::vector<std::uint32_t> frequencies;
  std::vector<std::uint16_t>& own = scales.back();
  for (std::size_t place = 0; place < own.size(); ++place) {
    prior.expect(token_context(prior.shape(), columns, scales, place), frequencies);
    unsigned symbol = own[place];
    coder.code(frequencies, symbol);
    own[place] = static_cast<std::uint16_t>(symbol);
  }
}

}  // namespace ictus::formats
