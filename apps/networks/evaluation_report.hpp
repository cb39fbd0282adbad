// An evaluation as a page to look at and to listen to.
#pragma once

#include "apps/networks/evaluation_text.hpp"
#include "lib/report/evaluation_page.hpp"

namespace ictus::networks {

/// Up to `count` notes of a folder, spread evenly over families and, within a family, over pitches; notes
/// without a label only where there is none with one. In the order of families and pitches.
[[nodiscard]] std::vector<std::size_t> spread_over_labels(const std::vector<evaluation::NamedNote>& notes,
                                                          std::size_t count);

/// The page with up to `clips` generated notes; their files and those of their neighbours are read once more.
[[nodiscard]] report::EvaluationPage report_page(const Evaluated& evaluated, std::size_t clips);

}  // namespace ictus::networks
