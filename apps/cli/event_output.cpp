#include "apps/cli/event_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "apps/cli/text.hpp"

namespace ictus::cli {

EventOutput::EventOutput(const std::string& path, bool replace, const formats::EventStreamHeader& header,
                         const Streams& streams)
    : file_(path, replace, streams),
      header_(header),
      writer_(header, [this](std::span<const std::byte> bytes) { file_.write(bytes); }) {}

void EventOutput::write(const EventBlock& block) {
  events_ += block.events.size();
  if (header_.coding.precision != formats::Precision::float32) {
    const float least = formats::gain_value(0, header_.coding);
    const float most = formats::gain_value(formats::most_gain_code(header_.coding), header_.coding);
    limited_gains_ += static_cast<std::uint64_t>(
        std::count_if(block.events.begin(), block.events.end(),
                      [&](const Event& event) { return event.gain_db < least || event.gain_db > most; }));
  }
  writer_.write(block);
}

void EventOutput::finish(std::uint64_t length_samples, std::optional<std::uint64_t> original_length_samples) {
  writer_.finish(formats::totals_for(header_, length_samples, original_length_samples));
  file_.commit();
}

void warn_of_limits(Reporter& reporter, const EventOutput& made) {
  if (made.limited_gains() == 0) return;
  reporter.warning(fmt::format(
      "{} beyond -100 to 27.5 dB, which a stream holds, and limited to it",
      made.limited_gains() == 1 ? "1 gain was" : fmt::format("{} gains were", made.limited_gains())));
}

std::string made_line(const std::string& from, const std::string& output, const EventOutput& made,
                      std::uint64_t length_samples, std::uint32_t sample_rate_hz) {
  return fmt::format("{} -> {}: {:.1f} s, {}", from, display_output_name(output),
                     static_cast<double>(length_samples) / sample_rate_hz, counted(made.events(), "event"));
}

}  // namespace ictus::cli
