#include "lima/logtail.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"

#define ROUND (1u << 20)
#define CHUNK (64u << 10)

void logtail_init(struct logtail *t, const char *path)
{
	*t = (struct logtail){.path = mem_strdup(path)};
	file_stat(path, &t->old);
	t->seen = t->old;
}

void logtail_from_start(struct logtail *t)
{
	t->old.type = FILE_NONE;
}

void logtail_fini(struct logtail *t)
{
	mem_free_p(&t->path);
	lines_fini(&t->lines);
	*t = (struct logtail){0};
}

/* An inode's number is used again at once by some file systems, its time is not. */
static bool is_same_file(const struct file_stat *a, const struct file_stat *b)
{
	return a->ino == b->ino && a->dev == b->dev && b->size >= a->size;
}

static bool is_untouched(const struct file_stat *a, const struct file_stat *b)
{
	return is_same_file(a, b) && a->size == b->size && a->mtime_s == b->mtime_s &&
	       a->mtime_ns == b->mtime_ns;
}

static bool look(const struct logtail *t, struct file_stat *st)
{
	return file_stat(t->path, st) && st->type == FILE_REG &&
	       !(t->old.type == FILE_REG && is_untouched(&t->old, st));
}

uint64_t logtail_size(const struct logtail *t, bool *there)
{
	struct file_stat st;

	*there = look(t, &st);
	return *there ? st.size : 0;
}

static void read_on(struct logtail *t, lines_fn *fn, void *arg)
{
	own_fd int fd = open(t->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char chunk[CHUNK];
	size_t left = ROUND;
	ssize_t n;

	while (fd >= 0 && left && (n = pread(fd, chunk, sizeof(chunk), (off_t)t->offset)) > 0) {
		t->offset += (uint64_t)n;
		left -= left < (size_t)n ? left : (size_t)n;
		lines_feed(&t->lines, str_n(chunk, (size_t)n), fn, arg);
	}
}

void logtail_poll(struct logtail *t, lines_fn *fn, void *arg)
{
	struct file_stat st;

	if (!look(t, &st))
		return;
	logtail_from_start(t); /* from here on the file is ours to read */
	if (!is_same_file(&t->seen, &st) || st.size < t->offset) {
		t->offset = 0;
		lines_fini(&t->lines);
	}
	t->seen = st;
	if (st.size > t->offset)
		read_on(t, fn, arg);
}
