#include "apps/cli/command.hpp"

#include <new>

#include "apps/cli/reporter.hpp"
#include "apps/cli/text.hpp"
#include "apps/options/parse.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {
namespace {

/// A hint may show a place in what was typed, on lines of its own.
std::string harmless_lines(const std::string& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) return harmless(text);
  return harmless(text.substr(0, end)) + "\n" + harmless_lines(text.substr(end + 1));
}

}  // namespace

int run_command(const Streams& streams, const std::function<int()>& command) {
  Reporter reporter(streams);
  try {
    return command();
  } catch (const options::UsageError& error) {
    reporter.error(harmless(error.what()), harmless_lines(error.hint()));
    return kUsage;
  } catch (const Error& error) {
    reporter.error(harmless(error.what()), harmless_lines(error.hint()));
  } catch (const std::bad_alloc&) {
    reporter.error("there is not enough memory");
  } catch (const std::exception& error) {
    reporter.error(harmless(error.what()));
  }
  return kInputFailed;
}

}  // namespace ictus::cli
