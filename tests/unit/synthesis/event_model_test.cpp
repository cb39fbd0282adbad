// A model as a file.
#include "lib/synthesis/event_model.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "formats/safetensors.hpp"
#include "lib/core/error.hpp"
#include "lib/core/file_bytes.hpp"
#include "lib/synthesis/timbre_file.hpp"
#include "tests/unit/damaged_weights.hpp"
#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {
namespace {

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The error for a file of this content, which must name the file; message_of_loading() wants a remedy.
std::string refused(const std::string& content) {
  return tests::message_of_loading(content, [](const std::string& path) {
    try {
      return event_model_from(file_bytes(path, kModelRemedy), path);
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find(path) != std::string::npos);
      throw;
    }
  });
}

}  // namespace

TEST_CASE("a model comes from its file with its name, its identity and what is said of it") {
  const auto made = random_model();
  const auto bytes = write_timbre(made->timbre, {{"steps", "12"}});
  const auto model = event_model_from(bytes, "x");
  CHECK(model->id == "events-4");
  CHECK(model->metadata.at("id") == "events-4");
  CHECK(model->metadata.at("steps") == "12");
  CHECK(model->file_bytes == bytes.size());
  CHECK(model->hash == formats::content_hash(bytes));
  const Event event = plain_event(330.0F, -7.0F);
  const auto expected = made->sound_of(event);
  const auto sound = model->sound_of(event);
  CHECK(std::memcmp(&sound, &expected, sizeof sound) == 0);

  const auto named = write_timbre(made->timbre, {{"id", "mine"}});
  CHECK(event_model_from(named, "x")->id == "mine");
  CHECK(event_model_from(named, "x")->hash != model->hash);
  formats::TensorFile nameless = formats::parse_safetensors(bytes, "x");
  nameless.metadata.erase("id");
  CHECK(event_model_from(formats::serialise_safetensors(nameless), "x")->id == "events-4");
}

TEST_CASE("what is no model is refused by name, with what to do") {
  const auto bytes = write_timbre(random_model()->timbre, {});
  const std::string content = text_of(bytes);
  CHECK(refused(content).empty());
  CHECK_FALSE(refused("").empty());
  CHECK_FALSE(refused("RIFF....WAVEfmt ").empty());
  for (const std::size_t size : {std::size_t{7}, std::size_t{100}, content.size() / 2, content.size() - 1}) {
    CAPTURE(size);
    CHECK_FALSE(refused(content.substr(0, size)).empty());
  }
  CHECK_FALSE(refused(content + "x").empty());
  CHECK(refused(tests::replaced(content, kTimbreFormat, "ictus-timbre-netwerk")).find("not an event model") !=
        std::string::npos);
  std::string infinite = content;
  std::fill_n(infinite.end() - 4, 4, '\xFF');
  CHECK(refused(infinite).find("no number") != std::string::npos);
}

TEST_CASE("a file that is not there, and a folder, are refused with the same remedy") {
  for (const std::string path : {"/nonexistent/model", "/"}) {
    try {
      (void)file_bytes(path, kModelRemedy);
      FAIL("was read");
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find(path + ": ") == 0);
      CHECK(error.hint() == kModelRemedy);
    }
  }
}

}  // namespace ictus::synthesis
