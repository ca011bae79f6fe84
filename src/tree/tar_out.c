#include "tree/tar_out.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/plat.h"
#include "tree/pack.h"
#include "tree/walk.h"

#define FILL ((size_t)256 << 10)   /* bytes to give out a call */
#define EFFORT ((uint64_t)1 << 20) /* bytes to take in a call */
#define READ_SIZE ((size_t)128 << 10)

struct dir_again {
	char *path;
	unsigned mode;
	int64_t mtime_s;
	uint32_t mtime_ns;
};

struct tar_out {
	struct tar_opts opts;
	struct walk *walk;
	struct hasher *hash;
	struct pack *pack;
	struct archive *archive;
	struct archive_entry *head;
	struct tar_totals totals;
	struct buf name, path, data;
	/* The file being sent. */
	int fd;
	uint64_t left;
	bool padded;
	struct stat st;
	struct manifest_entry entry;
	/* Directories to be sent again; from the last to the first. */
	struct dir_again *dirs;
	size_t n_dirs, cap_dirs;
	bool walked, ended;
	/* During a call. */
	struct buf *out;
	uint64_t taken;
	struct err *e;
	int64_t left_us; /* when the last call ended; 0: there was none */
};

/* ---- the archive ---- */

static la_ssize_t on_write(struct archive *a, void *arg, const void *p, size_t n)
{
	struct tar_out *t = arg;

	(void)a;
	if (!t->out)
		return -1;
	t->taken += n;
	if (!t->pack)
		buf_add(t->out, p, n);
	else if (!pack_add(t->pack, str_n(p, n), t->out, t->e))
		return -1;
	return (la_ssize_t)n;
}

static bool archive_failed(struct tar_out *t)
{
	const char *why = archive_error_string(t->archive);

	if (t->e && t->e->kind)
		return false;
	return err_set(t->e, ERR_INTERNAL, "tar: %s", why ? why : "unknown error");
}

static bool archive_start(struct tar_out *t)
{
	int rc;

	t->archive = archive_write_new();
	t->head = archive_entry_new();
	if (!t->archive || !t->head)
		abort(); /* as all small allocations (mem.h) */
	rc = t->opts.format == TAR_GNU ? archive_write_set_format_gnutar(t->archive)
				       : archive_write_set_format_pax(t->archive);
	if (rc != ARCHIVE_OK || archive_write_set_bytes_per_block(t->archive, 0) != ARCHIVE_OK ||
		archive_write_open(t->archive, t, NULL, on_write, NULL) != ARCHIVE_OK)
		return archive_failed(t);
	return true;
}

static bool is_ascii(const char *z)
{
	for (; z && *z; z++)
		if ((unsigned char)*z >= 0x80)
			return false;
	return true;
}

/* libarchive warns when it cannot turn a name from the locale's charset into UTF-8; the
 * bytes go out as they are, which is what is wanted. */
static bool put_header(struct tar_out *t)
{
	int rc = archive_write_header(t->archive, t->head);

	if (rc == ARCHIVE_OK)
		return true;
	if (rc == ARCHIVE_WARN && !(is_ascii(archive_entry_pathname(t->head)) &&
					  is_ascii(archive_entry_symlink(t->head))))
		return true;
	return archive_failed(t);
}

static void name_head(struct tar_out *t, struct str path)
{
	buf_clear(&t->name);
	buf_puts(&t->name, t->opts.prefix);
	if (path.n) {
		buf_putc(&t->name, '/');
		buf_str(&t->name, path);
	}
	archive_entry_clear(t->head);
	archive_entry_set_pathname(t->head, buf_z(&t->name));
}

static bool send_head(struct tar_out *t, const struct manifest_entry *en)
{
	static const unsigned types[] = {
		[FILE_REG] = AE_IFREG, [FILE_DIR] = AE_IFDIR, [FILE_LINK] = AE_IFLNK};

	archive_entry_set_filetype(t->head, types[en->type]);
	archive_entry_set_perm(t->head, (mode_t)en->mode);
	archive_entry_set_mtime(t->head, en->mtime_s, (long)en->mtime_ns);
	archive_entry_set_size(t->head, (la_int64_t)en->size);
	if (en->type == FILE_LINK)
		archive_entry_set_symlink(t->head, en->link_target.p);
	return put_header(t);
}

static bool told(struct tar_out *t)
{
	return !t->opts.sent || t->opts.sent(t->opts.arg, &t->entry, t->e);
}

/* ---- directories ---- */

static void keep_dir(struct tar_out *t)
{
	if (t->n_dirs == t->cap_dirs) {
		t->cap_dirs = t->cap_dirs ? 2 * t->cap_dirs : 64;
		t->dirs = mem_array(t->dirs, t->cap_dirs, sizeof(*t->dirs));
	}
	t->dirs[t->n_dirs++] = (struct dir_again){
		.path = mem_strndup(t->entry.path.p, t->entry.path.n),
		.mode = t->entry.mode,
		.mtime_s = t->entry.mtime_s,
		.mtime_ns = t->entry.mtime_ns,
	};
}

static bool send_dir(struct tar_out *t)
{
	struct manifest_entry first = t->entry;

	name_head(t, t->entry.path);
	if (t->opts.dirs_again) {
		keep_dir(t);
		first.mode |= 0700;
	}
	return send_head(t, &first);
}

static bool send_dir_again(struct tar_out *t)
{
	struct dir_again d = t->dirs[--t->n_dirs];
	own_mem char *path = d.path;

	name_head(t, str_z(path));
	return send_head(t, &(struct manifest_entry){.type = FILE_DIR,
				    .mode = d.mode,
				    .mtime_s = d.mtime_s,
				    .mtime_ns = d.mtime_ns});
}

/* ---- files ---- */

static void describe(struct tar_out *t, const struct stat *st)
{
	t->entry.mode = st->st_mode & 07777;
	t->entry.has_mtime = true;
	t->entry.mtime_s = (int64_t)st->st_mtime;
	t->entry.mtime_ns = plat_mtime_ns(st);
	t->entry.size = (uint64_t)st->st_size;
}

/* Opens what the walk has met. It may have been replaced since, by another regular
 * file (which is taken) or by something else. *gone: nothing is there any more. */
static bool open_file(struct tar_out *t, const struct walk_entry *w, bool *gone)
{
	t->fd = openat(
		w->dir_fd, w->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	*gone = t->fd < 0 && errno == ENOENT;
	if (*gone)
		return true;
	if (t->fd < 0 && errno != ELOOP && errno != ENXIO)
		return err_sys(t->e, "read %.*s", STRF(w->path));
	if (t->fd < 0 || fstat(t->fd, &t->st) != 0 || !S_ISREG(t->st.st_mode))
		return err_set(t->e, ERR_PRECONDITION_FAILED, "%.*s changed while it was read",
			STRF(w->path));
	return true;
}

static bool start_file(struct tar_out *t, const struct walk_entry *w)
{
	bool gone = false;

	if (!open_file(t, w, &gone))
		return false;
	if (gone)
		return true;
	describe(t, &t->st);
	buf_clear(&t->path);
	buf_str(&t->path, w->path);
	t->entry.path = buf_view(&t->path);
	t->left = t->entry.size;
	t->padded = false;
	hasher_reset(t->hash);
	name_head(t, t->entry.path);
	return send_head(t, &t->entry);
}

/* Written to while it was read? */
static bool torn(struct tar_out *t)
{
	struct stat now;

	return t->padded || fstat(t->fd, &now) != 0 || now.st_size != t->st.st_size ||
	       now.st_mtime != t->st.st_mtime || plat_mtime_ns(&now) != plat_mtime_ns(&t->st);
}

static bool end_file(struct tar_out *t)
{
	if (torn(t))
		mention(&t->totals.changed, t->entry.path);
	fd_close_p(&t->fd);
	t->totals.files++;
	hasher_end(t->hash, t->entry.sha256);
	t->entry.has_sha256 = true;
	return told(t);
}

static bool send_some(struct tar_out *t)
{
	size_t want = t->left < READ_SIZE ? (size_t)t->left : READ_SIZE;
	ssize_t n = 0;

	if (!t->left)
		return end_file(t);
	while (!t->padded && (n = read(t->fd, t->data.p, want)) < 0 && errno == EINTR)
		;
	if (n < 0)
		return err_sys(t->e, "read %s", buf_z(&t->path));
	if (n == 0) { /* it has become shorter than its header says */
		t->padded = true;
		memset(t->data.p, 0, want);
		n = (ssize_t)want;
	}
	hasher_add(t->hash, t->data.p, (size_t)n);
	if (archive_write_data(t->archive, t->data.p, (size_t)n) != n)
		return archive_failed(t);
	t->left -= (uint64_t)n;
	t->totals.bytes += (uint64_t)n;
	return t->left > 0 || end_file(t);
}

/* ---- the stream ---- */

static bool send_entry(struct tar_out *t, const struct walk_entry *w)
{
	t->entry = (struct manifest_entry){.path = w->path,
		.type = w->st.type,
		.mode = w->st.mode,
		.has_mtime = true,
		.mtime_s = w->st.mtime_s,
		.mtime_ns = w->st.mtime_ns,
		.link_target = w->link};
	switch (w->st.type) {
	case FILE_REG:
		return start_file(t, w);
	case FILE_DIR:
		return send_dir(t) && told(t);
	case FILE_LINK:
		name_head(t, w->path);
		return send_head(t, &t->entry) && told(t);
	default:
		mention(&t->totals.special, w->path);
		return true;
	}
}

static bool send_root(struct tar_out *t)
{
	struct walk_entry root;

	if (!walk_root(t->walk, &root, t->e))
		return false;
	t->entry = (struct manifest_entry){.type = FILE_DIR,
		.mode = root.st.mode,
		.mtime_s = root.st.mtime_s,
		.mtime_ns = root.st.mtime_ns};
	return send_dir(t);
}

static bool finish(struct tar_out *t)
{
	t->ended = true;
	if (t->opts.end_mark) {
		archive_entry_clear(t->head);
		archive_entry_set_pathname(t->head, t->opts.end_mark);
		if (!send_head(t, &(struct manifest_entry){.type = FILE_REG, .mode = 0600}))
			return false;
	}
	if (archive_write_close(t->archive) != ARCHIVE_OK)
		return archive_failed(t);
	return !t->pack || pack_end(t->pack, t->out, t->e);
}

static bool advance(struct tar_out *t)
{
	struct walk_entry w;

	if (!t->archive)
		return archive_start(t) && send_root(t);
	if (t->fd >= 0)
		return send_some(t);
	if (!t->walked) {
		switch (walk_next(t->walk, &w, t->e)) {
		case WALK_ENTRY:
			return send_entry(t, &w);
		case WALK_TROUBLE:
			return false;
		case WALK_END:
			t->walked = true;
		}
	}
	return t->n_dirs ? send_dir_again(t) : finish(t);
}

static void pace(struct tar_out *t, int64_t came_us)
{
	int64_t now = clock_mono_us();

	if (t->pack && t->left_us)
		pack_pace(t->pack, now - came_us, came_us - t->left_us);
	t->left_us = now;
}

int tar_out_fill(struct tar_out *t, struct buf *out, struct err *e)
{
	own_err struct err why = {0};
	int64_t came_us = clock_mono_us();
	size_t start = out->n;
	bool ok = true;

	t->out = out;
	t->e = &why;
	t->taken = 0;
	while (ok && !t->ended && out->n - start < FILL && t->taken < EFFORT)
		ok = advance(t);
	t->out = NULL;
	t->e = NULL;
	pace(t, came_us);
	if (ok)
		return !t->ended;
	err_move(e, &why);
	return -1;
}

struct tar_out *tar_out_open(const char *root, const struct tar_opts *opts, struct err *e)
{
	struct walk *w = walk_open(root, opts->ignore, e);
	struct tar_out *t;

	if (!w)
		return NULL;
	t = mem_alloc(sizeof(*t));
	t->opts = *opts;
	t->walk = w;
	t->fd = -1;
	t->hash = hasher_new();
	t->pack = opts->zstd ? pack_new() : NULL;
	buf_reserve(&t->data, READ_SIZE);
	return t;
}

const struct tar_totals *tar_out_totals(const struct tar_out *t)
{
	return &t->totals;
}

void tar_out_close(struct tar_out *t)
{
	if (!t)
		return;
	archive_write_free(t->archive); /* a stream that was not ended tries to write */
	archive_entry_free(t->head);
	while (t->n_dirs)
		free(t->dirs[--t->n_dirs].path);
	free(t->dirs);
	walk_close(t->walk);
	hasher_free(t->hash);
	pack_free(t->pack);
	fd_close_p(&t->fd);
	mentions_fini(&t->totals.special);
	mentions_fini(&t->totals.changed);
	buf_fini(&t->name);
	buf_fini(&t->path);
	buf_fini(&t->data);
	free(t);
}
