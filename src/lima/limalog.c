#include "lima/limalog.h"

#include "base/mem.h"

json_t *limalog_object(struct str line)
{
	own_err struct err e = {0};
	own_json json_t *j = NULL;

	line = str_trim(line);
	if (!str_starts(line, STR("{")) || !json_read(line, "log", &j, &e))
		return NULL;
	return json_is_object(j) && json_get_str(j, "msg") ? steal(&j) : NULL;
}

void limalog_text(const json_t *object, struct buf *out)
{
	const char *level = json_get_str(object, "level");
	const char *error = json_get_str(object, "error");

	if (level && !z_eq(level, "info") && !z_eq(level, "debug"))
		buf_printf(out, "%s: ", level);
	buf_str(out, str_trim(str_z(json_get_str(object, "msg"))));
	if (error)
		buf_printf(out, ": %s", error);
}

void limalog_plain(struct str line, struct buf *out)
{
	own_json json_t *j = limalog_object(line);

	if (j)
		limalog_text(j, out);
	else
		buf_str(out, line);
}

void limalog_plain_lines(struct buf *text)
{
	own_buf struct buf out = {0};
	struct str rest = buf_view(text), line;

	while (str_split(&rest, '\n', &line)) {
		limalog_plain(line, &out);
		if (rest.p)
			buf_putc(&out, '\n');
	}
	buf_clear(text);
	buf_str(text, buf_view(&out));
}
