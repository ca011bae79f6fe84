#include "tree/manifest.h"

#include <openssl/evp.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "data/jsonout.h"
#include "os/draft.h"
#include "os/fd.h"

#define FLUSH_AT (64u << 10)

struct manifest_out {
	struct draft draft;
	struct buf text, line, last, word;
	struct json_out json;
	uint64_t entries, bytes;
};

static bool flush(struct manifest_out *m, struct err *e)
{
	if (!fd_write_all(m->draft.fd, buf_view(&m->text), m->draft.path, e))
		return false;
	buf_clear(&m->text);
	return true;
}

struct manifest_out *manifest_create(const char *path, const struct strmap *head, struct err *e)
{
	struct manifest_out *m = mem_alloc(sizeof(*m));

	m->draft = DRAFT_NONE;
	if (!draft_open(&m->draft, path, e)) {
		manifest_abort(m);
		return NULL;
	}
	m->json.out = &m->text;
	jout_object(&m->json);
	for (size_t i = 0; head && i < head->keys.n; i++)
		jout_kv_z(&m->json, head->keys.v[i], head->values.v[i]);
	jout_key(&m->json, "entries");
	jout_array(&m->json);
	return m;
}

static void add_bytes(struct manifest_out *m, struct json_out *j, const char *key,
	const char *key_b64, struct str bytes)
{
	if (utf8_valid(bytes)) {
		jout_kv_str(j, key, bytes);
		return;
	}
	buf_clear(&m->word);
	buf_reserve(&m->word, bytes.n / 3 * 4 + 8);
	m->word.n = (size_t)EVP_EncodeBlock(
		(unsigned char *)m->word.p, (const unsigned char *)bytes.p, (int)bytes.n);
	jout_kv_str(j, key_b64, buf_view(&m->word));
}

static const char *type_word(enum file_type t)
{
	switch (t) {
	case FILE_DIR:
		return "dir";
	case FILE_LINK:
		return "symlink";
	default:
		return "file";
	}
}

/* RFC 3339 has years of four digits; some file systems have longer ones. */
static bool time_fits(int64_t s)
{
	return s >= -INT64_C(62135596800) && s < INT64_C(253402300800);
}

static void add_mtime(struct manifest_out *m, struct json_out *j, const struct manifest_entry *en)
{
	if (!en->has_mtime || !time_fits(en->mtime_s))
		return;
	buf_clear(&m->word);
	time_rfc3339(&m->word, en->mtime_s, en->mtime_ns);
	jout_kv_str(j, "mtime", buf_view(&m->word));
}

/* One entry into m->line, with the line break before it. */
static void render(struct manifest_out *m, const struct manifest_entry *en)
{
	struct json_out j = {.out = &m->line};

	buf_clear(&m->line);
	buf_putc(&m->line, '\n');
	jout_object(&j);
	add_bytes(m, &j, "path", "path_b64", en->path);
	jout_kv_z(&j, "type", type_word(en->type));
	jout_kv_i64(&j, "mode", en->mode);
	add_mtime(m, &j, en);
	if (en->type == FILE_REG)
		jout_kv_i64(&j, "size", (int64_t)en->size);
	if (en->has_sha256) {
		buf_clear(&m->word);
		hash_hex(&m->word, en->sha256);
		jout_kv_str(&j, "sha256", buf_view(&m->word));
	}
	if (en->type == FILE_LINK)
		add_bytes(m, &j, "link_target", "link_target_b64", en->link_target);
	jout_end(&j);
}

bool manifest_add(struct manifest_out *m, const struct manifest_entry *en, struct err *e)
{
	if (!manifest_path_safe(en->path) ||
		(m->entries && str_cmp(en->path, buf_view(&m->last)) <= 0))
		return err_set(
			e, ERR_INTERNAL, "manifest: \"%.*s\" is out of order", STRF(en->path));
	buf_clear(&m->last);
	buf_str(&m->last, en->path);
	m->entries++;
	if (en->type == FILE_REG)
		m->bytes += en->size;
	render(m, en);
	jout_raw(&m->json, buf_view(&m->line));
	return m->text.n < FLUSH_AT || flush(m, e);
}

bool manifest_commit(struct manifest_out *m, const char *tree_root, struct err *e)
{
	bool ok;

	buf_putc(&m->text, '\n');
	jout_end(&m->json);
	jout_kv_i64(&m->json, "entry_count", (int64_t)m->entries);
	jout_kv_i64(&m->json, "total_bytes", (int64_t)m->bytes);
	if (tree_root)
		jout_kv_z(&m->json, "tree_root", tree_root);
	jout_end(&m->json);
	buf_putc(&m->text, '\n');
	ok = flush(m, e) && draft_commit(&m->draft, 0600, e);
	manifest_abort(m);
	return ok;
}

void manifest_abort(struct manifest_out *m)
{
	if (!m)
		return;
	draft_drop(&m->draft);
	buf_fini(&m->text);
	buf_fini(&m->line);
	buf_fini(&m->last);
	buf_fini(&m->word);
	free(m);
}
