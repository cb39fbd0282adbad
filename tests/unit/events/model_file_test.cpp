#include "lib/events/model_file.hpp"

#include <doctest/doctest.h>

#include "lib/core/error.hpp"
#include "tests/unit/damaged_weights.hpp"
#include "tests/unit/events/support.hpp"

using namespace ictus;

namespace {

std::string message_of(const std::string& content, const std::string& device = "cpu") {
  return tests::message_of_loading(content,
                                   [&](const std::string& path) { return events::load_model(path, device); });
}

}  // namespace

TEST_CASE("a model comes back as it was saved, to half precision") {
  const auto model = tests::small_model();
  const tests::TemporaryFile file(tests::weights_bytes(*model));
  const auto loaded = events::load_model(file.path(), "cpu");
  CHECK(events::model_id(*loaded) == "events-test");
  CHECK(events::sample_rate_hz(*loaded) == 22050);
  for (const auto& [name, tensor] : loaded->model->parameters())
    CHECK(torch::allclose(tensor, model->model->parameters().at(name), 1e-3, 1e-4));
  CHECK(events::weights_hash(*loaded) == events::weights_hash(*events::load_model(file.path(), "cpu")));
  std::int64_t sum = 0;
  for (const auto& part : events::part_sizes(*loaded)) sum += part.parameters;
  std::int64_t all = 0;
  for (const auto& item : model->model->parameters()) all += item.second.numel();
  CHECK(sum == all);
}

TEST_CASE("files that are no event model are refused with the reason and a remedy") {
  const std::string good = tests::weights_bytes(*tests::small_model());
  CHECK(message_of("") != "");
  CHECK(message_of("RIFF is something else entirely") != "");
  CHECK(message_of(good.substr(0, good.size() / 2)) != "");
  CHECK(message_of(good.substr(0, 5)) != "");
  CHECK(message_of(tests::replaced(good, "ictus-event-model", "ictus-other-model"))
            .find("not an event model") != std::string::npos);
  CHECK(message_of(tests::replaced(good, "encoder.heads.bias", "encoder.heads.bios")).find("heads.bi") !=
        std::string::npos);
  CHECK(message_of(tests::replaced(good, "\\\"fine_hop_samples\\\":512", "\\\"fine_hop_samples\\\":0  ")) !=
        "");
  CHECK(message_of(tests::replaced(good, "\\\"regions\\\":20", "\\\"regions\\\":21")).find("regions") !=
        std::string::npos);
  CHECK(
      message_of(tests::replaced(good, "\\\"resonances\\\":12", "\\\"resonances\\\":13")).find("resonance") !=
      std::string::npos);
  CHECK(message_of(good) == "");
}

TEST_CASE("a missing file and a device that is not there are named") {
  CHECK_THROWS_WITH_AS(events::load_model("/nowhere/events.safetensors", "cpu"),
                       doctest::Contains("/nowhere/events.safetensors"), Error);
  const std::string good = tests::weights_bytes(*tests::small_model());
  CHECK(message_of(good, "abacus").find("abacus") != std::string::npos);
  CHECK(message_of(good, "cuda:99").find("cuda:99") != std::string::npos);
}
