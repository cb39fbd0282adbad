#include "models/events/region_sum.hpp"

namespace ictus::models {
namespace {

/// One matrix product a region, read and written in place: without the copies that cutting apart and joining
/// would take, forwards and backwards.
class RegionSum : public torch::autograd::Function<RegionSum> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& spectra,
                               const torch::Tensor& envelopes, const std::vector<std::int64_t>& sizes) {
    context->save_for_backward({spectra, envelopes});
    context->saved_data["sizes"] = sizes;
    torch::Tensor out =
        torch::empty({spectra.size(0), spectra.size(2), envelopes.size(3)}, spectra.options());
    each_region(spectra.size(0), sizes,
                [&](std::int64_t b, std::int64_t region, std::int64_t band, std::int64_t n) {
                  torch::Tensor to = out[b].narrow(0, band, n);  // [n, T]
                  torch::mm_out(to, spectra[b].narrow(1, band, n).t(), envelopes[b].select(1, region));
                });
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& upstream) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &spectra = saved[0], &envelopes = saved[1];
    const std::vector<std::int64_t> sizes = context->saved_data["sizes"].toIntVector();
    const torch::Tensor above = upstream[0].contiguous();
    torch::Tensor by_spectra = torch::empty(spectra.sizes(), spectra.options());
    torch::Tensor by_envelopes = torch::empty(envelopes.sizes(), envelopes.options());
    each_region(spectra.size(0), sizes,
                [&](std::int64_t b, std::int64_t region, std::int64_t band, std::int64_t n) {
                  const torch::Tensor of_bands = above[b].narrow(0, band, n);  // [n, T]
                  torch::Tensor to = by_spectra[b].narrow(1, band, n);
                  torch::mm_out(to, envelopes[b].select(1, region), of_bands.t());
                  to = by_envelopes[b].select(1, region);
                  torch::mm_out(to, spectra[b].narrow(1, band, n), of_bands);
                });
    return {by_spectra, by_envelopes, {}};
  }

 private:
  template <typename F>
  static void each_region(std::int64_t batch, const std::vector<std::int64_t>& sizes, F f) {
    for (std::int64_t b = 0; b < batch; ++b) {
      std::int64_t band = 0;
      for (std::size_t region = 0; region < sizes.size(); ++region) {
        f(b, static_cast<std::int64_t>(region), band, sizes[region]);
        band += sizes[region];
      }
    }
  }
};

}  // namespace

torch::Tensor region_sum(const torch::Tensor& spectra, const torch::Tensor& envelopes,
                         const std::vector<std::int64_t>& sizes) {
  return RegionSum::apply(spectra, envelopes, sizes);
}

}  // namespace ictus::models
