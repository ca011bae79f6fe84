#include "tree/materialise.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/fd.h"
#include "tree/crew.h"
#include "tree/dirpath.h"
#include "tree/filecopy.h"
#include "tree/flusher.h"
#include "tree/manifest.h"

#define SLOTS 128
#define TELL_EVERY_MS 100

/* One file to be made. */
struct item {
	struct buf path;
	unsigned mode;
	uint64_t size;
	struct timespec mtime;
	bool has_mtime;
	struct dirref *from, *to;
	bool ok;
	struct err err;
};

/* A directory whose mode and mtime wait until everything is in it. */
struct made_dir {
	const char *path;
	unsigned mode;
	struct timespec mtime;
	bool has_mtime;
};

struct materialise {
	const struct materialise_opts *o;
	const struct ctx *c;
	struct materialise_totals *t;
	struct crew *crew;
	struct flusher *flusher;
	struct file_copy_shared shared;
	struct manifest_in *manifest;
	struct dirpath *from, *to;
	struct made_dir *dirs;
	size_t n_dirs, cap_dirs;
	struct arena names;
	int64_t told_at;
};

/* ---- the threads' part ---- */

static void *tools_new(void)
{
	return file_copier_new();
}

static void tools_free(void *tools)
{
	file_copier_free(tools);
}

static bool make_file(const struct item *it, struct file_copier *f, struct file_copy_shared *shared,
	struct err *e)
{
	const char *name = dirpath_name(buf_view(&it->path)).p;
	own_fd int src = openat(
		it->from->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (src < 0 && (errno == ENOENT || errno == ELOOP))
		return err_set(e, ERR_METADATA_CORRUPTION, "is not in the snapshot's tree");
	if (src < 0)
		return err_sys(e, "open");
	return file_copy_plain(f, shared, src, it->to->fd, name, it->mode, it->size,
		it->has_mtime ? &it->mtime : NULL, e);
}

static void drop_dirs(struct item *it)
{
	dirref_drop(it->from);
	dirref_drop(it->to);
	it->from = it->to = NULL;
}

static void make_item(void *job, void *tools, void *arg)
{
	struct item *it = job;
	struct materialise *m = arg;

	it->ok = make_file(it, tools, &m->shared, &it->err);
	drop_dirs(it);
}

static void item_fini(void *job)
{
	struct item *it = job;

	drop_dirs(it);
	buf_fini(&it->path);
	err_fini(&it->err);
}

static const struct crew_kind crew_kind = {
	.job_size = sizeof(struct item),
	.tools_new = tools_new,
	.tools_free = tools_free,
	.work = make_item,
	.fini = item_fini,
};

/* ---- the caller's ---- */

static void tell(struct materialise *m)
{
	int64_t now = clock_mono_ms();
	own_buf struct buf text = {0};

	if (now - m->told_at < TELL_EVERY_MS)
		return;
	m->told_at = now;
	num_count(&text, m->t->files);
	buf_puts(&text, " files");
	ctx_progress(m->c, &(struct progress){.step = "copy",
				   .unit = UNIT_BYTES,
				   .done = m->t->bytes,
				   .total = m->o->expect_bytes,
				   .message = buf_view(&text)});
}

static bool take_back(struct materialise *m, struct item *it, struct err *e)
{
	bool ok = it->ok;

	if (ok) {
		m->t->files++;
		m->t->bytes += it->size;
		flusher_wrote(m->flusher, it->size);
	} else {
		err_move(e, &it->err);
		err_wrap(e, "%s/%s", m->o->tree, buf_z(&it->path));
		err_field(e, "path", buf_z(&it->path));
	}
	crew_release(m->crew);
	tell(m);
	return ok;
}

static struct item *slot(struct materialise *m, struct err *e)
{
	struct item *it;

	while (!(it = crew_slot(m->crew)))
		if (!take_back(m, crew_oldest(m->crew), e))
			return NULL;
	return it;
}

/* A parent that the manifest does not list, or lists as something else. */
static struct dirref *parent_of(
	struct dirpath *d, const char *root, const struct manifest_entry *en, struct err *e)
{
	struct dirref *dir = dirpath_at(d, dirpath_parent(en->path), e);

	if (dir)
		return dir;
	if (e->sys == ENOENT || e->sys == ENOTDIR || e->sys == ELOOP)
		err_set(e, ERR_METADATA_CORRUPTION, "%s has no directory for \"%.*s\"", root,
			STRF(en->path));
	err_field(e, "path", root);
	return NULL;
}

static bool give_file(
	struct materialise *m, const struct manifest_entry *en, struct dirref *to, struct err *e)
{
	struct dirref *from = parent_of(m->from, m->o->tree, en, e);
	struct item *it = from ? slot(m, e) : NULL;

	if (!it)
		return false;
	buf_clear(&it->path);
	buf_str(&it->path, en->path);
	it->mode = en->mode;
	it->size = en->size;
	it->has_mtime = en->has_mtime;
	it->mtime = (struct timespec){(time_t)en->mtime_s, (long)en->mtime_ns};
	it->from = dirref_keep(from);
	it->to = dirref_keep(to);
	crew_give(m->crew, false);
	return true;
}

static void remember_dir(struct materialise *m, const struct manifest_entry *en)
{
	if (m->n_dirs == m->cap_dirs) {
		m->cap_dirs = m->cap_dirs ? 2 * m->cap_dirs : 64;
		m->dirs = mem_array(m->dirs, m->cap_dirs, sizeof(*m->dirs));
	}
	m->dirs[m->n_dirs++] = (struct made_dir){
		.path = arena_strndup(&m->names, en->path.p, en->path.n),
		.mode = en->mode,
		.mtime = {(time_t)en->mtime_s, (long)en->mtime_ns},
		.has_mtime = en->has_mtime,
	};
}

static bool make_link(const struct manifest_entry *en, const char *name, int dir, struct err *e)
{
	own_mem char *target = mem_strndup(en->link_target.p, en->link_target.n);
	const struct timespec times[2] = {
		{.tv_nsec = UTIME_OMIT}, {(time_t)en->mtime_s, (long)en->mtime_ns}};

	if (symlinkat(target, dir, name) != 0 ||
		(en->has_mtime && utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW) != 0))
		return err_sys(e, "make the link %.*s", STRF(en->path));
	return true;
}

static bool make(struct materialise *m, const struct manifest_entry *en, struct err *e)
{
	struct str base = dirpath_name(en->path);
	own_mem char *name = mem_strndup(base.p, base.n);
	struct dirref *to = parent_of(m->to, m->o->into, en, e);

	if (!to)
		return false;
	m->t->entries++;
	if (en->type == FILE_REG)
		return give_file(m, en, to, e);
	if (en->type == FILE_LINK)
		return make_link(en, name, to->fd, e);
	if (mkdirat(to->fd, name, 0700) != 0)
		return err_sys(e, "make the directory %.*s", STRF(en->path));
	remember_dir(m, en);
	return true;
}

static bool make_all(struct materialise *m, struct err *e)
{
	struct manifest_entry en;
	struct item *it;
	int got;

	while ((got = manifest_next(m->manifest, &en, e)) > 0)
		if (!ctx_check(m->c, e) || !make(m, &en, e))
			return false;
	if (got < 0)
		return false;
	while ((it = crew_oldest(m->crew)))
		if (!take_back(m, it, e) || !ctx_check(m->c, e))
			return false;
	return true;
}

static bool finish_dir(struct materialise *m, const struct made_dir *d, struct err *e)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, d->mtime};
	const struct dirref *ref = dirpath_at(m->to, str_z(d->path), e);

	if (!ref)
		return false;
	if ((d->has_mtime && futimens(ref->fd, times) != 0) ||
		fchmod(ref->fd, (mode_t)d->mode) != 0)
		return err_sys(e, "set mode and times of %s/%s", m->o->into, d->path);
	return true;
}

/* Deepest first: a directory may forbid the way to what lies in it. */
static bool finish_dirs(struct materialise *m, struct err *e)
{
	const struct file_stat *root = m->o->root;
	const struct made_dir top = {.path = "",
		.mode = root->mode,
		.mtime = {(time_t)root->mtime_s, (long)root->mtime_ns},
		.has_mtime = true};

	for (size_t i = m->n_dirs; i-- > 0;)
		if (!finish_dir(m, &m->dirs[i], e))
			return false;
	return finish_dir(m, &top, e);
}

static void release(struct materialise *m)
{
	atomic_store(&m->shared.stop, true);
	crew_free(m->crew);
	flusher_free(m->flusher);
	manifest_close(m->manifest);
	dirpath_close(m->from);
	dirpath_close(m->to);
	free(m->dirs);
	arena_fini(&m->names);
}

bool materialise_tree(const struct materialise_opts *o, const struct ctx *c,
	struct materialise_totals *totals, struct err *e)
{
	struct materialise m = {.o = o, .c = c, .t = totals};
	bool ok;

	*totals = (struct materialise_totals){0};
	ok = (m.manifest = manifest_open(o->manifest, NULL, e)) &&
	     (m.from = dirpath_open(o->tree, e)) && (m.to = dirpath_open(o->into, e));
	if (ok) {
		m.flusher = flusher_new(o->into);
		m.crew = crew_new(&crew_kind, &m, SLOTS);
		ok = make_all(&m, e) && finish_dirs(&m, e);
	}
	release(&m);
	return ok;
}
