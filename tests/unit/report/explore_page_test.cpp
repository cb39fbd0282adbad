#include "lib/report/explore_page.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>
#include <string_view>

using namespace ictus::report;

namespace {

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size()))
    ++count;
  return count;
}

ExploreEvent event(double onset_samples) {
  return {onset_samples, -6.0, {}, -20.0, 0.5, 1, 0.25, {1, 2, 255}};
}

constexpr float kWeights[] = {1.0F, -2.0F};

ExplorePage page_of_two() {
  ExplorePage page;
  page.title = "Two";
  page.length_samples = 132300;
  page.events = {event(22050), event(55125)};
  page.numbers.resize(32);
  page.numbers[0] = {"pitch", "Hz", 25.0, 10500.0, true, 2093};
  page.list_head = "# a fact\nevent\tonset_s\tgain_db\n";
  page.list_name = "two.tsv";
  page.player = "H4sIplayer";
  page.weights = kWeights;
  return page;
}

}  // namespace

TEST_CASE("explore page: everything is in it, and the same page is the same bytes") {
  const std::string html = explore_page(page_of_two());
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(count_of(html, "id=\"player\">H4sIplayer<") == 1);
  CHECK(count_of(html, "id=\"weights\">AACAPwAAAMA=<") == 1);
  CHECK(count_of(html, "http:") + count_of(html, "https:") == 0);
  CHECK(count_of(html, "\"count\":2") == 1);
  CHECK(
      count_of(
          html,
          "\"name\":\"pitch\",\"unit\":\"Hz\",\"low\":25,\"high\":10500,\"is_ratio\":true,\"steps\":2093") ==
      1);
  CHECK(explore_page(page_of_two()) == html);
}

TEST_CASE("explore page: an event takes few bytes") {
  ExplorePage page = page_of_two();
  const std::size_t before = explore_page(page).size();
  for (int i = 0; i < 1000; ++i) page.events.push_back(event(60000 + 64 * i));
  CHECK(explore_page(page).size() < before + 1000);
}

TEST_CASE("explore page: what is not finite does no harm") {
  ExplorePage page = page_of_two();
  page.events[0].loudness_db = -std::numeric_limits<double>::infinity();
  page.events[1].duration_s = 0.0;
  page.events[1].place = std::numeric_limits<double>::quiet_NaN();
  const std::string html = explore_page(page);
  CHECK(count_of(html, "nan") == count_of(explore_page(page_of_two()), "nan"));
}

TEST_CASE("explore page: words from outside stay words wherever they stand") {
  const std::string harm = "</script><!--<script></title><img src=x onerror=\"harm()\">\\{{title}}";
  const std::size_t scripts = count_of(explore_page(page_of_two()), "</script>");
  ExplorePage page = page_of_two();
  page.title = harm;
  page.facts = {harm};
  page.list_name = harm;
  page.midi_title = harm;
  page.place_caption = harm;
  page.list_head = "# " + harm + "\n" + page.list_head;
  page.list_tail = harm + "\t\r\n";
  const std::string html = explore_page(page);
  CHECK(count_of(html, "<img src=x") == 0);
  CHECK(count_of(html, "<!--") == 0);
  CHECK(count_of(html, "</script>") == scripts);
  CHECK(count_of(html, "\\\\{{title}}") > 4);
}

TEST_CASE("explore page: an event has 32 numbers") {
  ExplorePage page = page_of_two();
  page.numbers.pop_back();
  CHECK_THROWS_AS((void)explore_page(page), std::logic_error);
}
