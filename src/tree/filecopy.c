#include "tree/filecopy.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/plat.h"

#define BUFFER (256u << 10)
#define SPLICE_MAX (8u << 20) /* between two looks at `stop` */
#define TICK_NS 20000000      /* more than any kernel's file times are apart */

static const char zeros[64u << 10];

struct file_copier *file_copier_new(void)
{
	struct file_copier *f = mem_alloc(sizeof(*f));

	f->hasher = hasher_new();
	f->buffer = mem_alloc(BUFFER);
	return f;
}

void file_copier_free(struct file_copier *f)
{
	hasher_free(f->hasher);
	free(f->buffer);
	free(f);
}

static bool stopped(const struct file_copy_shared *shared, struct err *e)
{
	if (!atomic_load_explicit(&shared->stop, memory_order_relaxed))
		return true;
	return err_set(e, ERR_INTERRUPTED, "stopped");
}

static bool is_sparse(const struct stat *st)
{
	return (uint64_t)st->st_blocks * 512 < (uint64_t)st->st_size;
}

/* ---- pieces ---- */

/* Between a hole and the next one. Where the file system does not say: all is data. */
static void next_data(int fd, off_t from, off_t size, off_t *begin, off_t *end)
{
	*begin = lseek(fd, from, SEEK_DATA);
	if (*begin < 0 && errno == ENXIO) {
		*begin = *end = size;
		return;
	}
	*end = *begin < 0 ? -1 : lseek(fd, *begin, SEEK_HOLE);
	if (*end < 0) {
		*begin = from;
		*end = size;
	}
	if (*begin > size)
		*begin = size;
	if (*end > size)
		*end = size;
}

static bool hash_zeros(
	struct file_copier *f, const struct file_copy_shared *shared, off_t n, struct err *e)
{
	while (n > 0) {
		size_t piece = n < (off_t)sizeof(zeros) ? (size_t)n : sizeof(zeros);

		if (!stopped(shared, e))
			return false;
		hasher_add(f->hasher, zeros, piece);
		n -= (off_t)piece;
	}
	return true;
}

static bool put(int fd, const char *p, size_t n, off_t at, struct err *e)
{
	while (n) {
		ssize_t did = pwrite(fd, p, n, at);

		if (did < 0 && errno == EINTR)
			continue;
		if (did < 0)
			return err_sys(e, "write");
		p += did;
		n -= (size_t)did;
		at += did;
	}
	return true;
}

/* What a copy of one file is doing. */
struct run {
	struct file_copier *f;
	struct file_copy_shared *shared;
	int src, dst; /* dst -1: only hashed */
	bool hash;
	off_t size;
	bool cut; /* the source ended early */
};

/* [from, to) through the buffer. */
static bool pump(struct run *r, off_t from, off_t to, struct err *e)
{
	while (from < to && !r->cut) {
		size_t want = to - from < (off_t)BUFFER ? (size_t)(to - from) : BUFFER;
		ssize_t got = pread(r->src, r->f->buffer, want, from);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, "read");
		r->cut = got == 0;
		if (r->hash)
			hasher_add(r->f->hasher, r->f->buffer, (size_t)got);
		if (r->dst >= 0 && !put(r->dst, r->f->buffer, (size_t)got, from, e))
			return false;
		from += got;
		if (!stopped(r->shared, e))
			return false;
	}
	return true;
}

/* [from, to) without seeing it, where the kernel can; 0 bytes are an early end. */
static bool splice_over(struct run *r, off_t from, off_t to, struct err *e)
{
	while (from < to && !r->cut && !atomic_load(&r->shared->no_splice)) {
		size_t want = to - from < (off_t)SPLICE_MAX ? (size_t)(to - from) : SPLICE_MAX;
		int64_t n = plat_copy_range(r->src, r->dst, from, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO))
			return err_sys(e, "write");
		if (n < 0)
			atomic_store(&r->shared->no_splice, true);
		else
			from += n;
		r->cut = n == 0;
		if (!stopped(r->shared, e))
			return false;
	}
	return pump(r, from, to, e);
}

static bool over(struct run *r, off_t from, off_t to, struct err *e)
{
	return r->hash ? pump(r, from, to, e) : splice_over(r, from, to, e);
}

static bool all_of_it(struct run *r, bool sparse, struct err *e)
{
	off_t at = 0;

	if (!sparse)
		return over(r, 0, r->size, e);
	while (at < r->size && !r->cut) {
		off_t begin, end;

		next_data(r->src, at, r->size, &begin, &end);
		if ((r->hash && !hash_zeros(r->f, r->shared, begin - at, e)) ||
			!over(r, begin, end, e))
			return false;
		at = end;
	}
	if (r->dst >= 0 && ftruncate(r->dst, r->size) != 0)
		return err_sys(e, "write");
	return true;
}

/* ---- copies ---- */

static int create(int dir, const char *name, unsigned mode, struct err *e)
{
	int fd = openat(
		dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);

	if (fd < 0)
		err_sys(e, "create");
	return fd;
}

/* A descriptor to read a clone by; -1: none was made. */
static int clone(struct file_copy_shared *shared, int src, int dir, const char *name, unsigned mode)
{
	int fd = -1;

	if (!atomic_load_explicit(&shared->no_clone, memory_order_relaxed)) {
		fd = plat_clone(src, dir, name, mode);
		if (fd < 0 && errno != EEXIST && errno != ENOSPC)
			atomic_store(&shared->no_clone, true);
	}
	return fd;
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtime == b->st_mtime &&
	       plat_mtime_ns(a) == plat_mtime_ns(b) && a->st_ctime == b->st_ctime &&
	       plat_ctime_ns(a) == plat_ctime_ns(b);
}

/* Seconds and nanoseconds since then; below zero for a time to come. */
static int64_t ns_since(int64_t s, uint32_t ns)
{
	int64_t now_s;
	uint32_t now_ns;

	clock_now(&now_s, &now_ns);
	if (now_s - s > 1000 || s - now_s > 1000)
		return now_s > s ? INT64_MAX : INT64_MIN;
	return (now_s - s) * 1000000000 + ((int64_t)now_ns - (int64_t)ns);
}

/* Within one tick of the kernel's clock two writes leave the same times: a file that was
 * touched just now is given that tick, so that whatever comes next shows. */
static bool look(int src, struct file_copied *out, struct err *e)
{
	for (int wait = 0; wait < 2; wait++) {
		int64_t age, modified;

		if (fstat(src, &out->st) != 0)
			return err_sys(e, "stat");
		if (!S_ISREG(out->st.st_mode))
			return err_set(e, ERR_PRECONDITION_FAILED, "is no regular file any more");
		age = ns_since((int64_t)out->st.st_ctime, plat_ctime_ns(&out->st));
		modified = ns_since((int64_t)out->st.st_mtime, plat_mtime_ns(&out->st));
		out->settled = age > FILE_SETTLED_S * INT64_C(1000000000) &&
			       modified > FILE_SETTLED_S * INT64_C(1000000000);
		if (age < 0 || age > TICK_NS)
			return true;
		clock_sleep_ms(TICK_NS / 1000000);
	}
	return true;
}

static bool one_try(struct run *r, int dir, const char *name, unsigned mode,
	struct file_copied *out, struct err *e)
{
	own_fd int fd = clone(r->shared, r->src, dir, name, mode);
	struct run through = *r;
	bool ok;

	out->cloned = fd >= 0;
	if (fd >= 0) {
		through.src = fd; /* which holds still */
		through.dst = -1;
	} else {
		fd = create(dir, name, mode, e);
		if (fd < 0)
			return false;
		through.dst = fd;
	}
	ok = all_of_it(&through, is_sparse(&out->st), e);
	hasher_end(r->f->hasher, out->sha256);
	r->cut = through.cut;
	return ok;
}

bool file_copy_hashed(struct file_copier *f, struct file_copy_shared *shared, int src, int dir,
	const char *name, unsigned mode, struct file_copied *out, struct err *e)
{
	for (out->tries = 1; out->tries <= FILE_COPY_TRIES; out->tries++) {
		struct run r = {.f = f, .shared = shared, .src = src, .hash = true};
		struct stat after;

		if (!look(src, out, e))
			return false;
		r.size = out->st.st_size;
		if (!one_try(&r, dir, name, mode, out, e))
			return false;
		if (fstat(src, &after) != 0)
			return err_sys(e, "stat");
		if (!r.cut && same(&out->st, &after))
			return true;
		if (unlinkat(dir, name, 0) != 0)
			return err_sys(e, "read again");
	}
	return err_set(e, ERR_PRECONDITION_FAILED, "changed each of %d times it was read",
		FILE_COPY_TRIES);
}

bool file_copy_plain(struct file_copier *f, struct file_copy_shared *shared, int src, int dir,
	const char *name, unsigned mode, uint64_t size, const struct timespec *mtime, struct err *e)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_nsec = UTIME_OMIT}};
	struct run r = {.f = f, .shared = shared, .src = src, .dst = -1, .size = (off_t)size};
	own_fd int fd = -1;
	struct stat st;

	if (fstat(src, &st) != 0)
		return err_sys(e, "stat");
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != size)
		return err_set(e, ERR_METADATA_CORRUPTION, "is not what its manifest says");
	fd = clone(shared, src, dir, name, 0600);
	if (fd < 0) {
		fd = create(dir, name, 0600, e);
		r.dst = fd;
		if (fd < 0 || !all_of_it(&r, is_sparse(&st), e))
			return false;
	}
	if (r.cut)
		return err_set(e, ERR_METADATA_CORRUPTION, "is not what its manifest says");
	if (mtime)
		times[1] = *mtime;
	if (fchmod(fd, (mode_t)mode) != 0 || (mtime && futimens(fd, times) != 0))
		return err_sys(e, "set mode and times");
	return true;
}
