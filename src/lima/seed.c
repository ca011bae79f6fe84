#include "lima/seed.h"

#include "base/mem.h"
#include "base/num.h"
#include "lima/seed_script.h"
#include "os/clock.h"
#include "tree/tar_out.h"

#define IGNORE_FILE ".codelimaignore"
#define IGNORE_MAX (1u << 20)
#define PROGRESS_MS 100

struct seed {
	const struct strv *argv, *env;
	const struct ctx *c;
	const char *source, *target, *manifest_path;
	struct ignore *ignore;
	struct survey survey;
	unsigned mode; /* of the source itself */
	/* One attempt. */
	struct tar_out *tar;
	struct manifest_out *manifest;
	int64_t told_at;
	bool all_sent;
};

static void seed_fini(struct seed *s)
{
	tar_out_close(s->tar);
	manifest_abort(s->manifest);
	ignore_free(s->ignore);
	survey_fini(&s->survey);
}

/* ---- before anything is sent ---- */

/* A link is refused: it would be the only one that is followed. */
static bool read_ignore(struct seed *s, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};
	struct file_stat st;

	s->ignore = ignore_new();
	path_join(&path, s->source, IGNORE_FILE);
	if (!file_lstat(path.p, &st))
		return true;
	if (st.type != FILE_REG)
		return err_set(e, ERR_PRECONDITION_FAILED, "%s is no regular file", path.p);
	if (!file_read(path.p, &text, IGNORE_MAX, e))
		return err_as(e, ERR_PRECONDITION_FAILED);
	ignore_add_lines(s->ignore, buf_view(&text));
	return true;
}

static bool refuse_unreadable(struct seed *s, struct err *e)
{
	own_buf struct buf names = {0}, count = {0};

	if (!s->survey.unreadable.n)
		return true;
	num_count(&count, s->survey.unreadable.n);
	mentions_text(&s->survey.unreadable, &names);
	err_set(e, ERR_PRECONDITION_FAILED,
		"%s cannot be copied whole: %s of its files and directories cannot be read (%s)",
		s->source, count.p, names.p);
	err_fix(e, "make them readable, or list them in %s/" IGNORE_FILE, s->source);
	return false;
}

static bool look(struct seed *s, struct err *e)
{
	struct file_stat st;

	if (*s->target != '/' || str_eqz(path_base(str_z(s->target)), "/"))
		return err_set(e, ERR_INVALID_ARGUMENT,
			"\"%s\" is no place for a workspace in the guest", s->target);
	if (!file_lstat(s->source, &st) || st.type != FILE_DIR)
		return err_set(e, ERR_PRECONDITION_FAILED, "%s is no directory", s->source);
	s->mode = st.mode;
	return read_ignore(s, e) && survey_tree(s->source, s->ignore, s->c, &s->survey, e) &&
	       refuse_unreadable(s, e);
}

/* ---- the stream ---- */

/* "1,234 of 5,678 files", at the end "5,678 files, 87 MiB, copied to /src/api". */
static void files_text(struct seed *s, enum step_state state, struct buf *text)
{
	const struct tar_totals *now = tar_out_totals(s->tar);

	num_count(text, now->files);
	if (state == STEP_DONE) {
		buf_puts(text, now->files == 1 ? " file, " : " files, ");
		num_bytes(text, now->bytes);
		buf_printf(text, ", copied to %s", s->target);
		return;
	}
	buf_puts(text, " of ");
	num_count(text, now->files > s->survey.files ? now->files : s->survey.files);
	buf_puts(text, " files");
}

static void tell(struct seed *s, enum step_state state)
{
	const struct tar_totals *now = tar_out_totals(s->tar);
	uint64_t bytes = now->bytes, total = s->survey.bytes;
	own_buf struct buf text = {0};

	files_text(s, state, &text);
	ctx_progress(s->c, &(struct progress){.step = "seed",
				   .state = state,
				   .unit = UNIT_BYTES,
				   .done = bytes,
				   .total = bytes > total ? bytes : total,
				   .message = buf_view(&text)});
}

static int feed(void *arg, struct buf *out, struct err *e)
{
	struct seed *s = arg;
	int more = tar_out_fill(s->tar, out, e);
	int64_t now = clock_mono_ms();

	if (now - s->told_at >= PROGRESS_MS) {
		s->told_at = now;
		tell(s, STEP_RUNNING);
	}
	s->all_sent = more == 0;
	return more;
}

static bool on_sent(void *arg, const struct manifest_entry *entry, struct err *e)
{
	return manifest_add(((struct seed *)arg)->manifest, entry, e);
}

static struct manifest_out *new_manifest(const struct seed *s, struct err *e)
{
	own_buf struct buf now = {0};
	struct strmap head = {0};
	struct manifest_out *m;

	clock_rfc3339(&now);
	strmap_set(&head, "kind", "seed");
	strmap_set(&head, "created_at", now.p);
	strmap_set(&head, "workspace_path", s->source);
	strmap_set(&head, "guest_workspace_path", s->target);
	m = manifest_create(s->manifest_path, &head, e);
	strmap_fini(&head);
	return m;
}

/* lacks: what the guest has said it does not know. *status as in struct run. */
static bool attempt(struct seed *s, int lacks, int *status, struct buf *words, struct err *e)
{
	bool zstd = !(lacks & SEED_LACKS_ZSTD), pax = !(lacks & SEED_LACKS_PAX);
	own_strv struct strv argv = {0};
	own_buf struct buf script = {0};
	own_run struct run r = {.what = "copying the workspace into the guest",
		.env = s->env,
		.feed = feed,
		.arg = s};
	struct tar_opts opts = {.format = pax ? TAR_PAX : TAR_GNU,
		.zstd = zstd,
		.dirs_again = !pax,
		.ignore = s->ignore,
		.prefix = SEED_TREE,
		.end_mark = SEED_END,
		.sent = on_sent,
		.arg = s};
	struct seed_script how = {s->target, s->mode, zstd, pax};

	s->manifest = new_manifest(s, e);
	s->tar = s->manifest ? tar_out_open(s->source, &opts, e) : NULL;
	if (!s->tar)
		return false;
	seed_script(&how, &script);
	strv_copy(&argv, s->argv);
	strv_add(&argv, script.p);
	r.argv = (const char *const *)argv.v;
	if (!run(&r, s->c, e))
		return false;
	*status = r.status;
	buf_str(words, buf_view(&r.err_tail));
	return true;
}

static void end_attempt(struct seed *s)
{
	tar_out_close(s->tar);
	s->tar = NULL;
	manifest_abort(s->manifest);
	s->manifest = NULL;
}

/* ---- after it ---- */

static const struct {
	int status;
	const char *text; /* the target follows */
} failures[] = {
	{SEED_EXIT_PARENT, "the guest cannot make"},
	{SEED_EXIT_EXTRACT, "the guest cannot unpack the workspace into"},
	{SEED_EXIT_DISK_FULL, "the guest's disk is too small for a copy of the workspace at"},
	{SEED_EXIT_PUBLISH, "the guest cannot replace"},
	{255, "the connection to the guest ended before the workspace was copied to"},
};

static bool explain(const struct seed *s, int status, const struct buf *words, struct err *e)
{
	struct str text = str_trim(buf_view(words));

	err_set(e, ERR_EXTERNAL_COMMAND_FAILED,
		"copying the workspace to %s failed with exit status %d", s->target, status);
	for (size_t i = 0; i < countof(failures); i++)
		if (failures[i].status == status)
			err_set(e, ERR_EXTERNAL_COMMAND_FAILED, "%s %s", failures[i].text,
				s->target);
	if (text.n)
		err_cause(e, "%.*s", STRF(text));
	if (status == SEED_EXIT_DISK_FULL)
		err_fix(e, "make room in the guest, leave things out by " IGNORE_FILE
			   ", or make the node with a larger --disk");
	return false;
}

static void notice(const struct seed *s, const struct mentions *m, const char *what)
{
	own_buf struct buf names = {0};

	if (!m->n)
		return;
	mentions_text(m, &names);
	ctx_notice(s->c, LEVEL_WARN, "%s: %s", what, names.p);
}

static bool conclude(struct seed *s, struct seed_totals *totals, struct err *e)
{
	const struct tar_totals *t = tar_out_totals(s->tar);

	if (!s->all_sent)
		return err_set(e, ERR_EXTERNAL_COMMAND_FAILED,
			"the guest ended before the workspace was sent whole");
	if (!manifest_commit(steal(&s->manifest), NULL, e))
		return false;
	notice(s, &t->special, "not copied into the guest, being sockets, fifos or devices");
	notice(s, &t->changed, "changed while they were copied into the guest");
	*totals = (struct seed_totals){t->files, t->bytes, t->special.n};
	tell(s, STEP_DONE);
	return true;
}

static bool go(struct seed *s, struct seed_totals *totals, struct err *e)
{
	own_buf struct buf words = {0};
	int status = 0, lacks = 0;

	if (!look(s, e) || !attempt(s, 0, &status, &words, e))
		return false;
	lacks = status - SEED_EXIT_LACKS;
	if (lacks > 0 && lacks <= (SEED_LACKS_ZSTD | SEED_LACKS_PAX)) {
		end_attempt(s);
		buf_clear(&words);
		if (!attempt(s, lacks, &status, &words, e))
			return false;
	}
	if (status != 0)
		return explain(s, status, &words, e);
	return conclude(s, totals, e);
}

bool seed_through(const struct strv *argv, const struct strv *env, const struct ctx *c,
	const char *source, const char *target, const char *manifest_path,
	struct seed_totals *totals, struct err *e)
{
	struct seed s = {.argv = argv,
		.env = env,
		.c = c,
		.source = source,
		.target = target,
		.manifest_path = manifest_path};
	bool ok = go(&s, totals, e);

	if (!ok && s.tar)
		tell(&s, STEP_FAILED);
	seed_fini(&s);
	return ok;
}

bool seed_workspace(struct ssh *s, const struct ctx *c, const char *source, const char *target,
	const char *manifest_path, struct seed_totals *totals, struct err *e)
{
	own_strv struct strv argv = {0};

	if (!ssh_master(s, c, e))
		return false;
	ssh_argv(s, SSH_NO_TTY, "", &argv);
	strv_remove(&argv, argv.n - 1);
	return seed_through(&argv, &s->env, c, source, target, manifest_path, totals, e);
}
