#include "lib/mars/model_file.hpp"

#include <doctest/doctest.h>

#include "lib/core/error.hpp"
#include "tests/unit/damaged_weights.hpp"
#include "tests/unit/mars/support.hpp"
#include "tests/unit/temporary_file.hpp"

using namespace ictus;

namespace {

std::string message_of(const std::string& content) {
  return tests::message_of_loading(content,
                                   [](const std::string& path) { return mars::load_tokenizer(path, "cpu"); });
}

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
  CHECK(message_of("") != "");
  CHECK(message_of(good.substr(0, good.size() / 2)) != "");
  CHECK(message_of(tests::replaced(good, "ictus-tokenizer", "ictus-tekonizer")).find("not a tokenizer") !=
        std::string::npos);
  CHECK(message_of(tests::replaced(good, "quantiser.codes", "quantiser.codex")).find("quantiser.code") !=
        std::string::npos);
  CHECK(message_of(tests::replaced(good, "\\\"codebook_size\\\":16", "\\\"codebook_size\\\":17"))
            .find("quantiser.codes") != std::string::npos);
  CHECK(message_of(tests::replaced(good, "\\\"hop_samples\\\":64", "\\\"hop_samples\\\":60"))
            .find("hop_samples") != std::string::npos);
  CHECK(message_of(good) == "");
  CHECK_THROWS_WITH_AS(mars::load_tokenizer("/nowhere/mars.safetensors", "cpu"),
                       doctest::Contains("/nowhere/mars.safetensors"), Error);
}
