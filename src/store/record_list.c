#include "store/record_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/yaml.h"
#include "model/id.h"
#include "os/fd.h"
#include "store/builtin.h"
#include "store/record_text.h"

typedef char id_text[ID_LEN + 1];

/* What one pass over a folder works with: buffers are used again for each record. */
struct scan {
	enum record_type t;
	const struct ctx *ctx; /* NULL: quiet */
	int dir;
	struct buf path; /* "<home>/nodes/<id>/node.yaml" */
	size_t stem;	 /* length of "<home>/nodes/" */
	struct buf text;
};

/* The ids of a folder, in no order. A missing folder has none. */
static bool folder_ids(int dir, id_text **ids, size_t *n, struct err *e)
{
	DIR *d = fdopendir(dir);
	size_t cap = 0;
	struct dirent *de;

	if (!d) {
		err_sys(e, "list records");
		close(dir);
		return false;
	}
	while ((de = readdir(d))) {
		if (!id_valid(str_z(de->d_name)))
			continue;
		if (*n == cap) {
			cap = cap ? cap * 2 : 64;
			*ids = mem_array(*ids, cap, sizeof(**ids));
		}
		memcpy((*ids)[(*n)++], de->d_name, sizeof(**ids));
	}
	closedir(d);
	return true;
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

/* 1: loaded, 0: nothing there, -1: unreadable. */
static int load_one(struct scan *s, const char *id, void *rec, struct err *e)
{
	own_fd int fd = -1;

	buf_cut(&s->path, s->stem);
	buf_printf(&s->path, "%s/%s", id, record_types[s->t].file);
	fd = openat(s->dir, s->path.p + s->stem, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || !read_whole(fd, &s->text)) {
		err_sys(e, "read %s", s->path.p);
		return -1;
	}
	return record_parse(s->t, buf_view(&s->text), s->path.p, id, rec, e) ? 1 : -1;
}

static void scan_all(struct scan *s, const id_text *ids, size_t n, struct record_list *out)
{
	size_t size = record_fields(s->t)->size;

	out->v = mem_alloc(n * size);
	for (size_t i = 0; i < n; i++) {
		own_err struct err why = {0};
		void *rec = record_at(out, out->n);
		int got = load_one(s, ids[i], rec, &why);

		if (got < 0) {
			out->skipped++;
			ctx_notice(s->ctx, LEVEL_WARN, "%s is skipped: %s", record_word(s->t),
				buf_z(&why.msg));
		}
		out->n += got > 0;
	}
}

struct order {
	int64_t seconds;
	uint32_t nanos;
	const char *id;
	size_t at;
};

static int by_creation(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->seconds != y->seconds)
		return x->seconds < y->seconds ? -1 : 1;
	if (x->nanos != y->nanos)
		return x->nanos < y->nanos ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* Times are compared as times: their texts cut trailing zeros. */
static void sort_records(struct record_list *l)
{
	size_t size = record_fields(l->type)->size;
	own_mem struct order *keys = mem_alloc(l->n * sizeof(*keys));
	char *sorted = mem_alloc(l->n * size);

	for (size_t i = 0; i < l->n; i++) {
		const void *rec = record_at(l, i);

		keys[i].id = record_get(l->type, rec, SLOT_ID);
		keys[i].at = i;
		time_parse(str_z(record_get(l->type, rec, SLOT_CREATED)), &keys[i].seconds,
			&keys[i].nanos);
	}
	if (l->n)
		qsort(keys, l->n, sizeof(*keys), by_creation);
	for (size_t i = 0; i < l->n; i++)
		memcpy(sorted + i * size, record_at(l, keys[i].at), size);
	free(l->v);
	l->v = sorted;
}

static bool slug_listed(const struct record_list *l, const char *slug)
{
	for (size_t i = 0; i < l->n; i++)
		if (z_eq(record_get(l->type, record_at(l, i), SLOT_SLUG), slug))
			return true;
	return false;
}

/* Told apart from stored ones by nothing: a fresh home must look like a used one. */
static void add_builtins(struct record_list *l)
{
	for (size_t i = 0; i < BUILTIN_ENVIRONMENTS; i++) {
		struct environment fresh = {0};

		if (slug_listed(l, builtin_environments[i].slug))
			continue;
		fields_copy(&environment_fields, &fresh, &builtin_environments[i]);
		l->v = mem_array(l->v, l->n + 1, sizeof(fresh));
		memcpy(record_at(l, l->n++), &fresh, sizeof(fresh));
	}
}

static void drop_deleted(struct record_list *l)
{
	size_t kept = 0, size = record_fields(l->type)->size;

	for (size_t i = 0; i < l->n; i++) {
		void *rec = record_at(l, i);

		if (record_get(l->type, rec, SLOT_DELETED))
			fields_fini(record_fields(l->type), rec);
		else
			memmove(record_at(l, kept++), rec, size);
	}
	l->n = kept;
}

static bool scan_folder(struct scan *s, struct record_list *out, struct err *e)
{
	own_mem id_text *ids = NULL;
	size_t n = 0;
	int names;

	s->dir = open(s->path.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0)
		return errno == ENOENT || err_sys(e, "open %s", s->path.p);
	names = fcntl(s->dir, F_DUPFD_CLOEXEC, 0);
	if (names < 0)
		return err_sys(e, "open %s", s->path.p);
	if (!folder_ids(names, &ids, &n, e))
		return false;
	scan_all(s, (const id_text *)ids, n, out);
	return true;
}

bool records_list(const struct home *h, const struct ctx *c, enum record_type t, unsigned flags,
	struct record_list *out, struct err *e)
{
	struct scan s = {.t = t, .ctx = flags & LIST_QUIET ? NULL : c, .dir = -1};
	bool ok;

	*out = (struct record_list){.type = t};
	home_path(h, &s.path, "%s/", record_types[t].folder);
	s.stem = s.path.n;
	ok = scan_folder(&s, out, e);
	fd_close_p(&s.dir);
	buf_fini(&s.path);
	buf_fini(&s.text);
	if (!ok)
		return false;
	if (t == REC_ENVIRONMENT && !h->schema && !(flags & LIST_STORED))
		add_builtins(out);
	if (!(flags & LIST_DELETED))
		drop_deleted(out);
	sort_records(out);
	return true;
}

void *record_at(const struct record_list *l, size_t i)
{
	return (char *)l->v + i * record_fields(l->type)->size;
}

void record_list_fini(struct record_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		fields_fini(record_fields(l->type), record_at(l, i));
	free(l->v);
	*l = (struct record_list){.type = l->type};
}
