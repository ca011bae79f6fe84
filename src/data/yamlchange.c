#include "data/yamlchange.h"

#include "base/escape.h"
#include "data/yamlspan.h"

void yamlchange_fini(struct yamlchange *c)
{
	arena_fini(&c->arena);
}

bool yamlchange_refuse(struct err *e, const struct yamledit *ed, const char *const *path, int line,
	const char *why)
{
	own_buf struct buf dotted = {0};
	char number[16];

	for (size_t i = 0; path[i]; i++) {
		if (i)
			buf_putc(&dotted, '.');
		escape_text(&dotted, str_z(path[i]));
	}
	snprintf(number, sizeof(number), "%d", line);
	err_set(e, ERR_PRECONDITION_FAILED, "%s:%d: %s %s", ed->name, line, buf_z(&dotted), why);
	err_field(e, "path", ed->name);
	return err_field(e, "line", number);
}

struct str yamlchange_text(const struct yamlchange *c)
{
	return buf_view(&c->ed->text);
}

/* Takes the new text over if it means what it should. */
static bool try_splice(struct yamlchange *c, size_t start, size_t end, struct str s, struct err *e)
{
	struct yaml_doc doc = {0};
	struct buf text = {0};
	bool ok;

	buf_add(&text, c->ed->text.p, start);
	span_put(&text, s, span_eol(yamlchange_text(c)));
	buf_str(&text, str_from(yamlchange_text(c), end));
	ok = yaml_parse_any(&doc, buf_view(&text), c->ed->name, e);
	if (ok && !yaml_same(doc.root, c->want))
		ok = yamlchange_refuse(e, c->ed, c->path,
			c->ed->doc.root ? c->ed->doc.root->line : 1,
			"cannot be changed without touching the rest of the file");
	if (!ok) {
		yaml_fini(&doc);
		buf_fini(&text);
		return err_as(e, ERR_PRECONDITION_FAILED);
	}
	buf_fini(&c->ed->text);
	yaml_fini(&c->ed->doc);
	c->ed->text = text;
	c->ed->doc = doc;
	return true;
}

bool yamlchange_splice(
	struct yamlchange *c, size_t start, size_t end, const struct buf *s, struct err *e)
{
	own_err struct err first = {0};
	own_buf struct buf more = {0};

	if (try_splice(c, start, end, buf_view(s), &first))
		return true;
	if (end < c->ed->text.n || !s->n)
		return err_move(e, &first);
	buf_str(&more, buf_view(s));
	buf_putc(&more, '\n');
	if (try_splice(c, start, end, buf_view(&more), NULL))
		return true;
	err_move(e, &first);
	return err_fix(e, "end %s with a line break", c->ed->name);
}
