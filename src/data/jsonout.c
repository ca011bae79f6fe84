#include "data/jsonout.h"

#include <inttypes.h>

#include "base/utf8.h"

#define MAX_LEVELS 64

static void line_break(struct json_out *j)
{
	if (!j->pretty)
		return;
	buf_putc(j->out, '\n');
	for (int i = 0; i < j->depth * j->pretty; i++)
		buf_putc(j->out, ' ');
}

/* What stands between two members or items; nothing between a key and its value. */
static void separate(struct json_out *j)
{
	uint64_t bit;

	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (!j->depth)
		return;
	bit = UINT64_C(1) << (j->depth - 1);
	if (j->open & bit)
		buf_putc(j->out, ',');
	j->open |= bit;
	line_break(j);
}

static void begin(struct json_out *j, bool array)
{
	uint64_t bit;

	separate(j);
	if (j->depth == MAX_LEVELS)
		abort(); /* the caller's own nesting, never data's */
	buf_putc(j->out, array ? '[' : '{');
	bit = UINT64_C(1) << j->depth++;
	j->open &= ~bit;
	j->arrays = array ? j->arrays | bit : j->arrays & ~bit;
}

void jout_object(struct json_out *j)
{
	begin(j, false);
}

void jout_array(struct json_out *j)
{
	begin(j, true);
}

void jout_end(struct json_out *j)
{
	uint64_t bit = UINT64_C(1) << --j->depth;

	if (j->open & bit)
		line_break(j);
	buf_putc(j->out, j->arrays & bit ? ']' : '}');
}

static void put_escape(struct buf *out, uint32_t cp)
{
	static const char named[] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};

	if (cp == '"' || cp == '\\')
		buf_printf(out, "\\%c", (char)cp);
	else if (cp < sizeof(named) && named[cp])
		buf_printf(out, "\\%c", named[cp]);
	else
		buf_printf(out, "\\u%04x", cp == UTF8_BAD ? 0xFFFD : cp);
}

/* DEL and C1 are legal in JSON, but a terminal that is shown the document would
 * obey them (contract/threats.md T7). */
static bool needs_escape(uint32_t cp)
{
	return cp < 0x20 || cp == '"' || cp == '\\' || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 ||
	       cp == 0x2029 || cp == UTF8_BAD;
}

static void put_string(struct buf *out, struct str s)
{
	size_t done = 0;

	buf_putc(out, '"');
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		size_t len = utf8_decode(str_from(s, i), &cp);

		if (needs_escape(cp)) {
			buf_add(out, s.p + done, i - done);
			put_escape(out, cp);
			done = i + len;
		}
		i += len;
	}
	if (s.n)
		buf_add(out, s.p + done, s.n - done);
	buf_putc(out, '"');
}

void jout_key(struct json_out *j, const char *key)
{
	separate(j);
	put_string(j->out, str_z(key));
	buf_puts(j->out, j->pretty ? ": " : ":");
	j->after_key = true;
}

void jout_str(struct json_out *j, struct str s)
{
	separate(j);
	put_string(j->out, s);
}

void jout_z(struct json_out *j, const char *z)
{
	if (z)
		jout_str(j, str_z(z));
	else
		jout_null(j);
}

void jout_i64(struct json_out *j, int64_t v)
{
	separate(j);
	buf_printf(j->out, "%" PRId64, v);
}

void jout_u64(struct json_out *j, uint64_t v)
{
	separate(j);
	buf_printf(j->out, "%" PRIu64, v);
}

void jout_bool(struct json_out *j, bool v)
{
	jout_raw(j, v ? STR("true") : STR("false"));
}

void jout_null(struct json_out *j)
{
	jout_raw(j, STR("null"));
}

void jout_raw(struct json_out *j, struct str json)
{
	separate(j);
	buf_str(j->out, json);
}

void jout_kv_str(struct json_out *j, const char *key, struct str s)
{
	jout_key(j, key);
	jout_str(j, s);
}

void jout_kv_z(struct json_out *j, const char *key, const char *z)
{
	jout_key(j, key);
	jout_z(j, z);
}

void jout_kv_i64(struct json_out *j, const char *key, int64_t v)
{
	jout_key(j, key);
	jout_i64(j, v);
}

void jout_kv_bool(struct json_out *j, const char *key, bool v)
{
	jout_key(j, key);
	jout_bool(j, v);
}
