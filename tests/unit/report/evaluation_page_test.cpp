#include "lib/report/evaluation_page.hpp"

#include <doctest/doctest.h>

#include <string_view>

#include "lib/core/error.hpp"

using namespace ictus;
using namespace ictus::report;

namespace {

Sound sound(const std::string& name, std::size_t samples = 1600) {
  return {name, "", 16000, std::vector<float>(samples, 0.1f)};
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size()))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("evaluation page: every sound has its picture and its player, and nothing lies elsewhere") {
  EvaluationPage page;
  page.title = "A title";
  page.clips = {{sound("a"), "x", "x", true, {{sound("b"), 0.5}, {sound("c"), 0.6}}},
                {sound("d"), "x", "y", false, {}}};
  page.reference = {sound("e")};
  const std::string html = evaluation_page(page);
  CHECK(html.starts_with("<!DOCTYPE html>"));
  CHECK(count_of(html, "<figure") == 5);
  CHECK(count_of(html, "\"data:audio/ogg;base64,T2dnU") == 5);      // OggS
  CHECK(count_of(html, "\"data:image/png;base64,iVBORw0KG") == 6);  // with the key of colours
  CHECK(count_of(html, "http:") + count_of(html, "https:") == 0);
  CHECK(evaluation_page(page) == html);
}

TEST_CASE("evaluation page: words from outside stay words wherever they stand") {
  const std::string harm = "</script></style><img src=x onerror=\"harm()\" title='{{title}}'>&";
  EvaluationPage page;
  page.title = harm;
  page.facts = {harm};
  page.metrics = {{harm, harm, harm, harm, harm}};
  GeneratedClip clip{sound(harm), harm, harm, false, {{sound(harm), 1.0}}};
  clip.sound.caption = harm;
  page.clips = {clip};
  page.reference = {sound(harm)};
  const std::string html = evaluation_page(page);
  CHECK(count_of(html, "<img src=x") == 0);
  CHECK(count_of(html, "onerror=\"") == 0);
  CHECK(count_of(html, "title='") == 0);
  CHECK(count_of(html, "</script>") == 1);
  CHECK(count_of(html,
                 "&lt;/script&gt;&lt;/style&gt;&lt;img src=x onerror=&quot;harm()&quot; "
                 "title=&#39;{{title}}&#39;&gt;&amp;") > 15);
}

TEST_CASE("evaluation page: parts without anything in them are left out") {
  const std::string html = evaluation_page({"Empty", {}, {}, {}, {}});
  CHECK(count_of(html, "<h1>Empty</h1>") == 1);
  CHECK(count_of(html, "<h2") == 0);
}

TEST_CASE("evaluation page: a sound without samples, or at a rate that Opus does not have, is refused") {
  CHECK_THROWS_AS((void)evaluation_page({"", {}, {}, {}, {sound("a", 0)}}), Error);
  Sound cd = sound("a");
  cd.sample_rate_hz = 44100;
  CHECK_THROWS_AS((void)evaluation_page({"", {}, {}, {}, {cd}}), Error);
}
