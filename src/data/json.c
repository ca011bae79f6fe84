#include "data/json.h"

#include "base/escape.h"

bool json_read(struct str text, const char *name, json_t **out, struct err *e)
{
	own_buf struct buf why = {0};
	json_error_t je = {.line = 1};
	char number[16];
	json_t *j = NULL;

	if (text.n > JSON_MAX_SIZE)
		buf_printf(&why, "larger than %u bytes", JSON_MAX_SIZE);
	else if ((j = json_loadb(text.n ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &je)))
		*out = j;
	else
		escape_text(&why, str_z(je.text));
	if (j)
		return true;
	snprintf(number, sizeof(number), "%d", je.line < 1 ? 1 : je.line);
	err_set(e, ERR_METADATA_CORRUPTION, "%s:%s: %s", name, number, buf_z(&why));
	err_field(e, "path", name);
	return err_field(e, "line", number);
}

const char *json_get_str(const json_t *j, const char *key)
{
	return json_string_value(json_object_get(j, key));
}

int64_t json_get_int(const json_t *j, const char *key)
{
	return json_integer_value(json_object_get(j, key));
}

bool json_get_bool(const json_t *j, const char *key)
{
	return json_is_true(json_object_get(j, key));
}
