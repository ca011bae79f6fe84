#include "store/record_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/yaml.h"
#include "os/fd.h"

/* False: the folder could not be read to its end, errno tells why. */
static bool folder_ids(struct record_scan *s, DIR *d)
{
	size_t cap = 0;
	struct dirent *de;

	while (errno = 0, (de = readdir(d))) {
		if (de->d_name[0] == '.')
			continue;
		if (!id_valid(str_z(de->d_name))) {
			strv_add(&s->odd, de->d_name);
			continue;
		}
		if (s->n == cap) {
			cap = cap ? cap * 2 : 64;
			s->ids = mem_array(s->ids, cap, sizeof(*s->ids));
		}
		memcpy(s->ids[s->n++], de->d_name, sizeof(*s->ids));
	}
	return errno == 0;
}

bool record_scan_open(
	struct record_scan *s, const struct home *h, enum record_type t, struct err *e)
{
	int names;
	DIR *d;
	bool ok;

	*s = (struct record_scan){.type = t, .dir = -1};
	home_path(h, &s->path_buf, "%s/", record_types[t].folder);
	s->stem = s->path_buf.n;
	s->dir = open(s->path_buf.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return errno == ENOENT || err_sys(e, "open %s", s->path_buf.p);
	names = fcntl(s->dir, F_DUPFD_CLOEXEC, 0);
	d = names < 0 ? NULL : fdopendir(names);
	if (!d) {
		err_sys(e, "list %s", s->path_buf.p);
		fd_close_p(&names);
		return false;
	}
	ok = folder_ids(s, d) || err_sys(e, "list %s", s->path_buf.p);
	closedir(d);
	return ok;
}

void record_scan_part(
	struct record_scan *part, const struct record_scan *whole, size_t from, size_t to)
{
	*part = (struct record_scan){.type = whole->type,
		.dir = whole->dir,
		.ids = whole->ids,
		.n = to,
		.at = from,
		.stem = whole->stem,
		.is_part = true};
	buf_add(&part->path_buf, whole->path_buf.p, whole->stem);
}

/* A regular file's read(2) is short only at its end, so one is enough. */
static bool read_whole(int fd, struct buf *out)
{
	ssize_t n;

	buf_clear(out);
	buf_reserve(out, 4096);
	while ((n = read(fd, out->p + out->n, out->cap - out->n - 1)) > 0) {
		out->n += (size_t)n;
		out->p[out->n] = '\0';
		if (out->n + 1 < out->cap)
			return true;
		if (out->n > YAML_MAX_SIZE)
			break;
		buf_reserve(out, out->n);
	}
	return n >= 0;
}

static void set_path(struct record_scan *s)
{
	buf_cut(&s->path_buf, s->stem);
	buf_puts(&s->path_buf, s->id);
	buf_putc(&s->path_buf, '/');
	buf_puts(&s->path_buf, record_types[s->type].file);
	s->path = s->path_buf.p;
}

/* A record where none is looked for, such as in a copy of a directory that a person made. */
static enum record_scan_got next_odd(struct record_scan *s, struct err *e)
{
	struct stat st;

	s->text = (struct str){0};
	while (s->odd_at < s->odd.n) {
		s->id = s->odd.v[s->odd_at++];
		set_path(s);
		if (fstatat(s->dir, s->path + s->stem, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		err_set(e, ERR_METADATA_CORRUPTION, "%s: its directory's name is no id", s->path);
		return SCAN_UNREADABLE;
	}
	return SCAN_END;
}

enum record_scan_got record_scan_next(struct record_scan *s, struct err *e)
{
	while (s->at < s->n) {
		own_fd int fd = -1;

		s->id = s->ids[s->at++];
		set_path(s);
		s->text = (struct str){0};
		fd = openat(s->dir, s->path + s->stem, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 || !read_whole(fd, &s->text_buf)) {
			err_sys(e, "read %s", s->path);
			return SCAN_UNREADABLE;
		}
		s->text = buf_view(&s->text_buf);
		return SCAN_RECORD;
	}
	return next_odd(s, e);
}

void record_scan_close(struct record_scan *s)
{
	if (s->path_buf.n && !s->is_part)
		fd_close_p(&s->dir);
	if (!s->is_part)
		free(s->ids);
	strv_fini(&s->odd);
	buf_fini(&s->path_buf);
	buf_fini(&s->text_buf);
	*s = (struct record_scan){.dir = -1};
}
