/* home.h - CODELIMA_HOME: where it is, its layout, its settings
 *
 * home_open() only reads: a missing home gives the defaults a fresh one would
 * hold. The first command that writes calls home_prepare() (home_prepare.h). A
 * schema newer than ours is refused without touching anything.
 */
#ifndef STORE_HOME_H
#define STORE_HOME_H

#include "base/ctx.h"
#include "model/commands.h"
#include "model/records.h"

#define HOME_SCHEMA 1

struct home {
	char *path; /* absolute, links resolved when it exists */
	bool exists;
	char *id;	/* of this home, `_config/home-id`: VMs carry it; NULL until prepared */
	int64_t schema; /* layout version on disk; 0: no writing command of ours ran here yet */
	struct config config; /* effective: defaults filled in, lima_home resolved (LIMA_HOME beats
				 config.yaml beats ~/.lima), agent_profiles_dir inside a moved home
				 corrected */
	char *config_path;    /* <path>/_config/config.yaml */
};

/* flag: --home or NULL; else CODELIMA_HOME, else ~/.codelima. h must be zeroed. When
 * config.yaml is what fails, h is usable all the same, with defaults: doctor goes on. */
bool home_open(struct home *h, const char *flag, struct err *e);
void home_fini(struct home *h);
/* The pieces of home_open(), for home_prepare(). The schema is 0 where no codelima of
 * this kind has written yet. */
bool home_locate(struct home *h, const char *path, struct err *e);
bool home_read_schema(const struct home *h, int64_t *schema, struct err *e);
void home_read_id(struct home *h);
/* "<home>/REL" in out (cleared first). */
const char *home_path(const struct home *h, struct buf *out, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
