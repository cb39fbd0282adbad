#include "apps/cli/plot.hpp"

#include <algorithm>

#include "apps/ictus/actions.hpp"
#include "lib/plot/map.hpp"
#include "lib/plot/projection.hpp"

namespace ictus::front {

int plot(const options::PlotOptions& options, const cli::Streams& streams) {
  const auto draw = [&options](const cli::PlotInput& input, const plot::PictureFormat& format) {
    std::vector<plot::Vector> vectors;
    for (const Event& event : input.events) vectors.push_back(event.vector);
    const std::vector<double> places = plot::line_up(vectors, options.seed);
    const std::vector<report::Colour> colours = plot::colours(vectors, options.seed);
    const double rate_hz = input.stream.header().sample_rate_hz;
    plot::Map map{input.title, input.duration_s(), plot::uses_tsne(vectors.size()), {}};
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      const Event& event = input.events[i];
      map.events.push_back({static_cast<double>(event.onset_samples) / rate_hz,
                            static_cast<double>(event.gain_db), places[i], colours[i]});
    }
    return plot::map(map, format);
  };
  return cli::plot(options, draw, streams);
}

}  // namespace ictus::front
