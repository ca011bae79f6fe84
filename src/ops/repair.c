#include "ops/repair.h"

#include "base/mem.h"
#include "ops/doctor.h"
#include "ops/home_files.h"
#include "ops/repair_records.h"
#include "store/config_file.h"

/* What its owner cannot even look at is opened up; a snapshot's tree is sealed on purpose. */
static unsigned right_mode(const struct home_file *f)
{
	unsigned mode = f->st.mode & 0700;

	if (f->st.type == FILE_DIR)
		return f->sealed ? mode : 0700;
	return mode & 0400 ? mode : 0600;
}

static void mend_mode(struct repairs *r, const struct home_file *f)
{
	unsigned mode = right_mode(f);
	own_err struct err why = {0};

	if (!home_file_ours(f) || mode == f->st.mode)
		return;
	if (file_chmod(f->path, mode, &why))
		finding_add(&r->done[REPAIR_PERMISSIONS], "%s from %04o to %04o", f->name,
			f->st.mode, mode);
	else
		repair_failed(r, &why);
}

static void mend_file(void *arg, const struct home_file *f)
{
	struct repairs *r = arg;
	own_err struct err why = {0};

	if (home_file_stray(f)) {
		if (file_unlink(f->path, &why))
			finding_add(&r->done[REPAIR_TEMP_FILES], "%s", f->name);
		else
			repair_failed(r, &why);
		return;
	}
	mend_mode(r, f);
}

/* The layout's version must be read before anything else is touched. */
static void open_up(const struct home *h, struct repairs *r)
{
	static const char *const first[] = {"", "/_config", "/_config/schema"};
	own_buf struct buf path = {0};

	for (size_t i = 0; i < countof(first); i++) {
		struct home_file f = {.name = h->path};

		buf_clear(&path);
		buf_printf(&path, "%s%s", h->path, first[i]);
		f.path = buf_z(&path);
		if (i)
			f.name = f.path + strlen(h->path) + 1;
		if (file_lstat(f.path, &f.st) && (f.st.mode & 0400) == 0)
			mend_mode(r, &f);
	}
}

/* Is there a home that may be touched? */
static bool open_home(struct home *h, const char *home_flag, struct repairs *r)
{
	own_err struct err why = {0};

	home_open(h, home_flag, NULL);
	if (!h->path || !h->exists)
		return false;
	open_up(h, r);
	if (!home_read_schema(h, &h->schema, &why)) {
		repair_failed(r, &why);
		return false;
	}
	home_read_id(h);
	return true;
}

static void read_settings(struct home *h)
{
	config_fini(&h->config);
	config_load(h->path, h->config_path, &h->config, NULL); /* else the defaults */
}

static struct check *find_check(struct checks *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (z_eq(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

static void tell(struct repairs *r, struct checks *out)
{
	static const char *const checks[REPAIR_KINDS] = {
		"permissions", "temp_files", "incomplete", "corrupt", "index", "jobs"};

	for (size_t i = 0; i < REPAIR_KINDS; i++) {
		struct check *k = find_check(out, checks[i]);

		if (k && r->done[i].n) {
			finding_close(&r->done[i]);
			k->repaired = buf_steal(&r->done[i].text);
		}
		finding_fini(&r->done[i]);
	}
}

void repair_run(
	const char *home_flag, const struct ctx *c, const struct strv *argv, struct checks *out)
{
	struct repairs r = {.ctx = c};
	struct home h = {0};

	if (open_home(&h, home_flag, &r)) {
		home_files_walk(h.path, mend_file, &r);
		read_settings(&h);
		repair_records(&h, argv, &r);
	}
	home_fini(&h);
	doctor_run(home_flag, c, out);
	tell(&r, out);
}
