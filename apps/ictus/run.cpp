#include "apps/ictus/run.hpp"

#include "apps/cli/command.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/options/parse.hpp"

namespace ictus::front {
namespace {

#define ICTUS_ADD(name) add_##name,
constexpr options::AddCommand* kCommands[] = {ICTUS_COMMANDS(ICTUS_ADD)};
#undef ICTUS_ADD

int print(const std::string& text, const cli::Streams& streams) {
  cli::TextOutput out(streams.out);
  out.print(text);
  out.flush();
  return cli::kDone;
}

}  // namespace

int run(const std::vector<std::string>& words, const cli::Streams& streams) {
  return cli::run_command(streams, [&] {
    const options::Request request = options::parse(words, kCommands);
    return request.command ? request.command->run(streams) : print(request.text, streams);
  });
}

}  // namespace ictus::front
