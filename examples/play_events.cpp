// Plays a file of events: 32-bit floats on standard output, channels side by side.
//
//   play_events song.evs | aplay -f FLOAT_LE -r 44100 -c 2
#include <cstdio>
#include <ictus/events.hpp>
#include <span>

namespace events = ictus::events;

static void play(std::span<const float> samples) {
  if (std::fwrite(samples.data(), sizeof(float), samples.size(), stdout) != samples.size())
    throw ictus::Error("standard output: cannot be written");
}

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: play_events FILE\n", stderr);
    return 2;
  }
  try {
    events::Reader reader(argv[1]);
    events::Decoder decoder(events::Model(), reader.header());
    std::fprintf(stderr, "%d Hz, channels: %d\n", reader.header().sample_rate_hz(), decoder.channels());
    while (const auto block = reader.next()) play(decoder.push(*block));
    play(decoder.finish(reader.length()->samples));
  } catch (const ictus::Error& error) {
    std::fprintf(stderr, "play_events: %s\n  %s\n", error.what(), error.hint().c_str());
    return 1;
  }
}
