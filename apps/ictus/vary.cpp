#include "apps/cli/vary.hpp"

#include "apps/cli/event_models.hpp"
#include "apps/ictus/actions.hpp"
#include "lib/analysis/timbre_change.hpp"
#include "lib/synthesis/describe.hpp"

namespace ictus::front {

int vary(const options::VaryOptions& options, const cli::Streams& streams) {
  cli::EventModels models(options.model);
  const auto hearing_for = [&models](const cli::EventInput& input) {
    const cli::EventModel model = models.of(input.name(), input.header());
    return [model](std::span<const Event> events, std::vector<compose::FactValues>& facts) {
      using compose::Fact;
      const auto heard = synthesis::describe(*model, events);
      for (std::size_t i = 0; i < heard.size(); ++i) {
        facts[i][compose::index_of(Fact::duration)] = heard[i].duration_s;
        facts[i][compose::index_of(Fact::loudness)] = heard[i].loudness_db;
        facts[i][compose::index_of(Fact::pitch)] = heard[i].pitch_hz;
        facts[i][compose::index_of(Fact::brightness)] = heard[i].brightness_hz;
        facts[i][compose::index_of(Fact::decay)] = heard[i].decay_s;
      }
    };
  };
  const auto brightening_for = [&models](const cli::EventInput& input, double db_an_octave) {
    const cli::EventModel model = models.of(input.name(), input.header());
    return [model, db_an_octave](compose::Vector& vector) {
      analysis::brighten(vector, static_cast<float>(db_an_octave), model->timbre);
    };
  };
  return cli::vary(options, hearing_for, brightening_for, streams);
}

}  // namespace ictus::front
