/* doctor_home.h - the home itself: can it be used, who can read it, what lies about
 *
 * Checks: home, config (required); permissions, temp_files.
 */
#ifndef OPS_DOCTOR_HOME_H
#define OPS_DOCTOR_HOME_H

#include "ops/doctor_report.h"
#include "store/home.h"

/* Opens the home as far as it can be. h->path is NULL when there is none to look
 * at; h->config is filled with defaults whatever is wrong, so that the checks of
 * Lima can go on. True: the records can be looked at. */
bool doctor_home_open(struct home *h, const char *home_flag, struct checks *out);
void doctor_home_files(const struct home *h, struct checks *out);

/* The path itself, or the nearest directory above it that is there. */
const char *doctor_nearest(const char *path, struct buf *out);

#endif
