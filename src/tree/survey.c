#include "tree/survey.h"

#include <errno.h>
#include <unistd.h>

#include "base/num.h"
#include "tree/walk.h"

#define NAMED 5

void mention(struct mentions *m, struct str name)
{
	if (m->n++ < NAMED)
		strv_addn(&m->names, name);
}

void mentions_text(const struct mentions *m, struct buf *out)
{
	for (size_t i = 0; i < m->names.n; i++)
		buf_printf(out, "%s%s", i ? ", " : "", m->names.v[i]);
	if (m->n > m->names.n) {
		buf_puts(out, " and ");
		num_count(out, m->n - m->names.n);
		buf_puts(out, " more");
	}
}

void mentions_fini(struct mentions *m)
{
	strv_fini(&m->names);
	*m = (struct mentions){0};
}

static void look_at(struct survey *s, const struct walk_entry *entry)
{
	if (entry->st.type == FILE_OTHER) {
		mention(&s->special, entry->path);
		return;
	}
	s->entries++;
	if (entry->st.type != FILE_REG)
		return;
	s->files++;
	s->bytes += entry->st.size;
	if (faccessat(entry->dir_fd, entry->name, R_OK, 0) != 0 && errno != ENOENT)
		mention(&s->unreadable, entry->path);
}

bool survey_tree(const char *root, const struct ignore *ignore, const struct ctx *c,
	struct survey *s, struct err *e)
{
	own_walk struct walk *w = walk_open(root, ignore, e);
	own_err struct err why = {0};
	struct walk_entry entry;
	enum walk_got got;

	if (!w)
		return false;
	*s = (struct survey){0};
	while ((got = walk_next(w, &entry, &why)) != WALK_END) {
		if (got == WALK_ENTRY)
			look_at(s, &entry);
		else if (why.sys) /* not what merely changes: the copy itself will see */
			mention(&s->unreadable, entry.path);
		if (s->entries % 256 == 0 && !ctx_check(c, e)) {
			survey_fini(s);
			return false;
		}
	}
	return true;
}

void survey_fini(struct survey *s)
{
	mentions_fini(&s->special);
	mentions_fini(&s->unreadable);
	*s = (struct survey){0};
}
