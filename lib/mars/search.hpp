// Tokens that sound nearer to a clip than those of plain quantisation, found through the decoder.
#pragma once

#include <vector>

#include "models/mars/distance.hpp"
#include "models/mars/tokenizer.hpp"

namespace ictus::mars {

/// What the search lowers is the distance of the bands, this much of that of the bins, and this much of that
/// of the loudness. Of the last, more would lower it no further, and raise the others.
inline constexpr double kBinsShare = 0.2;
inline constexpr double kLoudnessShare = 0.15;

/// That sum for an image and what is decoded, in decibels; scalar.
[[nodiscard]] torch::Tensor searched_distance_db(const models::ImageDistance& distance,
                                                 const torch::Tensor& image, const torch::Tensor& decoded);

/// Steps of the search at effort 0..9.
int search_steps(int effort);

/// Tokens of one image [1, 1, bins, T], [1, rows, columns] for each scale. The encoder's latent grid is moved
/// `steps` times against the gradient of the decoded image's distance, as if quantising it were the
/// identity; the tokens of the best place seen are taken. No steps: those of the encoder itself.
std::vector<torch::Tensor> search_tokens(models::Tokenizer& model, const models::ImageDistance& distance,
                                         const torch::Tensor& image, int steps);

}  // namespace ictus::mars
