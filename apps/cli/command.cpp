#include "apps/cli/command.hpp"

#include <new>

#include "apps/cli/reporter.hpp"
#include "apps/cli/text.hpp"
#include "apps/options/parse.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {

int run_command(const Streams& streams, const std::function<int()>& command) {
  Reporter reporter(streams);
  try {
    return command();
  } catch (const options::UsageError& error) {
    reporter.error(harmless(error.what()), harmless(error.hint()));
    return kUsage;
  } catch (const Error& error) {
    reporter.error(harmless(error.what()), error.hint());
  } catch (const std::bad_alloc&) {
    reporter.error("there is not enough memory");
  } catch (const std::exception& error) {
    reporter.error(harmless(error.what()));
  }
  return kInputFailed;
}

}  // namespace ictus::cli
