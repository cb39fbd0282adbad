#include "lib/events/describe.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "lib/events/solo.hpp"
#include "tests/unit/events/support.hpp"

using namespace ictus;

TEST_CASE("pitch, decay and loudness are heard as they are made") {
  for (const double hz : {110.0, 261.63, 440.0, 880.0}) {
    const auto model = tests::one_sound_model(hz, 1.2);
    const std::vector<Event> events{{.onset_samples = 0, .gain_db = -12.0F, .vector = {}}};
    const auto d = events::describe(*model, events).at(0);
    CHECK(std::abs(1200.0 * std::log2(d.pitch_hz / hz)) < 35.0);  // cents
    CHECK(d.decay_s == doctest::Approx(1.2).epsilon(0.05));
    CHECK(d.duration_s == doctest::Approx(0.8).epsilon(0.12));  // 40 of 60 dB
    CHECK(d.brightness_hz > hz);
    CHECK(d.brightness_hz < 2000.0);
  }
}

TEST_CASE("loudness is in dB re full scale: a sine of -6 dB is said to have -6 dB") {
  const auto rms_db = [](const std::vector<float>& samples) {
    double sum = 0.0;
    for (std::size_t i = 1024; i < 5120; ++i) sum += static_cast<double>(samples[i]) * samples[i];
    return 10.0 * std::log10(sum / 4096.0);
  };
  for (const double hz : {110.0, 440.0, 1500.0, 4000.0}) {
    for (const float gain_db : {0.0F, -9.0F, -29.0F}) {
      CAPTURE(hz);
      CAPTURE(gain_db);
      // A sound that hardly falls while its loudest moment is heard.
      const Event event{.onset_samples = 0, .gain_db = gain_db, .vector = {}};
      const auto model = tests::one_sound_model(hz, 20.0);
      const double loudness_db = events::describe(*model, std::vector{event}).at(0).loudness_db;
      // Its gain is of a mean square of 1; that of a sine of full scale is a half.
      // It falls by 3 dB a second, so by 0.14 dB up to the middle of that moment.
      CHECK(std::abs(loudness_db - (gain_db + 3.01 - 0.14)) < 0.02);
      // And it is what a sine as loud as the rendered sound has as its peak.
      CHECK(loudness_db == doctest::Approx(rms_db(events::render_solo(*model, event, 60.0, 1.0)) + 3.01)
                               .epsilon(0.03)
                               .scale(10.0));
    }
  }
}

TEST_CASE("a smooth spectrum has no pitch") {
  const auto model = tests::one_sound_model(440.0, 0.5);
  auto p = model->model->parameters();
  p["decoder.resonances"].zero_();
  const std::vector<Event> events{{.onset_samples = 0, .gain_db = -12.0F, .vector = {}}};
  CHECK(events::describe(*model, events).at(0).pitch_hz == 0.0);
}

TEST_CASE("events are described alike, alone or in company") {
  const auto model = tests::small_model();
  torch::manual_seed(21);
  std::vector<Event> events(47);
  for (std::size_t k = 0; k < events.size(); ++k) {
    events[k].onset_samples = static_cast<std::int64_t>(1000 * k);
    events[k].gain_db = -0.7F * static_cast<float>(k);
    for (float& number : events[k].vector) number = 2.0F * torch::rand({1}).item<float>() - 1.0F;
  }
  const auto together = events::describe(*model, events);
  REQUIRE(together.size() == events.size());
  CHECK(events::describe(*model, std::span<const Event>()).empty());
  for (std::size_t k = 0; k < events.size(); ++k) {
    CAPTURE(k);
    const auto alone = events::describe(*model, std::span(events).subspan(k, 1)).at(0);
    CHECK(alone.duration_s == doctest::Approx(together[k].duration_s).epsilon(1e-6));
    CHECK(alone.loudness_db == doctest::Approx(together[k].loudness_db).epsilon(1e-4));
    CHECK(alone.pitch_hz == doctest::Approx(together[k].pitch_hz).epsilon(1e-4));
    CHECK(alone.brightness_hz == doctest::Approx(together[k].brightness_hz).epsilon(1e-4));
    CHECK(alone.decay_s == doctest::Approx(together[k].decay_s).epsilon(1e-3));
  }
}

TEST_CASE("what is measured is what the decoder renders") {
  const auto loaded = tests::small_model();
  models::EventModel& model = *loaded->model;
  torch::NoGradGuard no_grad;
  torch::manual_seed(22);
  std::vector<Event> events(7);
  for (Event& event : events) {
    event.gain_db = -20.0F;
    for (float& number : event.vector) number = 2.0F * torch::rand({1}).item<float>() - 1.0F;
  }
  const auto heard = events::describe(*loaded, events);
  const torch::Tensor widths = model.bands.fine_widths;
  for (std::size_t k = 0; k < events.size(); ++k) {
    CAPTURE(k);
    torch::Tensor vector = torch::empty({1, 1, kEventVectorSize});
    std::copy(events[k].vector.begin(), events[k].vector.end(), vector.data_ptr<float>());
    const torch::Tensor power = model.decoder->render(model.decoder->shape(vector), torch::full({1, 1}, 0.01),
                                                      torch::full({1, 1}, 2048.0), models::View::fine,
                                                      861)[0];  // 20 s, 4 frames before the onset
    const torch::Tensor mean_square = torch::matmul(widths, power) * (2.0 / 2048);
    const torch::Tensor db = 10.0 * torch::log10(2.0 * mean_square);  // that of a sine of full scale: 1/2
    const auto top = db.argmax().item<std::int64_t>();
    const double loudest_db = db[top].item<double>();
    CHECK(heard[k].loudness_db == doctest::Approx(loudest_db).epsilon(1e-4));
    const auto last = torch::nonzero(db >= loudest_db - 40.0).max().item<std::int64_t>();
    CHECK(heard[k].duration_s ==
          doctest::Approx(static_cast<double>(last + 1 - 4) * 512.0 / 22050.0).epsilon(1e-6));
    const torch::Tensor share = power.narrow(1, top, last - top + 1).sum(1) * widths;
    CHECK(heard[k].brightness_hz ==
          doctest::Approx(((share * model.bands.fine_centres_hz).sum() / share.sum()).item<double>())
              .epsilon(1e-3));
  }
}

TEST_CASE("gain moves loudness and nothing else, however quiet an event is") {
  const auto model = tests::one_sound_model(440.0, 0.5);
  const std::vector<Event> events{{.onset_samples = 0, .gain_db = 0.0F, .vector = {}},
                                  {.onset_samples = 0, .gain_db = -150.0F, .vector = {}}};
  const auto heard = events::describe(*model, events);
  CHECK(heard[1].loudness_db == doctest::Approx(heard[0].loudness_db - 150.0).epsilon(1e-6));
  CHECK(heard[1].duration_s == heard[0].duration_s);
  CHECK(heard[1].decay_s == heard[0].decay_s);
  CHECK(heard[1].pitch_hz == heard[0].pitch_hz);
  CHECK(heard[1].brightness_hz == heard[0].brightness_hz);
}
