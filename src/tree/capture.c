#include "tree/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/plat.h"
#include "tree/crew.h"
#include "tree/dirpath.h"
#include "tree/filecopy.h"
#include "tree/flusher.h"
#include "tree/statcache.h"
#include "tree/walk.h"

#define SLOTS 128 /* each may hold a file open */
#define TELL_EVERY_MS 100
#define FILE_MODE 0400
#define DIR_MODE 0500

/* One entry on its way from the walk to the manifest. */
struct item {
	struct buf path, link;
	struct manifest_entry entry; /* path and link_target are set when it is written */
	struct stat_stamp stamp;
	bool cache, linked, cloned;
	int src;
	struct dirref *dir; /* where it goes */
	bool ok;
	struct err err;
};

struct capture {
	const struct capture_opts *o;
	const struct ctx *c;
	struct capture_totals *t;
	struct crew *crew;
	struct flusher *flusher;
	struct file_copy_shared shared;
	struct walk *walk;
	struct dirpath *to, *before; /* tree/ of this capture and of the previous one */
	struct statcache_in *known;
	struct statcache_out *cache;
	struct manifest_out *manifest;
	struct mentions unreadable;
	struct strv dirs; /* made in tree/, to be closed in the end */
	int64_t told_at;
};

void capture_totals_fini(struct capture_totals *t)
{
	mentions_fini(&t->special);
	mentions_fini(&t->twins);
	*t = (struct capture_totals){0};
}

/* ---- the threads' part ---- */

static void *tools_new(void)
{
	return file_copier_new();
}

static void tools_free(void *tools)
{
	file_copier_free(tools);
}

static const char *item_name(const struct item *it)
{
	return dirpath_name(buf_view(&it->path)).p;
}

static void take_stat(struct item *it, const struct stat *st)
{
	it->entry.size = (uint64_t)st->st_size;
	it->entry.mode = st->st_mode & 07777;
	it->entry.mtime_s = (int64_t)st->st_mtime;
	it->entry.mtime_ns = plat_mtime_ns(st);
	it->stamp = (struct stat_stamp){
		.dev = (uint64_t)st->st_dev,
		.ino = (uint64_t)st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime_s = (int64_t)st->st_mtime,
		.mtime_ns = plat_mtime_ns(st),
		.ctime_s = (int64_t)st->st_ctime,
		.ctime_ns = plat_ctime_ns(st),
	};
}

static void copy_item(void *job, void *tools, void *arg)
{
	struct item *it = job;
	struct capture *cap = arg;
	struct file_copied done;

	it->ok = file_copy_hashed(tools, &cap->shared, it->src, it->dir->fd, item_name(it),
		FILE_MODE, &done, &it->err);
	if (it->ok) {
		take_stat(it, &done.st);
		memcpy(it->entry.sha256, done.sha256, sizeof(done.sha256));
		it->entry.has_sha256 = true;
		it->cache = done.settled;
		it->cloned = done.cloned;
	}
	fd_close_p(&it->src);
	dirref_drop(it->dir);
	it->dir = NULL;
}

static void item_fini(void *job)
{
	struct item *it = job;

	if (it->src > 0)
		fd_close_p(&it->src);
	dirref_drop(it->dir);
	buf_fini(&it->path);
	buf_fini(&it->link);
	err_fini(&it->err);
}

static const struct crew_kind crew_kind = {
	.job_size = sizeof(struct item),
	.tools_new = tools_new,
	.tools_free = tools_free,
	.work = copy_item,
	.fini = item_fini,
};

/* ---- out of the ring, into the manifest ---- */

static void tell(struct capture *cap)
{
	int64_t now = clock_mono_ms();
	uint64_t total = cap->o->expect_bytes;
	own_buf struct buf text = {0};

	if (now - cap->told_at < TELL_EVERY_MS)
		return;
	cap->told_at = now;
	if (total && total < cap->t->bytes) /* it was a guess */
		total = cap->t->bytes;
	num_count(&text, cap->t->files);
	buf_puts(&text, " files");
	ctx_progress(cap->c, &(struct progress){.step = "snapshot",
				     .unit = UNIT_BYTES,
				     .done = cap->t->bytes,
				     .total = total,
				     .message = buf_view(&text)});
}

static bool write_entry(struct capture *cap, struct item *it, struct err *e)
{
	it->entry.path = buf_view(&it->path);
	it->entry.link_target = buf_view(&it->link);
	cap->t->entries++;
	if (it->entry.type == FILE_REG) {
		cap->t->files++;
		cap->t->bytes += it->entry.size;
		cap->t->linked += it->linked;
		cap->t->cloned += it->cloned;
		if (!it->linked && !it->cloned)
			flusher_wrote(cap->flusher, it->entry.size);
	}
	return manifest_add(cap->manifest, &it->entry, e) &&
	       (!it->cache ||
		       statcache_add(cap->cache, it->entry.path, &it->stamp, it->entry.sha256, e));
}

/* The err of an item names what could not be done; the path makes it whole. */
static bool item_failed(const struct capture *cap, struct item *it, struct err *e)
{
	err_move(e, &it->err);
	err_wrap(e, "%s/%s", cap->o->root, buf_z(&it->path));
	return err_field(e, "path", buf_z(&it->path));
}

static bool take_back(struct capture *cap, struct item *it, struct err *e)
{
	bool ok = it->ok ? write_entry(cap, it, e) : item_failed(cap, it, e);

	crew_release(cap->crew);
	tell(cap);
	return ok;
}

/* A slot that is free, after waiting for the oldest where there is none. */
static struct item *slot(struct capture *cap, struct err *e)
{
	struct item *it;

	while ((it = crew_oldest_done(cap->crew)))
		if (!take_back(cap, it, e))
			return NULL;
	while (!(it = crew_slot(cap->crew)))
		if (!take_back(cap, crew_oldest(cap->crew), e))
			return NULL;
	buf_clear(&it->path);
	buf_clear(&it->link);
	it->entry = (struct manifest_entry){.has_mtime = true};
	it->cache = it->linked = it->cloned = false;
	it->ok = true;
	it->src = -1;
	return it;
}

/* ---- into the ring ---- */

static void describe(struct item *it, const struct walk_entry *w)
{
	buf_str(&it->path, w->path);
	it->entry.type = w->st.type;
	it->entry.mode = w->st.mode;
	it->entry.mtime_s = w->st.mtime_s;
	it->entry.mtime_ns = w->st.mtime_ns;
	it->entry.size = w->st.size;
	it->stamp = (struct stat_stamp){
		.dev = w->st.dev,
		.ino = w->st.ino,
		.size = w->st.size,
		.mtime_s = w->st.mtime_s,
		.mtime_ns = w->st.mtime_ns,
		.ctime_s = w->ctime_s,
		.ctime_ns = w->ctime_ns,
	};
}

static bool give_other(struct capture *cap, struct item *it, const struct walk_entry *w,
	const struct dirref *dir, struct err *e)
{
	bool is_dir = w->st.type == FILE_DIR;

	if ((is_dir ? mkdirat(dir->fd, w->name, 0700) : symlinkat(w->link.p, dir->fd, w->name)) !=
		0)
		return err_sys(e, "%s/%s/%.*s", cap->o->into, CAPTURE_TREE, STRF(w->path));
	if (is_dir)
		strv_addn(&cap->dirs, w->path);
	else
		buf_str(&it->link, w->link);
	crew_give(cap->crew, true);
	return true;
}

/* One more name for the previous snapshot's file. It is looked at first: a person may have
 * meddled with it. */
static bool link_unchanged(
	struct capture *cap, struct item *it, const struct walk_entry *w, const struct dirref *dir)
{
	struct dirref *from;
	struct stat st;

	if (!cap->before || !statcache_find(cap->known, w->path, &it->stamp, it->entry.sha256))
		return false;
	from = dirpath_at(cap->before, dirpath_parent(w->path), NULL);
	if (!from || fstatat(from->fd, w->name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		!S_ISREG(st.st_mode) || (uint64_t)st.st_size != w->st.size ||
		linkat(from->fd, w->name, dir->fd, w->name, 0) != 0)
		return false; /* copied then, whatever it was */
	it->entry.has_sha256 = it->cache = it->linked = true;
	return true;
}

/* 1: open; 0: it is to be left out; -1: failed. */
static int open_source(
	struct capture *cap, struct item *it, const struct walk_entry *w, struct err *e)
{
	it->src = openat(
		w->dir_fd, w->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (it->src >= 0)
		return 1;
	if (errno == ENOENT)
		return 0;
	if (errno == EACCES || errno == EPERM) {
		mention(&cap->unreadable, w->path);
		return 0;
	}
	err_sys(e, "%s/%.*s", cap->o->root, STRF(w->path));
	err_field(e, "path", buf_z(&it->path));
	return -1;
}

static bool give_file(struct capture *cap, struct item *it, const struct walk_entry *w,
	struct dirref *dir, struct err *e)
{
	int got;

	if (w->nlink > 1)
		mention(&cap->t->twins, w->path);
	if (link_unchanged(cap, it, w, dir)) {
		crew_give(cap->crew, true);
		return true;
	}
	got = open_source(cap, it, w, e);
	/* Once something cannot be read there will be no snapshot: only what else
	 * cannot is still of interest. */
	if (got <= 0 || cap->unreadable.n) {
		fd_close_p(&it->src);
		return got >= 0;
	}
	it->dir = dirref_keep(dir);
	crew_give(cap->crew, false);
	return true;
}

static bool meet(struct capture *cap, const struct walk_entry *w, struct err *e)
{
	struct item *it;
	struct dirref *dir;

	if (w->st.type == FILE_OTHER) {
		mention(&cap->t->special, w->path);
		return true;
	}
	it = slot(cap, e);
	if (!it)
		return false;
	describe(it, w);
	dir = dirpath_at(cap->to, dirpath_parent(w->path), e);
	if (!dir)
		return err_wrap(e, "%s", cap->o->into);
	return w->st.type == FILE_REG ? give_file(cap, it, w, dir, e)
				      : give_other(cap, it, w, dir, e);
}

static bool walk_on(struct capture *cap, struct err *e)
{
	struct walk_entry w;
	enum walk_got got;

	while ((got = walk_next(cap->walk, &w, e)) != WALK_END) {
		if (!ctx_check(cap->c, e))
			return false;
		if (got == WALK_ENTRY) {
			if (!meet(cap, &w, e))
				return false;
			continue;
		}
		if (e->sys != EACCES && e->sys != EPERM)
			return err_wrap(e, "%s", cap->o->root);
		mention(&cap->unreadable, w.path);
		err_fini(e);
	}
	return true;
}

static bool finish_ring(struct capture *cap, struct err *e)
{
	struct item *it;

	while ((it = crew_oldest(cap->crew)))
		if (!take_back(cap, it, e) || !ctx_check(cap->c, e))
			return false;
	return true;
}

static bool refuse_unreadable(const struct capture *cap, struct err *e)
{
	own_buf struct buf count = {0}, names = {0};

	if (!cap->unreadable.n)
		return true;
	num_count(&count, cap->unreadable.n);
	mentions_text(&cap->unreadable, &names);
	err_set(e, ERR_PRECONDITION_FAILED,
		"%s in %s cannot be read, so the snapshot would lack %s",
		cap->unreadable.n == 1 ? "a file" : "files", cap->o->root,
		cap->unreadable.n == 1 ? "it" : "them");
	err_cause(e, "%s: %s", buf_z(&count), buf_z(&names));
	err_field(e, "path", cap->unreadable.names.v[0]);
	return err_fix(e, "make them readable, or list them in snapshot.excludes of %s",
		cap->o->excludes_in ? cap->o->excludes_in : "config.yaml");
}

/* Only now: while files are made in them they must be writable. */
static bool close_dirs(struct capture *cap, struct err *e)
{
	for (size_t i = 0; i < cap->dirs.n; i++) {
		const struct dirref *d = dirpath_at(cap->to, str_z(cap->dirs.v[i]), e);

		if (!d)
			return false;
		if (fchmod(d->fd, DIR_MODE) != 0)
			return err_sys(e, "close %s", cap->dirs.v[i]);
	}
	const struct dirref *top = dirpath_at(cap->to, (struct str){0}, e);

	return top && (fchmod(top->fd, DIR_MODE) == 0 || err_sys(e, "close %s", CAPTURE_TREE));
}

static bool open_all(struct capture *cap, struct err *e)
{
	own_buf struct buf tree = {0}, manifest = {0}, cache = {0}, b = {0};
	const struct capture_opts *o = cap->o;

	path_join(&tree, o->into, CAPTURE_TREE);
	path_join(&manifest, o->into, CAPTURE_MANIFEST);
	path_join(&cache, o->into, CAPTURE_CACHE);
	if (!(cap->walk = walk_open(o->root, o->ignore, e)) || !file_mkdir(buf_z(&tree), 0700, e) ||
		!(cap->to = dirpath_open(buf_z(&tree), e)) ||
		!(cap->cache = statcache_create(buf_z(&cache), e)) ||
		!(cap->manifest = manifest_create(buf_z(&manifest), o->head, e)))
		return false;
	if (o->previous) {
		cap->known = statcache_open(path_join(&b, o->previous, CAPTURE_CACHE));
		cap->before = dirpath_open(path_join(&b, o->previous, CAPTURE_TREE), NULL);
	}
	cap->flusher = flusher_new(o->into);
	cap->crew = crew_new(&crew_kind, cap, SLOTS);
	return true;
}

static bool commit(struct capture *cap, struct err *e)
{
	struct statcache_out *cache = steal(&cap->cache);
	struct manifest_out *manifest = steal(&cap->manifest);

	if (!statcache_commit(cache, e)) {
		manifest_abort(manifest);
		return false;
	}
	return manifest_commit(manifest, cap->o->tree_root, e);
}

static void release(struct capture *cap)
{
	atomic_store(&cap->shared.stop, true);
	crew_free(cap->crew);
	flusher_free(cap->flusher);
	walk_close(cap->walk);
	dirpath_close(cap->to);
	dirpath_close(cap->before);
	statcache_close(cap->known);
	statcache_abort(cap->cache);
	manifest_abort(cap->manifest);
	mentions_fini(&cap->unreadable);
	strv_fini(&cap->dirs);
}

bool capture_tree(const struct capture_opts *o, const struct ctx *c, struct capture_totals *totals,
	struct err *e)
{
	struct capture cap = {.o = o, .c = c, .t = totals};
	bool ok;

	*totals = (struct capture_totals){0};
	ok = open_all(&cap, e) && walk_on(&cap, e) && finish_ring(&cap, e) &&
	     refuse_unreadable(&cap, e) && close_dirs(&cap, e) && commit(&cap, e);
	release(&cap);
	if (!ok)
		capture_totals_fini(totals);
	return ok;
}
