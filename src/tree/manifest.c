#include "tree/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/jsonscan.h"
#include "os/fd.h"

enum key {
	K_PATH,
	K_PATH_B64,
	K_TYPE,
	K_MODE,
	K_MTIME,
	K_SIZE,
	K_SHA256,
	K_LINK,
	K_LINK_B64,
	K_UNKNOWN,
};

static const char *const key_names[] = {
	[K_PATH] = "path",
	[K_PATH_B64] = "path_b64",
	[K_TYPE] = "type",
	[K_MODE] = "mode",
	[K_MTIME] = "mtime",
	[K_SIZE] = "size",
	[K_SHA256] = "sha256",
	[K_LINK] = "link_target",
	[K_LINK_B64] = "link_target_b64",
};
_Static_assert(countof(key_names) == K_UNKNOWN, "every key has its name");

struct manifest_in {
	int fd;
	char *path;
	struct json_scan scan;
	struct strmap *head;
	bool first_member, first_entry;
	bool in_entries, had_entries;
	int64_t count, said; /* entries seen; entry_count, -1 when not (yet) said */
	struct buf entry_path, last, link, word;
	char chunk[64u << 10];
};

bool manifest_path_safe(struct str path)
{
	struct str part;

	if (!path.n || str_has_nul(path))
		return false;
	while (str_split(&path, '/', &part))
		if (!part.n || str_eqz(part, ".") || str_eqz(part, ".."))
			return false;
	return true;
}

static int more(void *arg, struct str *chunk, struct err *e)
{
	struct manifest_in *m = arg;
	ssize_t n;

	do
		n = read(m->fd, m->chunk, sizeof(m->chunk));
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		err_sys(e, "read %s", m->path);
		return -1;
	}
	*chunk = str_n(m->chunk, (size_t)n);
	return n > 0;
}

/* ---- one entry ---- */

static enum key key_of(struct str name)
{
	for (enum key k = 0; k < K_UNKNOWN; k++)
		if (str_eqz(name, key_names[k]))
			return k;
	return K_UNKNOWN;
}

static bool decode(struct manifest_in *m, struct buf *out, struct err *e)
{
	size_t pad = str_ends(buf_view(&m->word), STR("=="))
			     ? 2
			     : str_ends(buf_view(&m->word), STR("="));
	int n;

	buf_clear(out);
	buf_reserve(out, m->word.n);
	n = EVP_DecodeBlock(
		(unsigned char *)out->p, (const unsigned char *)buf_z(&m->word), (int)m->word.n);
	if (n < 0 || (size_t)n < pad)
		return jscan_bad(&m->scan, e, "malformed base64");
	out->n = (size_t)n - pad;
	return true;
}

static bool get_type(struct manifest_in *m, struct manifest_entry *en, struct err *e)
{
	struct str word = buf_view(&m->word);

	if (str_eqz(word, "file"))
		en->type = FILE_REG;
	else if (str_eqz(word, "dir"))
		en->type = FILE_DIR;
	else if (str_eqz(word, "symlink") || str_eqz(word, "link"))
		en->type = FILE_LINK;
	else
		return jscan_bad(&m->scan, e, "unknown type \"%.*s\"", STRF(word));
	return true;
}

static bool get_number(struct manifest_in *m, int64_t max, int64_t *v, struct err *e)
{
	if (!jscan_i64(&m->scan, v, e))
		return false;
	return (*v >= 0 && *v <= max) || jscan_bad(&m->scan, e, "a number out of range");
}

/* The value of one key, when it is a text: it has just been read into m->word. */
static bool get_text(struct manifest_in *m, enum key k, struct manifest_entry *en, struct err *e)
{
	switch (k) {
	case K_TYPE:
		return get_type(m, en, e);
	case K_MTIME:
		en->has_mtime = time_parse(buf_view(&m->word), &en->mtime_s, &en->mtime_ns);
		return en->has_mtime || jscan_bad(&m->scan, e, "malformed mtime");
	case K_SHA256:
		en->has_sha256 = hash_parse(buf_view(&m->word), en->sha256);
		return en->has_sha256 || jscan_bad(&m->scan, e, "malformed sha256");
	case K_PATH_B64:
		return decode(m, &m->entry_path, e);
	case K_LINK_B64:
		return decode(m, &m->link, e);
	default:
		return true;
	}
}

static bool get_value(struct manifest_in *m, enum key k, struct manifest_entry *en, struct err *e)
{
	int64_t v = 0;

	switch (k) {
	case K_PATH:
		return jscan_string(&m->scan, &m->entry_path, e);
	case K_LINK:
		return jscan_string(&m->scan, &m->link, e);
	case K_MODE:
		if (!get_number(m, 07777, &v, e))
			return false;
		en->mode = (unsigned)v;
		return true;
	case K_SIZE:
		if (!get_number(m, INT64_MAX, &v, e))
			return false;
		en->size = (uint64_t)v;
		return true;
	case K_UNKNOWN:
		return jscan_skip(&m->scan, e);
	default:
		return jscan_string(&m->scan, &m->word, e) && get_text(m, k, en, e);
	}
}

#define BIT(k) (1u << (k))

static bool complete(
	struct manifest_in *m, const struct manifest_entry *en, unsigned seen, struct err *e)
{
	if (!(seen & (BIT(K_PATH) | BIT(K_PATH_B64))) || !(seen & BIT(K_TYPE)))
		return jscan_bad(&m->scan, e, "an entry without path or type");
	if (!manifest_path_safe(en->path))
		return jscan_bad(&m->scan, e, "the path \"%.*s\" is not safe", STRF(en->path));
	if (m->count && str_cmp(en->path, buf_view(&m->last)) <= 0)
		return jscan_bad(&m->scan, e, "\"%.*s\" is out of order", STRF(en->path));
	if (en->type == FILE_LINK && (!en->link_target.n || str_has_nul(en->link_target)))
		return jscan_bad(&m->scan, e, "a link without a target");
	return true;
}

static bool read_entry(struct manifest_in *m, struct manifest_entry *en, struct err *e)
{
	unsigned seen = 0;
	bool first = true;
	int got;

	*en = (struct manifest_entry){0};
	buf_clear(&m->entry_path);
	buf_clear(&m->link);
	if (!jscan_expect(&m->scan, '{', e))
		return false;
	while ((got = jscan_member(&m->scan, &first, &m->word, e)) > 0) {
		enum key k = key_of(buf_view(&m->word));

		if (k != K_UNKNOWN && seen & BIT(k))
			return jscan_bad(&m->scan, e, "\"%s\" stands twice", key_names[k]);
		seen |= BIT(k);
		if (!get_value(m, k, en, e))
			return false;
	}
	en->path = buf_view(&m->entry_path);
	if (en->type == FILE_LINK)
		en->link_target = buf_view(&m->link);
	return got == 0 && complete(m, en, seen, e);
}

/* ---- the document ---- */

/* A value of the top level; true when it was the opening of the entries, or read. */
static bool head_value(struct manifest_in *m, const char *key, struct err *e)
{
	int c = jscan_peek(&m->scan, e);
	int64_t v;

	if (strcmp(key, "entries") == 0) {
		if (m->had_entries)
			return jscan_bad(&m->scan, e, "\"entries\" stands twice");
		m->in_entries = m->had_entries = true;
		return jscan_expect(&m->scan, '[', e);
	}
	if (strcmp(key, "entry_count") == 0) {
		if (!get_number(m, INT64_MAX, &m->said, e))
			return false;
		v = m->said;
	} else if (c == '"') {
		if (!jscan_string(&m->scan, &m->word, e))
			return false;
		if (m->head)
			strmap_set(m->head, key, buf_z(&m->word));
		return true;
	} else if ((c >= '0' && c <= '9') || c == '-') {
		if (!jscan_i64(&m->scan, &v, e))
			return false;
	} else {
		return jscan_skip(&m->scan, e);
	}
	buf_clear(&m->word);
	buf_printf(&m->word, "%lld", (long long)v);
	if (m->head)
		strmap_set(m->head, key, buf_z(&m->word));
	return true;
}

/* Reads the top level up to the entries (1) or its end (0). */
static int read_head(struct manifest_in *m, struct err *e)
{
	own_buf struct buf key = {0};
	int got;

	while ((got = jscan_member(&m->scan, &m->first_member, &key, e)) > 0) {
		if (!head_value(m, buf_z(&key), e))
			return -1;
		if (m->in_entries)
			return 1;
	}
	return got;
}

static int finish(struct manifest_in *m, struct err *e)
{
	int got = read_head(m, e);

	if (got != 0)
		return -1;
	if (m->said >= 0 && m->said != m->count) {
		jscan_bad(&m->scan, e, "entry_count is %lld, but there are %lld",
			(long long)m->said, (long long)m->count);
		return -1;
	}
	return jscan_end(&m->scan, e) ? 0 : -1;
}

int manifest_next(struct manifest_in *m, struct manifest_entry *en, struct err *e)
{
	int got;

	if (!m->in_entries)
		return 0;
	got = jscan_item(&m->scan, &m->first_entry, e);
	if (got > 0 && !read_entry(m, en, e))
		got = -1;
	if (got > 0) {
		buf_clear(&m->last);
		buf_str(&m->last, en->path);
		m->count++;
		return 1;
	}
	m->in_entries = false;
	return got < 0 ? -1 : finish(m, e);
}

struct manifest_in *manifest_open(const char *path, struct strmap *head, struct err *e)
{
	struct manifest_in *m = mem_alloc(sizeof(*m));

	m->path = mem_strdup(path);
	m->head = head;
	m->first_member = m->first_entry = true;
	m->said = -1;
	m->scan = (struct json_scan){.more = more, .arg = m, .name = m->path};
	m->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (m->fd < 0) {
		err_sys(e, "open %s", path);
	} else if (jscan_expect(&m->scan, '{', e)) {
		int got = read_head(m, e);

		if (got > 0)
			return m;
		if (got == 0)
			jscan_bad(&m->scan, e, "the list of entries is missing");
	}
	manifest_close(m);
	return NULL;
}

void manifest_close(struct manifest_in *m)
{
	if (!m)
		return;
	fd_close_p(&m->fd);
	free(m->path);
	buf_fini(&m->entry_path);
	buf_fini(&m->last);
	buf_fini(&m->link);
	buf_fini(&m->word);
	free(m);
}
