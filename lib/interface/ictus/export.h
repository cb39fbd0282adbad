/* What of the library others may use. */
#ifndef ICTUS_EXPORT_H
#define ICTUS_EXPORT_H

#if defined(__GNUC__)
#define ICTUS_API __attribute__((visibility("default")))
#else
#define ICTUS_API
#endif

#endif
