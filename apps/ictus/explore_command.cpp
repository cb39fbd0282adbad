#include <memory>

#include "apps/ictus/actions.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"

namespace ictus::front {
namespace {

using namespace options;

class ExploreCommand : public Command {
 public:
  explicit ExploreCommand(CLI::App& root) {
    CLI::App& app =
        *add_command(root, "explore", "Make a page on which every event can be seen, heard and moved",
                     "  ictus explore song.evs                    make song.html\n"
                     "  ictus explore song.evs -o page.html && xdg-open page.html");
    add_inputs(app, "IN", "Event streams. '-', or nothing, is standard input.", options_.inputs);
    add_output(app, options_.output,
               "Where to write: a file, an existing folder, or '-' for standard output. Without it song.evs "
               "becomes song.html beside it, and standard input goes to standard output.");
    add_seed(app, kPictureGroup, "Where the random numbers start that colours and places come of.",
             options_.seed);
    add_model(app, kEventModel, options_.model);
    add_progress(app, options_.talk);
  }
  void settle(const CLI::App& given) override {
    (void)given;
    refuse_force(options_.output, is_standard_output(options_.output, options_.inputs));
  }
  int run(const cli::Streams& streams) override { return explore(options_, streams); }

 private:
  ExploreOptions options_;
};

}  // namespace

std::unique_ptr<options::Command> add_explore(CLI::App& root) {
  return std::make_unique<ExploreCommand>(root);
}

}  // namespace ictus::front
