#include "tree/statcache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/mem.h"
#include "os/fd.h"

#define MAGIC "codelima stat cache 1\n"
#define ORDER UINT32_C(0x01020304)
#define PATH_LEN_MAX (1u << 20)
#define FLUSH_AT (64u << 10)

struct head {
	char magic[24]; /* the longest that leaves no gap behind */
	uint32_t order, row_size;
};

/* Followed by the path. */
struct row {
	struct stat_stamp stamp;
	unsigned char sha256[SHA256_LEN];
	uint32_t path_len;
	uint32_t zero;
};

static struct head head(void)
{
	return (struct head){MAGIC, ORDER, sizeof(struct row)};
}

/* ---- writing ---- */

struct statcache_out {
	int fd;
	char *path;
	struct buf text;
};

static bool flush(struct statcache_out *c, struct err *e)
{
	if (!fd_write_all(c->fd, buf_view(&c->text), c->path, e))
		return false;
	buf_clear(&c->text);
	return true;
}

struct statcache_out *statcache_create(const char *path, struct err *e)
{
	struct statcache_out *c = mem_alloc(sizeof(*c));
	struct head h = head();

	c->path = mem_strdup(path);
	c->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (c->fd < 0) {
		err_sys(e, "create %s", path);
		statcache_abort(c);
		return NULL;
	}
	buf_add(&c->text, &h, sizeof(h));
	return c;
}

bool statcache_add(struct statcache_out *c, struct str path, const struct stat_stamp *s,
	const unsigned char sha256[SHA256_LEN], struct err *e)
{
	struct row r;

	memset(&r, 0, sizeof(r)); /* padding is written too */
	r.stamp = *s;
	memcpy(r.sha256, sha256, sizeof(r.sha256));
	r.path_len = (uint32_t)path.n;
	buf_add(&c->text, &r, sizeof(r));
	buf_str(&c->text, path);
	return c->text.n < FLUSH_AT || flush(c, e);
}

bool statcache_commit(struct statcache_out *c, struct err *e)
{
	bool ok = flush(c, e);

	statcache_abort(c);
	return ok;
}

void statcache_abort(struct statcache_out *c)
{
	if (!c)
		return;
	fd_close_p(&c->fd);
	buf_fini(&c->text);
	free(c->path);
	free(c);
}

/* ---- reading ---- */

struct statcache_in {
	FILE *f;
	struct row row; /* the next one not yet passed by, with its path */
	struct buf path;
	bool at_end;
};

static void next(struct statcache_in *c)
{
	c->at_end = fread(&c->row, sizeof(c->row), 1, c->f) != 1 || c->row.path_len > PATH_LEN_MAX;
	if (c->at_end)
		return;
	buf_clear(&c->path);
	buf_reserve(&c->path, c->row.path_len);
	c->at_end = fread(c->path.p, 1, c->row.path_len, c->f) != c->row.path_len;
	if (!c->at_end)
		c->path.n = c->row.path_len;
}

struct statcache_in *statcache_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	struct head found, want = head();
	struct statcache_in *c;

	if (!f) {
		fd_close_p(&fd);
		return NULL;
	}
	if (fread(&found, sizeof(found), 1, f) != 1 || memcmp(&found, &want, sizeof(want)) != 0) {
		fclose(f);
		return NULL;
	}
	c = mem_alloc(sizeof(*c));
	c->f = f;
	next(c);
	return c;
}

static bool same_stamp(const struct stat_stamp *a, const struct stat_stamp *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime_s == b->mtime_s && a->mtime_ns == b->mtime_ns && a->ctime_s == b->ctime_s &&
	       a->ctime_ns == b->ctime_ns;
}

bool statcache_find(struct statcache_in *c, struct str path, const struct stat_stamp *s,
	unsigned char sha256[SHA256_LEN])
{
	int d = -1;

	while (c && !c->at_end && (d = str_cmp(buf_view(&c->path), path)) < 0)
		next(c);
	if (!c || c->at_end || d != 0 || !same_stamp(&c->row.stamp, s))
		return false;
	memcpy(sha256, c->row.sha256, sizeof(c->row.sha256));
	return true;
}

void statcache_close(struct statcache_in *c)
{
	if (!c)
		return;
	fclose(c->f);
	buf_fini(&c->path);
	free(c);
}
