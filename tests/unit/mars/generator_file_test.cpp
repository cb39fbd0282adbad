#include "lib/mars/generator_file.hpp"

#include <doctest/doctest.h>

#include "lib/core/error.hpp"
#include "tests/unit/damaged_weights.hpp"
#include "tests/unit/mars/support.hpp"
#include "tests/unit/temporary_file.hpp"

using namespace ictus;

namespace {

const auto load = [](const std::string& path) { return mars::load_generator(path, "cpu"); };

}  // namespace

TEST_CASE("a generator comes back as it was saved, to half precision") {
  for (const char* const order : {"scales", "tokens"}) {
    const auto generator = tests::small_generator(order);
    const tests::TemporaryFile file(tests::weights_bytes(*generator));
    const auto loaded = mars::load_generator(file.path(), "cpu");
    CHECK(mars::model_id(*loaded) == "small-notes");
    CHECK(mars::sample_rate_hz(*loaded) == 8000);
    CHECK(mars::config(*loaded).order == order);
    CHECK(mars::config(*loaded).families == std::vector<std::string>{"flute", "organ", "synth_lead"});
    const models::NamedTensors before = models::named_parameters(*generator->model);
    const models::NamedTensors after = models::named_parameters(*loaded->model);
    REQUIRE(after.size() == before.size());
    std::int64_t all = 0;
    for (const auto& [name, tensor] : before) {
      CHECK(torch::allclose(after.at(name), tensor, 1e-3, 1e-4));
      all += tensor.numel();
    }
    std::int64_t sum = 0;
    for (const auto& part : mars::part_sizes(*loaded)) sum += part.parameters;
    CHECK(sum == all);
  }
}

TEST_CASE("files that are no generator are refused with the reason and a remedy") {
  const std::string good = tests::weights_bytes(*tests::small_generator("scales"));
  tests::check_refusals(good, load,
                        {
                            {"\"version\":\"1\"", "\"version\":\"2\"", "version 2"},
                            {"sum.weight", "sun.weight", "sum.weight"},
                            {"\\\"depth\\\":2", "\\\"depth\\\":3", "blocks.2"},
                            {"\\\"width\\\":32", "\\\"width\\\":64", ""},
                            {"\\\"heads\\\":2", "\\\"heads\\\":3", "heads"},
                            {"\\\"organ\\\"", "\\\"or/an\\\"", "family"},
                            {"\\\"depth\\\":2", "\\\"depth\\\":x", "damaged"},
                        });
  CHECK(tests::message_of_loading(tests::weights_bytes(*tests::small_tokenizer()), load)
            .find("not a generator") != std::string::npos);
}
