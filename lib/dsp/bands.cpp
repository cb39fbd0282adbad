#include "lib/dsp/bands.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lib/dsp/stft.hpp"

namespace ictus::dsp {
namespace {

double mel(double hz) { return 2595.0 * std::log10(1.0 + hz / 700.0); }
double hz_of_mel(double m) { return 700.0 * (std::pow(10.0, m / 2595.0) - 1.0); }

/// First bin of every fine band, and one past the last: single bins, then equal ratios.
std::vector<int> fine_edges(const BandSettings& s) {
  const int bins = s.fine_window_samples / 2 + 1;
  std::vector<int> edges;
  for (int b = 0; b <= s.linear_bands; ++b) edges.push_back(b);
  const int rest = s.fine_bands - s.linear_bands;
  const double ratio = std::pow(static_cast<double>(bins) / s.linear_bands, 1.0 / rest);
  for (int i = 1; i <= rest; ++i)
    edges.push_back(static_cast<int>(std::lround(s.linear_bands * std::pow(ratio, i))));
  return edges;
}

/// First fine band of every coarse band, and one past the last: equal steps in mel.
std::vector<int> coarse_edges(const BandSettings& s, const std::vector<int>& fine) {
  const double nyquist_hz = s.sample_rate_hz / 2.0;
  const double hz_per_bin = static_cast<double>(s.sample_rate_hz) / s.fine_window_samples;
  std::vector<int> edges{0};
  for (int c = 1; c < s.coarse_bands; ++c) {
    const double edge_bin = hz_of_mel(mel(nyquist_hz) * c / s.coarse_bands) / hz_per_bin;
    const auto nearest = std::lower_bound(fine.begin(), fine.end(), std::lround(edge_bin));
    edges.push_back(std::max(edges.back() + 1, static_cast<int>(nearest - fine.begin())));
  }
  edges.push_back(s.fine_bands);
  return edges;
}

/// Power response of the unit-power Hann window of `size` samples, `offset` bins off its centre.
double hann_response(double offset, int size) {
  const auto dirichlet = [size](double x) {
    return std::abs(x) < 1e-9
               ? 1.0
               : std::sin(std::numbers::pi * x) / (size * std::sin(std::numbers::pi * x / size));
  };
  const double amplitude = 0.5 * dirichlet(offset) + 0.25 * (dirichlet(offset - 1) + dirichlet(offset + 1));
  return amplitude * amplitude;
}

}  // namespace

Bands::Bands(const BandSettings& wanted, const torch::Device& device) : settings(wanted) {
  const BandSettings& s = settings;
  const std::vector<int> fine_edge = fine_edges(s);
  const std::vector<int> coarse_edge = coarse_edges(s, fine_edge);
  const int fine_bins = s.fine_window_samples / 2 + 1;
  const int coarse_bins = s.coarse_window_samples / 2 + 1;
  const double hz_per_bin = static_cast<double>(s.sample_rate_hz) / s.fine_window_samples;

  fine_pool = torch::zeros({fine_bins, s.fine_bands});
  fine_expand = torch::zeros({s.fine_bands, fine_bins});
  fine_widths = torch::zeros({s.fine_bands});
  fine_centres_hz = torch::zeros({s.fine_bands});
  for (int b = 0; b < s.fine_bands; ++b) {
    const int width = fine_edge[b + 1] - fine_edge[b];
    fine_widths[b] = width;
    fine_centres_hz[b] = (fine_edge[b] + 0.5 * (width - 1)) * hz_per_bin;
    for (int bin = fine_edge[b]; bin < fine_edge[b + 1]; ++bin) {
      fine_pool[bin][b] = 1.0 / width;
      fine_expand[b][bin] = 1.0;
    }
  }

  // Triangles that reach from the centre of the band below to that of the band above.
  mel_of_fine = torch::zeros({s.mel_bands, s.fine_bands});
  const auto mel_centre_hz = [&](int m) {
    return hz_of_mel(mel(s.sample_rate_hz / 2.0) * m / (s.mel_bands + 1));
  };
  for (int m = 0; m < s.mel_bands; ++m) {
    const double low = mel_centre_hz(m), centre = mel_centre_hz(m + 1), high = mel_centre_hz(m + 2);
    for (int b = 0; b < s.fine_bands; ++b) {
      double weight = 0.0;
      for (int bin = fine_edge[b]; bin < fine_edge[b + 1]; ++bin) {
        const double hz = bin * hz_per_bin;
        weight += std::max(0.0, std::min((hz - low) / (centre - low), (high - hz) / (high - centre)));
      }
      mel_of_fine[m][b] = weight;
    }
    // A triangle narrower than a bin is that of the nearest one.
    const int nearest = std::min(static_cast<int>(std::lround(centre / hz_per_bin)), s.fine_bands - 1);
    if (mel_of_fine[m].sum().item<double>() < 1e-6) mel_of_fine[m][nearest] = 1.0;
    mel_of_fine[m] /= mel_of_fine[m].sum();
  }

  // A bin of the short window stands for one bin's width around its frequency; it counts in each
  // coarse band by how much of that width the band holds.
  const int bins_ratio = s.fine_window_samples / s.coarse_window_samples;
  std::vector<double> edge_bin(coarse_edge.size());  // of coarse bands, in fine bins
  for (std::size_t c = 0; c < coarse_edge.size(); ++c) edge_bin[c] = fine_edge[coarse_edge[c]] - 0.5;
  coarse_pool = torch::zeros({coarse_bins, s.coarse_bands});
  for (int c = 0; c < s.coarse_bands; ++c) {
    double total = 0.0;
    std::vector<double> share(coarse_bins);
    for (int bin = 0; bin < coarse_bins; ++bin) {
      const double low = (bin - 0.5) * bins_ratio;
      const double high = (bin + 0.5) * bins_ratio;
      share[bin] = std::max(0.0, std::min(high, edge_bin[c + 1]) - std::max(low, edge_bin[c]));
      total += share[bin];
    }
    for (int bin = 0; bin < coarse_bins; ++bin) coarse_pool[bin][c] = share[bin] / total;
  }

  coarse_of_fine = torch::zeros({s.fine_bands, s.coarse_bands});
  for (int c = 0; c < s.coarse_bands; ++c) {
    const double bins = fine_edge[coarse_edge[c + 1]] - fine_edge[coarse_edge[c]];
    for (int b = coarse_edge[c]; b < coarse_edge[c + 1]; ++b)
      coarse_of_fine[b][c] = (fine_edge[b + 1] - fine_edge[b]) / bins;
  }

  // Power that lies evenly in coarse band c, seen through the short window in coarse band d.
  coarse_leak = torch::zeros({s.coarse_bands, s.coarse_bands});
  for (int c = 0; c < s.coarse_bands; ++c) {
    torch::Tensor seen = torch::zeros({coarse_bins});
    const int first = fine_edge[coarse_edge[c]];
    const int last = fine_edge[coarse_edge[c + 1]];
    for (int bin = 0; bin < coarse_bins; ++bin) {
      double sum = 0.0;
      for (int at = first; at < last; ++at)
        sum += hann_response(bin - static_cast<double>(at) / bins_ratio, s.coarse_window_samples);
      seen[bin] = sum;
    }
    coarse_leak[c] = torch::matmul(seen, coarse_pool);
  }
  // Evenly spread power must come out even: each band's inflow from all bands is 1.
  coarse_leak /= coarse_leak.sum(0, true);

  const int coarse_per_region = s.coarse_bands / s.regions;
  for (int r = 0; r < s.regions; ++r) {
    coarse_region_sizes.push_back(coarse_per_region);
    region_sizes.push_back(coarse_edge[(r + 1) * coarse_per_region] - coarse_edge[r * coarse_per_region]);
  }

  for (torch::Tensor* t : {&fine_pool, &fine_expand, &fine_widths, &fine_centres_hz, &mel_of_fine,
                           &coarse_pool, &coarse_of_fine, &coarse_leak})
    *t = t->to(device);
}

torch::Tensor Bands::fine(const torch::Tensor& samples) const {
  const torch::Tensor power = power_stft(samples, settings.fine_window_samples, settings.fine_hop_samples);
  return torch::matmul(power, fine_pool).transpose(1, 2);  // [B, T, bins] -> [B, bands, T]
}

torch::Tensor Bands::coarse(const torch::Tensor& samples) const {
  const BandSettings& s = settings;
  // The first short window is centred where the first long one is.
  const std::int64_t margin = (s.fine_window_samples - s.coarse_window_samples) / 2;
  const torch::Tensor inner = samples.narrow(1, margin, samples.size(1) - margin);
  const std::int64_t fine_frames = (samples.size(1) - s.fine_window_samples) / s.fine_hop_samples + 1;
  const std::int64_t frames = fine_frames * s.fine_hop_samples / s.coarse_hop_samples;
  const torch::Tensor power = power_stft(inner, s.coarse_window_samples, s.coarse_hop_samples);
  return torch::matmul(power.narrow(1, 0, frames), coarse_pool).transpose(1, 2);
}

}  // namespace ictus::dsp
