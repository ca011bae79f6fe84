#include "store/fork_notes.h"

#include "base/mem.h"
#include "data/codec.h"
#include "os/file.h"
#include "os/proc.h"

#define NOTE_MAX (64u << 10)
#define ENDING ".json"

static const struct field rows[] = {
	{"destination", F_STR, offsetof(struct fork_note, destination), F_ID, NULL},
	{"temp", F_STR, offsetof(struct fork_note, temp), F_ID, NULL},
	{"snapshot_id", F_STR, offsetof(struct fork_note, snapshot_id), F_ID, NULL},
	{"own_snapshot", F_BOOL, offsetof(struct fork_note, own_snapshot), 0, NULL},
	{"tree", F_STR, offsetof(struct fork_note, tree), F_OPT, NULL},
};
static const struct fields note_fields = {
	"fork note", rows, countof(rows), sizeof(struct fork_note)};

void fork_note_fini(struct fork_note *n)
{
	free(n->file);
	n->file = NULL;
	fields_fini(&note_fields, n);
}

static const char *folder(const struct home *h, struct buf *out)
{
	return home_path(h, out, "_state/forks");
}

static void own_file(const struct home *h, const char *project_id, struct buf *out)
{
	folder(h, out);
	buf_printf(out, "/%s.", project_id);
	proc_tag(out);
	buf_puts(out, ENDING);
}

bool fork_note_write(
	const struct home *h, const char *project_id, const struct fork_note *n, struct err *e)
{
	own_buf struct buf dir = {0}, path = {0}, text = {0};
	struct json_out j = {.out = &text};

	codec_to_json(&note_fields, n, &j);
	buf_putc(&text, '\n');
	own_file(h, project_id, &path);
	return file_mkdirs(folder(h, &dir), 0700, e) &&
	       file_replace(buf_z(&path), buf_view(&text), 0600, e);
}

void fork_note_remove(const struct home *h, const char *project_id)
{
	own_buf struct buf path = {0};

	own_file(h, project_id, &path);
	file_unlink(buf_z(&path), NULL);
}

static bool is_dead(struct str name, const char *project_id)
{
	struct str ending = STR(ENDING), id;

	if (!str_ends(name, ending))
		return false;
	name.n -= ending.n;
	return str_split(&name, '.', &id) && str_eqz(id, project_id) && proc_tag_died(name);
}

void fork_notes_dead(const struct home *h, const char *project_id, struct fork_notes *out)
{
	own_strv struct strv names = {0};
	own_buf struct buf dir = {0};

	file_list(folder(h, &dir), &names, NULL);
	out->v = mem_alloc((names.n + 1) * sizeof(*out->v));
	for (size_t i = 0; i < names.n; i++) {
		struct fork_note *n = &out->v[out->n];
		own_buf struct buf path = {0}, text = {0};

		if (!is_dead(str_z(names.v[i]), project_id))
			continue;
		path_join(&path, buf_z(&dir), names.v[i]);
		if (!file_read(buf_z(&path), &text, NOTE_MAX, NULL) ||
			!codec_read_json(&note_fields, n, buf_view(&text), buf_z(&path), NULL))
			continue;
		n->file = buf_steal(&path);
		out->n++;
	}
}

void fork_notes_fini(struct fork_notes *l)
{
	for (size_t i = 0; i < l->n; i++)
		fork_note_fini(&l->v[i]);
	free(l->v);
	*l = (struct fork_notes){0};
}
