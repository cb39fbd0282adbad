#include "apps/cli/signals.hpp"
#include "apps/cli/streams.hpp"
#include "apps/ictus-nn/run.hpp"

int main(int argc, char** argv) {
  ictus::cli::hold_standard_streams();
  ictus::cli::remove_temporary_files_on_signals();
  return ictus::network::run({argv + (argc > 0 ? 1 : 0), argv + argc}, {});
}
