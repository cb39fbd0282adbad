/* Prints the events of a file as a table, by the C interface: numbers that have names, in their units. */
#include <ictus/events.h>
#include <math.h>
#include <stdio.h>

static void print_number(const ictus_header* header, size_t place, const ictus_event* event) {
  const char *name, *unit;
  float low, high;
  int is_ratio;
  if (ictus_header_number(header, place, &name, &unit, &low, &high, &is_ratio) != ICTUS_DONE) return;
  if (event == NULL) {
    printf("\t%s%s%s", name, unit[0] != '\0' ? "_" : "", unit);
  } else {
    double part = (event->vector[place] + 1.0) / 2.0;
    printf("\t%g", is_ratio ? low * pow(high / low, part) : low + part * (high - low));
  }
}

int main(int argc, char** argv) {
  ictus_reader* reader = NULL;
  const ictus_event* events;
  size_t count;
  int64_t end_samples;
  ictus_status status = argc == 2 ? ictus_reader_open(argv[1], &reader) : ICTUS_FAILED;
  if (status == ICTUS_DONE) {
    const ictus_header* header = ictus_reader_header(reader);
    const size_t numbers = ictus_header_numbers(header);
    printf("onset_s\tgain_db");
    for (size_t place = 0; place < numbers; ++place) print_number(header, place, NULL);
    while ((status = ictus_reader_next(reader, &events, &count, &end_samples)) == ICTUS_DONE) {
      for (size_t i = 0; i < count; ++i) {
        printf("\n%.6f\t%g", (double)events[i].onset_samples / ictus_header_sample_rate_hz(header),
               events[i].gain_db);
        for (size_t place = 0; place < numbers; ++place) print_number(header, place, &events[i]);
      }
    }
    printf("\n");
  }
  if (status != ICTUS_END)
    fprintf(stderr, "events_to_table: %s\n", argc == 2 ? ictus_error_what() : "name a FILE");
  ictus_reader_free(reader);
  return status == ICTUS_END ? 0 : 1;
}
