/* What is read and written again reads the same; any bytes make a valid text. */
#include "base/utf8.h"
#include "data/json.h"
#include "fuzz.h"

#define MAX_LEVELS 60

static bool write_value(struct json_out *out, const json_t *j, int depth)
{
	const char *key;
	json_t *value;
	own_buf struct buf number = {0};

	if (depth > MAX_LEVELS)
		return false;
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		jout_object(out);
		json_object_foreach((json_t *)j, key, value)
		{
			jout_key(out, key);
			if (!write_value(out, value, depth + 1))
				return false;
		}
		jout_end(out);
		break;
	case JSON_ARRAY:
		jout_array(out);
		for (size_t i = 0; i < json_array_size(j); i++)
			if (!write_value(out, json_array_get(j, i), depth + 1))
				return false;
		jout_end(out);
		break;
	case JSON_STRING:
		jout_str(out, str_n(json_string_value(j), json_string_length(j)));
		break;
	case JSON_INTEGER:
		jout_i64(out, json_integer_value(j));
		break;
	case JSON_REAL:
		buf_printf(&number, "%.17e", json_real_value(j));
		jout_raw(out, buf_view(&number));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		jout_bool(out, json_is_true(j));
		break;
	case JSON_NULL:
		jout_null(out);
		break;
	}
	return true;
}

static void any_bytes(struct str input)
{
	own_buf struct buf b = {0};
	struct json_out out = {.out = &b};
	own_json json_t *j = NULL;

	jout_array(&out);
	jout_str(&out, input);
	jout_end(&out);
	HOLDS(utf8_valid(buf_view(&b)));
	for (size_t i = 0; i < b.n; i++)
		HOLDS((unsigned char)b.p[i] >= 0x20 && b.p[i] != 0x7F);
	if (str_has_nul(input))
		return;
	HOLDS(json_read(buf_view(&b), "f", &j, NULL));
	if (utf8_valid(input))
		HOLDS(str_eqz(input, json_string_value(json_array_get(j, 0))));
}

FUZZ(input)
{
	own_json json_t *j = NULL, *back = NULL;
	own_buf struct buf b = {0};
	own_err struct err e = {0};
	struct json_out out = {.out = &b, .pretty = (int)(input.n % 3)};

	any_bytes(input);
	if (!json_read(input, "f", &j, &e)) {
		HOLDS(e.kind == ERR_METADATA_CORRUPTION && !j);
		return;
	}
	if (!write_value(&out, j, 0))
		return;
	HOLDS(out.depth == 0);
	HOLDS(json_read(buf_view(&b), "f", &back, NULL));
	HOLDS(json_equal(j, back));
}
