#include "ops/candidates.h"

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "store/job_read.h"
#include "store/profiles.h"
#include "store/record_find.h"
#include "store/record_names.h"
#include "store/snapshot_store.h"

/* Every id begins with the same digits: at once they would only hide the slugs. */
#define ID_PREFIX 2

void candidates_fini(struct candidates *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].word);
		free(c->v[i].note);
	}
	free(c->v);
	*c = (struct candidates){0};
}

static bool fits_on_a_line(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if ((unsigned char)word.p[i] < ' ' || word.p[i] == 0x7f)
			return false;
	return word.n && utf8_valid(word);
}

void candidates_add(struct candidates *c, struct str word, const char *note)
{
	own_buf struct buf safe = {0};

	if (!str_starts(word, c->prefix) || !fits_on_a_line(word))
		return;
	if (note)
		escape_text(&safe, str_z(note));
	if ((c->n & (c->n - 1)) == 0)
		c->v = mem_array(c->v, c->n ? c->n * 2 : 1, sizeof(*c->v));
	c->v[c->n++] =
		(struct candidate){mem_strndup(word.p, word.n), safe.n ? buf_steal(&safe) : NULL};
}

static int by_word(const void *a, const void *b)
{
	return strcmp(((const struct candidate *)a)->word, ((const struct candidate *)b)->word);
}

void candidates_sort(struct candidates *c)
{
	size_t kept = 0;

	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_word);
	for (size_t i = 0; i < c->n; i++) {
		if (kept && !by_word(&c->v[kept - 1], &c->v[i])) {
			free(c->v[i].word);
			free(c->v[i].note);
		} else {
			c->v[kept++] = c->v[i];
		}
	}
	c->n = kept;
}

static void take_name(void *arg, const struct record_name *name)
{
	struct candidates *c = arg;
	own_mem char *note = name->note.n ? mem_strndup(name->note.p, name->note.n) : NULL;
	own_mem char *slug = NULL;

	candidates_add(c, name->slug, note);
	if (c->prefix.n < ID_PREFIX || !str_starts(name->id, c->prefix))
		return;
	slug = mem_strndup(name->slug.p, name->slug.n);
	candidates_add(c, name->id, slug);
}

void candidate_records(struct candidates *c, const struct home *h, enum record_type t)
{
	record_names(h, t, take_name, c, NULL);
}

void candidate_profiles(struct candidates *c, const struct home *h)
{
	own_strv struct strv names = {0};

	profile_names(h, &names, NULL);
	for (size_t i = 0; i < names.n; i++) {
		struct profile p = {0};

		if (profile_load(h, names.v[i], &p, NULL))
			candidates_add(c, str_z(names.v[i]), p.launch_command);
		fields_fini(&profile_fields, &p);
	}
}

void candidate_jobs(struct candidates *c, const struct home *h)
{
	own_jobs struct job_list l = {0};

	job_list(h, &l, NULL);
	for (size_t i = 0; i < l.n; i++) {
		own_buf struct buf note = {0};

		buf_printf(&note, "%s (%s)", l.v[i].operation, l.v[i].state);
		candidates_add(c, str_z(l.v[i].id), buf_z(&note));
	}
}

void candidate_snapshots(struct candidates *c, const struct home *h, const char *project)
{
	own_strv struct strv ids = {0};
	struct project p = {0};

	if (!project || !record_find_live(h, NULL, REC_PROJECT, project, &p, NULL))
		return;
	snapshot_ids(h, p.id, &ids, NULL);
	for (size_t i = 0; i < ids.n; i++)
		candidates_add(c, str_z(ids.v[i]), NULL);
	fields_fini(&project_fields, &p);
}
