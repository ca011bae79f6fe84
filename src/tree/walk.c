#include "tree/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "os/plat.h"

/* A directory is met twice: as an entry, and ("name/", which sorts behind "name-b")
 * where its children belong. */
struct item {
	const char *name;
	size_t len;
	bool descend;
};

/* A directory on the way from the root to the current entry. */
struct frame {
	int fd;		  /* -1: closed to bound their number */
	const char *name; /* in the frame above; NULL for the root */
	uint64_t dev, ino;
	size_t prefix; /* bytes of walk.path up to and with its '/' */
	struct item *items;
	size_t n, cap, next;
	struct arena names;
};

struct walk {
	struct frame *v;
	size_t depth, cap;
	struct buf path, link;
	const struct ignore *ignore;
};

static void frame_fini(struct frame *f)
{
	fd_close_p(&f->fd);
	free(f->items);
	arena_fini(&f->names);
}

static struct frame *top(struct walk *w)
{
	return &w->v[w->depth - 1];
}

static struct str set_path(struct walk *w, const struct item *it)
{
	buf_cut(&w->path, top(w)->prefix);
	buf_add(&w->path, it->name, it->len);
	return buf_view(&w->path);
}

/* ---- listing ---- */

static int item_byte(const struct item *it, size_t i)
{
	if (i < it->len)
		return (unsigned char)it->name[i];
	return it->descend ? '/' : -1;
}

static int item_cmp(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;
	size_t n = a->len < b->len ? a->len : b->len;
	int d = memcmp(a->name, b->name, n);

	return d ? d : item_byte(a, n) - item_byte(b, n);
}

static void add_item(struct frame *f, const char *name, size_t len, bool descend)
{
	if (f->n == f->cap) {
		f->cap = f->cap ? 2 * f->cap : 16;
		f->items = mem_array(f->items, f->cap, sizeof(*f->items));
	}
	f->items[f->n++] = (struct item){name, len, descend};
}

/* Some file systems give no type with the name. */
static bool is_dir(int fd, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type == DT_DIR;
	return fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static void add_name(struct walk *w, struct frame *f, const struct dirent *d)
{
	struct item it = {.name = d->d_name, .len = strlen(d->d_name)};
	bool dir;

	if (strcmp(it.name, ".") == 0 || strcmp(it.name, "..") == 0)
		return;
	dir = is_dir(f->fd, d);
	if (ignore_match(w->ignore, set_path(w, &it), dir))
		return;
	it.name = arena_strndup(&f->names, it.name, it.len);
	add_item(f, it.name, it.len, false);
	if (dir)
		add_item(f, it.name, it.len, true);
}

/* Fills the frame on top. The descriptor of a DIR is not the frame's own, which
 * outlives it. */
static bool list(struct walk *w, struct err *e)
{
	struct frame *f = top(w);
	int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *d;

	if (!dir) {
		err_sys(e, "read directory");
		fd_close_p(&fd);
		return false;
	}
	while (errno = 0, (d = readdir(dir)))
		add_name(w, f, d);
	if (errno) {
		err_sys(e, "read directory");
		closedir(dir);
		return false;
	}
	closedir(dir);
	if (f->n)
		qsort(f->items, f->n, sizeof(*f->items), item_cmp);
	return true;
}

/* ---- descriptors ---- */

static int open_dir(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
}

static bool same_dir(int fd, const struct frame *f)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	if ((uint64_t)st.st_dev == f->dev && (uint64_t)st.st_ino == f->ino)
		return true;
	errno = ESTALE;
	return false;
}

/* The descriptor of the frame on top. One that was closed is found again from the
 * root, and the WALK_MAX_FDS nearest ones with it, so that coming up out of a deep
 * tree does not start at the root for each level. */
static int top_fd(struct walk *w)
{
	for (size_t i = 1; i < w->depth && top(w)->fd < 0; i++) {
		struct frame *f = &w->v[i];

		if (f->fd < 0) {
			f->fd = open_dir(f[-1].fd, f->name);
			if (f->fd < 0 || !same_dir(f->fd, f)) {
				fd_close_p(&f->fd);
				return -1;
			}
		}
		if (i > 1 && i - 1 + WALK_MAX_FDS / 2 < w->depth)
			fd_close_p(&w->v[i - 1].fd);
	}
	return top(w)->fd;
}

static void pop(struct walk *w)
{
	frame_fini(top(w));
	w->depth--;
}

/* Takes fd. */
static bool push(struct walk *w, int fd, const char *name, struct err *e)
{
	struct stat st = {0};
	bool known = fstat(fd, &st) == 0;

	if (w->depth == w->cap) {
		w->cap = w->cap ? 2 * w->cap : 16;
		w->v = mem_array(w->v, w->cap, sizeof(*w->v));
	}
	w->v[w->depth++] = (struct frame){.fd = fd,
		.name = name,
		.dev = (uint64_t)st.st_dev,
		.ino = (uint64_t)st.st_ino,
		.prefix = w->path.n};
	if (w->depth > WALK_MAX_FDS - 2)
		fd_close_p(&w->v[w->depth - (WALK_MAX_FDS - 2)].fd);
	if (known && list(w, e))
		return true;
	if (!known)
		err_sys(e, "stat directory");
	pop(w);
	return false;
}

/* ---- entries ---- */

static enum file_type type_of(mode_t mode)
{
	if (S_ISREG(mode))
		return FILE_REG;
	if (S_ISDIR(mode))
		return FILE_DIR;
	return S_ISLNK(mode) ? FILE_LINK : FILE_OTHER;
}

static void fill(struct walk_entry *w, const struct stat *st)
{
	w->st = (struct file_stat){
		.type = type_of(st->st_mode),
		.mode = st->st_mode & 07777,
		.size = (uint64_t)st->st_size,
		.mtime_s = (int64_t)st->st_mtime,
		.mtime_ns = plat_mtime_ns(st),
		.dev = (uint64_t)st->st_dev,
		.ino = (uint64_t)st->st_ino,
		.uid = st->st_uid,
	};
	w->nlink = (uint64_t)st->st_nlink;
	w->blocks = (uint64_t)st->st_blocks;
	w->ctime_s = (int64_t)st->st_ctime;
	w->ctime_ns = plat_ctime_ns(st);
}

static bool read_link(struct walk *w, int fd, struct walk_entry *entry)
{
	size_t room = entry->st.size + 1;

	for (;;) {
		ssize_t n;

		buf_clear(&w->link);
		buf_reserve(&w->link, room);
		n = readlinkat(fd, entry->name, w->link.p, room);
		if (n < 0)
			return false;
		if ((size_t)n < room) {
			w->link.n = (size_t)n;
			w->link.p[n] = '\0';
			entry->link = buf_view(&w->link);
			return true;
		}
		room *= 2;
	}
}

/* WALK_END stands for "nothing to say, go on" in the helpers of walk_next(). */
static enum walk_got trouble(struct walk_entry *entry, struct err *e)
{
	if (errno == ENOENT)
		return WALK_END;
	if (errno == ENOTDIR || errno == ELOOP || errno == EINVAL || errno == ESTALE)
		err_set(e, ERR_PRECONDITION_FAILED, "%.*s changed while it was read",
			STRF(entry->path));
	else
		err_sys(e, "%.*s", STRF(entry->path));
	return WALK_TROUBLE;
}

static bool known_dir(const struct frame *f, const struct item *it)
{
	const struct item key = {it->name, it->len, true};

	return bsearch(&key, it, f->n - (size_t)(it - f->items), sizeof(key), item_cmp);
}

static enum walk_got meet(
	struct walk *w, const struct item *it, struct walk_entry *entry, struct err *e)
{
	struct stat st;

	entry->dir_fd = top(w)->fd;
	entry->name = it->name;
	if (fstatat(entry->dir_fd, it->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return trouble(entry, e);
	fill(entry, &st);
	/* Became a directory since it was listed: its children would be missed. */
	if (entry->st.type == FILE_DIR && !known_dir(top(w), it)) {
		errno = ESTALE;
		return trouble(entry, e);
	}
	if (entry->st.type == FILE_LINK && !read_link(w, entry->dir_fd, entry))
		return trouble(entry, e);
	return WALK_ENTRY;
}

static enum walk_got descend(
	struct walk *w, const struct item *it, struct walk_entry *entry, struct err *e)
{
	int fd = open_dir(top(w)->fd, it->name);

	if (fd < 0)
		return trouble(entry, e);
	buf_putc(&w->path, '/');
	if (push(w, fd, it->name, e))
		return WALK_END;
	buf_cut(&w->path, w->path.n - 1);
	entry->path = buf_view(&w->path);
	err_wrap(e, "%.*s", STRF(entry->path));
	return WALK_TROUBLE;
}

/* The directory on top cannot be found again: the rest of it is given up. */
static enum walk_got lost(struct walk *w, struct walk_entry *entry, struct err *e)
{
	struct frame *f = top(w);

	f->next = f->n;
	buf_cut(&w->path, f->prefix ? f->prefix - 1 : 0);
	entry->path = buf_view(&w->path);
	errno = ESTALE; /* moved or removed: what is left of it in the walk is half a directory */
	return trouble(entry, e);
}

enum walk_got walk_next(struct walk *w, struct walk_entry *entry, struct err *e)
{
	enum walk_got got = WALK_END;

	while (w->depth && got == WALK_END) {
		struct frame *f = top(w);
		const struct item *it = f->items + f->next;

		if (f->next == f->n) {
			pop(w);
			continue;
		}
		*entry = (struct walk_entry){.dir_fd = -1};
		if (top_fd(w) < 0) {
			got = lost(w, entry, e);
			continue;
		}
		f->next++;
		entry->path = set_path(w, it);
		got = it->descend ? descend(w, it, entry, e) : meet(w, it, entry, e);
	}
	return got;
}

struct walk *walk_open(const char *root, const struct ignore *ignore, struct err *e)
{
	struct walk *w = mem_alloc(sizeof(*w));
	int fd = open_dir(AT_FDCWD, root);

	w->ignore = ignore;
	if (fd < 0)
		err_sys(e, "open %s", root);
	else if (push(w, fd, NULL, e))
		return w;
	else
		err_wrap(e, "%s", root);
	err_as(e, ERR_PRECONDITION_FAILED);
	walk_close(w);
	return NULL;
}

bool walk_root(const struct walk *w, struct walk_entry *entry, struct err *e)
{
	struct stat st;

	if (fstat(w->v[0].fd, &st) != 0)
		return err_sys(e, "stat the root");
	*entry = (struct walk_entry){.path = STR("."), .dir_fd = w->v[0].fd, .name = "."};
	fill(entry, &st);
	return true;
}

void walk_close(struct walk *w)
{
	if (!w)
		return;
	while (w->depth)
		pop(w);
	free(w->v);
	buf_fini(&w->path);
	buf_fini(&w->link);
	free(w);
}
