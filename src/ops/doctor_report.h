/* doctor_report.h - what doctor answers, and how its checks put that together
 *
 * A check adds one line: ok, a warning, or a failure. Those that look for many
 * things of a kind collect them in a struct finding first, which keeps the
 * first few and counts the rest, so that a home with a thousand faults still
 * gives one readable line.
 */
#ifndef OPS_DOCTOR_REPORT_H
#define OPS_DOCTOR_REPORT_H

#include "base/err.h"
#include "base/fields.h"

struct check {
	char *name, *status; /* "ok", "warn", "fail" */
	char *message, *fix; /* fix NULL: none needed */
	char *repaired;	     /* what doctor --repair did of it; NULL: nothing */
	bool standing;	     /* a warning of what nobody can mend: no reason to fail a script */
};
#define REPAIR_FIX "codelima doctor --repair"
extern const struct fields check_fields;
struct checks {
	struct check *v;
	size_t n;
};
void checks_fini(struct checks *l);
bool checks_failed(const struct checks *l);
bool checks_warned(const struct checks *l); /* standing ones do not count */

void check_ok(struct checks *l, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* fix may be NULL. */
void check_warn(struct checks *l, const char *name, const char *fix, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void check_standing(struct checks *l, const char *name, const char *fix, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void check_fail(struct checks *l, const char *name, const char *fix, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* A failure with the error's message, first line of cause and fix. */
void check_error(struct checks *l, const char *name, const struct err *e);

struct finding {
	struct buf text; /* "first; second; third" */
	size_t n;	 /* all of them, also those left out of text */
};
void finding_add(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Says how many were left out of text, where some were. */
void finding_close(struct finding *f);
void finding_fini(struct finding *f);
#define own_finding __attribute__((cleanup(finding_fini)))

/* ok with `fine` when nothing was found, else a warning "LEAD: first; second; and 3
 * more". */
void check_finding(struct checks *l, const char *name, const struct finding *f, const char *fine,
	const char *lead, const char *fix);

#endif
