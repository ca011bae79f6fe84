#include "tree/dirpath.h"

#include <errno.h>
#include <fcntl.h>

#include "base/mem.h"
#include "os/fd.h"

/* A directory on the way; `end` is the length of its path, 0 for the root. */
struct level {
	struct dirref *ref; /* NULL: closed to bound their number */
	size_t end;
};

struct dirpath {
	struct level *v; /* v[0] is the root, always open */
	size_t depth, cap;
	struct buf path; /* of the level on top */
};

struct dirref *dirref_keep(struct dirref *r)
{
	atomic_fetch_add(&r->refs, 1);
	return r;
}

void dirref_drop(struct dirref *r)
{
	if (!r || atomic_fetch_sub(&r->refs, 1) > 1)
		return;
	fd_close_p(&r->fd);
	free(r);
}

struct str dirpath_parent(struct str path)
{
	size_t n = path.n;

	while (n && path.p[n - 1] != '/')
		n--;
	return str_n(path.p, n ? n - 1 : 0);
}

struct str dirpath_name(struct str path)
{
	size_t dir = dirpath_parent(path).n;

	return dir || (path.n && path.p[0] == '/') ? str_from(path, dir + 1) : path;
}

static struct dirref *open_level(int at, const char *name, struct err *e)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirref *r;

	if (fd < 0) {
		err_sys(e, "open %s", name);
		return NULL;
	}
	r = mem_alloc(sizeof(*r));
	r->fd = fd;
	atomic_init(&r->refs, 1);
	return r;
}

static void push(struct dirpath *d, struct dirref *ref, size_t end)
{
	if (d->depth == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 16;
		d->v = mem_array(d->v, d->cap, sizeof(*d->v));
	}
	d->v[d->depth++] = (struct level){ref, end};
	if (d->depth > DIRPATH_OPEN) {
		struct level *far = &d->v[d->depth - DIRPATH_OPEN];

		dirref_drop(far->ref);
		far->ref = NULL;
	}
}

static void pop_to(struct dirpath *d, size_t depth)
{
	while (d->depth > depth)
		dirref_drop(d->v[--d->depth].ref);
	buf_cut(&d->path, d->v[depth - 1].end);
}

struct dirpath *dirpath_open(const char *root, struct err *e)
{
	struct dirref *ref = open_level(AT_FDCWD, root, e);
	struct dirpath *d;

	if (!ref)
		return NULL;
	d = mem_alloc(sizeof(*d));
	push(d, ref, 0);
	return d;
}

/* Is the path of this level the wanted one, or on the way to it? */
static bool leads_to(const struct dirpath *d, size_t level, struct str path)
{
	size_t n = d->v[level].end;

	if (!n)
		return true;
	return path.p && n <= path.n && memcmp(d->path.p, path.p, n) == 0 &&
	       (n == path.n || path.p[n] == '/');
}

static bool descend(struct dirpath *d, struct str path, struct err *e)
{
	struct str rest = str_from(path, d->path.n ? d->path.n + 1 : 0), part;

	while (rest.n && str_split(&rest, '/', &part)) {
		size_t from = d->path.n;
		struct dirref *ref;

		if (from)
			buf_putc(&d->path, '/');
		buf_str(&d->path, part);
		ref = open_level(d->v[d->depth - 1].ref->fd, d->path.p + from + (from ? 1 : 0), e);
		if (!ref) {
			buf_cut(&d->path, from);
			return false;
		}
		push(d, ref, d->path.n);
	}
	return true;
}

struct dirref *dirpath_at(struct dirpath *d, struct str path, struct err *e)
{
	size_t depth = d->depth;

	while (!leads_to(d, depth - 1, path))
		depth--;
	if (!d->v[depth - 1].ref)
		depth = 1;
	pop_to(d, depth);
	if (d->path.n < path.n && !descend(d, path, e))
		return NULL;
	return d->v[d->depth - 1].ref;
}

void dirpath_close(struct dirpath *d)
{
	if (!d)
		return;
	while (d->depth)
		dirref_drop(d->v[--d->depth].ref);
	free(d->v);
	buf_fini(&d->path);
	free(d);
}
