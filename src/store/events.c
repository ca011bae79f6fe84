#include "store/events.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "data/json.h"
#include "data/jsonout.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/lock.h"

#define ROTATE_AT (4u << 20)
#define LINE_MAX_READ (1u << 20)
#define VALUE_MAX (16u << 10) /* of a value written: an error may hold a tool's whole output */
#define CHUNK (64u << 10)

static const struct field event_rows[] = {
	{"timestamp", F_STR, offsetof(struct event, timestamp), 0, NULL},
	{"type", F_STR, offsetof(struct event, type), 0, NULL},
	{"message", F_STR, offsetof(struct event, message), F_OPT, NULL},
	{"fields", F_MAP, offsetof(struct event, fields), F_OPT, NULL},
};
const struct fields event_fields = {"event", event_rows, countof(event_rows), sizeof(struct event)};

static void put_cut(struct json_out *j, const char *key, const char *value)
{
	struct str s = str_z(value);

	if (s.n > VALUE_MAX)
		s.n = VALUE_MAX;
	jout_kv_str(j, key, s);
}

static void put_event(
	struct buf *line, const char *type, const char *message, const char *const *fields)
{
	struct json_out j = {.out = line};
	own_buf struct buf now = {0};

	clock_rfc3339(&now);
	jout_object(&j);
	jout_kv_str(&j, "timestamp", buf_view(&now));
	jout_kv_z(&j, "type", type);
	if (message && *message)
		put_cut(&j, "message", message);
	if (fields && *fields) {
		jout_key(&j, "fields");
		jout_object(&j);
		for (; *fields; fields += 2)
			if (fields[1])
				put_cut(&j, fields[0], fields[1]);
		jout_end(&j);
	}
	jout_end(&j);
	buf_putc(line, '\n');
}

/* Another process may be rotating: the size is looked at again under the lock. */
static void rotate(const struct home *h, const char *path)
{
	own_lock struct lock lock = LOCK_NONE;
	own_buf struct buf lock_path = {0}, old = {0};
	struct file_stat st;

	home_path(h, &lock_path, "_locks/events.lock");
	if (!lock_take(&lock, buf_z(&lock_path), 0, "events", NULL))
		return;
	buf_printf(&old, "%s.1", path);
	if (file_stat(path, &st) && st.size >= ROTATE_AT)
		file_rename(path, buf_z(&old), NULL);
}

/* A line that a killed process left without its end would swallow ours. */
static bool ends_torn(const char *path, uint64_t size)
{
	own_fd int fd = size ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	char last = '\n';

	return fd >= 0 && pread(fd, &last, 1, (off_t)size - 1) == 1 && last != '\n';
}

bool event_append(const struct home *h, enum record_type t, const char *id, const char *type,
	const char *message, const char *const *fields, struct err *e)
{
	own_buf struct buf dir = {0}, path = {0}, line = {0};
	struct file_stat st;

	record_dir(h, t, id, &dir);
	path_join(&path, buf_z(&dir), "events.jsonl");
	if (file_stat(buf_z(&path), &st) && st.size >= ROTATE_AT)
		rotate(h, buf_z(&path));
	else if (ends_torn(buf_z(&path), st.size))
		buf_putc(&line, '\n');
	put_event(&line, type, message, fields);
	return file_append(buf_z(&path), buf_view(&line), e);
}

void event_note(const struct home *h, const struct ctx *c, enum record_type t, const char *id,
	const char *type, const char *message, const char *const *fields)
{
	own_err struct err e = {0};

	if (!event_append(h, t, id, type, message, fields, &e))
		ctx_notice(c, LEVEL_WARN, "%s", buf_z(&e.msg));
}

static void add_field(struct strmap *to, const char *key, const json_t *value)
{
	own_mem char *text = NULL;

	if (!json_is_string(value))
		text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	strmap_set(to, key, json_is_string(value) ? json_string_value(value) : text);
}

static void read_line(struct str line, struct event_list *out)
{
	own_json json_t *j = NULL;
	struct event ev = {0};
	json_t *fields;
	void *it;

	line = str_trim(line);
	if (!line.n || !json_read(line, "events.jsonl", &j, NULL) || !json_get_str(j, "type"))
		return;
	fields = json_object_get(j, "fields");
	ev.timestamp = mem_strdup(json_get_str(j, "timestamp"));
	ev.type = mem_strdup(json_get_str(j, "type"));
	ev.message = mem_strdup(json_get_str(j, "message"));
	for (it = json_object_iter(fields); it; it = json_object_iter_next(fields, it))
		add_field(&ev.fields, json_object_iter_key(it), json_object_iter_value(it));
	out->v = mem_array(out->v, out->n + 1, sizeof(*out->v));
	out->v[out->n++] = ev;
}

/* Lines of a stream in bounded memory: what is longer than LINE_MAX_READ is
 * thrown away up to its end. */
struct lines {
	struct buf held;
	bool skipping;
};

static void take_chunk(struct lines *l, struct str chunk, struct event_list *out)
{
	struct str piece;

	while (chunk.p && chunk.n) {
		size_t end = str_find(chunk, '\n');

		piece = str_n(chunk.p, end);
		if (!l->skipping)
			buf_str(&l->held, piece);
		if (l->held.n > LINE_MAX_READ) {
			l->skipping = true;
			buf_clear(&l->held);
		}
		if (end == chunk.n)
			return;
		read_line(buf_view(&l->held), out);
		buf_clear(&l->held);
		l->skipping = false;
		chunk = str_from(chunk, end + 1);
	}
}

static bool read_events(const char *path, struct event_list *out, struct err *e)
{
	own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	own_mem char *chunk = NULL;
	struct lines l = {0};
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT || err_sys(e, "open %s", path);
	chunk = mem_alloc(CHUNK);
	while ((n = read(fd, chunk, CHUNK)) > 0)
		take_chunk(&l, str_n(chunk, (size_t)n), out);
	buf_fini(&l.held); /* without a newline: torn */
	return n == 0 || err_sys(e, "read %s", path);
}

bool events_read(const struct home *h, enum record_type t, const char *id, struct event_list *out,
	struct err *e)
{
	own_buf struct buf dir = {0}, path = {0};
	struct event_list l = {0};

	record_dir(h, t, id, &dir);
	if (!read_events(path_join(&path, buf_z(&dir), "events.jsonl.1"), &l, e) ||
		!read_events(path_join(&path, buf_z(&dir), "events.jsonl"), &l, e)) {
		event_list_fini(&l);
		return false;
	}
	*out = l;
	return true;
}

void event_list_fini(struct event_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].timestamp);
		free(l->v[i].type);
		free(l->v[i].message);
		strmap_fini(&l->v[i].fields);
	}
	free(l->v);
	*l = (struct event_list){0};
}
