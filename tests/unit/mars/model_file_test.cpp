#include "lib/mars/model_file.hpp"

#include <doctest/doctest.h>

#include "lib/core/error.hpp"
#include "tests/unit/damaged_weights.hpp"
#include "tests/unit/mars/support.hpp"
#include "tests/unit/temporary_file.hpp"

using namespace ictus;

namespace {

const auto load = [](const std::string& path) { return mars::load_tokenizer(path, "cpu"); };

}  // namespace

TEST_CASE("a tokenizer comes back as it was saved, to half precision") {
  const auto tokenizer = tests::small_tokenizer();
  const tests::TemporaryFile file(tests::weights_bytes(*tokenizer));
  const auto loaded = mars::load_tokenizer(file.path(), "cpu");
  CHECK(mars::model_id(*loaded) == "small");
  CHECK(mars::sample_rate_hz(*loaded) == 8000);
  CHECK(mars::shape(*loaded) == tokenizer->shape);
  for (const auto& [name, tensor] : loaded->model->parameters())
    CHECK(torch::allclose(tensor, tokenizer->model->parameters().at(name), 1e-3, 1e-4));
  std::int64_t sum = 0;
  for (const auto& part : mars::part_sizes(*loaded)) sum += part.parameters;
  std::int64_t all = 0;
  for (const auto& item : tokenizer->model->parameters()) all += item.second.numel();
  CHECK(sum == all);
}

TEST_CASE("files that are no tokenizer are refused with the reason and a remedy") {
  const std::string good = tests::weights_bytes(*tests::small_tokenizer());
  tests::check_refusals(good, load,
                        {
                            {"ictus-tokenizer", "ictus-tekonizer", "not a tokenizer"},
                            {"quantiser.codes", "quantiser.codex", "quantiser.code"},
                            {"\\\"codebook_size\\\":16", "\\\"codebook_size\\\":17", "quantiser.codes"},
                            {"\\\"hop_samples\\\":64", "\\\"hop_samples\\\":60", "hop_samples"},
                        });
}
