#include "judge.h"

#include <glob.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "../fake/fake.h"

struct court {
	const struct sandbox *s;
	const struct scenario *sc;
	const struct golden *g;
	const struct trace *t;
	json_t *faults;
};

static void __attribute__((format(printf, 2, 3))) fault(struct court *k, const char *f, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, f);
	if (vasprintf(&text, f, ap) < 0)
		abort();
	va_end(ap);
	json_array_append_new(k->faults, json_string(text) ? json_string(text) : json_string(f));
	free(text);
}

/* The last name that a pattern meets; ids sort by time. */
static const char *last_of(char *pattern)
{
	const char *name = "";
	glob_t g;

	if (glob(pattern, 0, NULL, &g) == 0) {
		name = fmt("%s", strrchr(g.gl_pathv[g.gl_pathc - 1], '/') + 1);
		globfree(&g);
	}
	free(pattern);
	return name;
}

static const char *word_of(const struct sandbox *s, const char *word)
{
	if (strcmp(word, "$snapshot") == 0)
		return last_of(fmt("%s/t/snapped/c/projects/*/snapshots/*", s->top));
	if (strcmp(word, "$job") == 0)
		return last_of(fmt("%s/c/_jobs/*", s->root));
	return word[0] == '%' ? fmt("%s%s", s->work, word + 1) : word;
}

const char *const *words_of(const struct sandbox *s, const char *const *words, bool json)
{
	const char **all = calloc(32, sizeof(*all));
	int n = 0;

	if (!all)
		abort();
	if (json)
		all[n++] = "--json";
	for (; *words; words++)
		all[n++] = word_of(s, *words);
	return all;
}

static bool was_killed(const struct trace *t)
{
	return t->plan.deed == KILL_BEFORE || t->plan.deed == KILL_AFTER ||
	       t->plan.deed == KILL_FAMILY;
}

/* ---- what a command printed */

static const struct {
	const char *category;
	int status;
} statuses[] = {{"InvalidArgument", 2}, {"DependencyUnavailable", 3}, {"NotFound", 4},
	{"PreconditionFailed", 5}, {"UnsupportedFeature", 5}, {"Busy", 5},
	{"ExternalCommandFailed", 6}, {"MetadataCorruption", 7}, {"Internal", 7},
	{"Interrupted", 130}};

static int status_of(const char *category)
{
	for (size_t i = 0; category && i < sizeof(statuses) / sizeof(*statuses); i++)
		if (strcmp(statuses[i].category, category) == 0)
			return statuses[i].status;
	return -1;
}

static const char *category(const json_t *doc)
{
	return json_string_value(json_object_get(json_object_get(doc, "error"), "category"));
}

/* doctor's: 3 when a check fails. */
static int checks_status(const json_t *checks)
{
	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *status = json_object_get(json_array_get(checks, i), "status");

		if (json_is_string(status) && strcmp(json_string_value(status), "fail") == 0)
			return 3;
	}
	return 0;
}

/* That of the guest's command where there was one. */
static int expected_status(const json_t *doc)
{
	const json_t *data = json_object_get(doc, "data");

	if (!json_is_true(json_object_get(doc, "ok")))
		return status_of(category(doc));
	return json_is_array(data) ? checks_status(data)
				   : (int)json_integer_value(json_object_get(data, "status"));
}

static const char *message(const json_t *doc)
{
	return json_string_value(json_object_get(json_object_get(doc, "error"), "message"));
}

static void check_stderr(struct court *k, const char *what)
{
	char *err = slurp(k->s->err, NULL);

	if (err && (strstr(err, "Sanitizer") || strstr(err, "runtime error:")))
		fault(k, "%s: a sanitizer speaks: %.1500s", what, err);
	free(err);
}

/* The one document that was printed: it must fit the status. Borrowed by nobody: decref it. */
static json_t *document(struct court *k, const char *what, int status)
{
	char *out = slurp(k->s->out, NULL), *err = slurp(k->s->err, NULL);
	json_t *doc = json_loads(out ? out : "", 0, NULL);

	if (!doc)
		fault(k, "%s: exit %d, and no document: %.300s / %.600s", what, status,
			out ? out : "", err ? err : "");
	else if (expected_status(doc) != status)
		fault(k, "%s: exit %d does not fit its document: %.600s", what, status, out);
	free(out);
	free(err);
	return doc;
}

void await_jobs(const struct sandbox *s)
{
	json_t *doc, *job;
	char *out;
	size_t i;

	sandbox_run(s, s->codelima, WORDS{"--json", "job", "list", NULL});
	out = slurp(s->out, NULL);
	doc = json_loads(out ? out : "", 0, NULL);
	json_array_foreach(json_object_get(doc, "data"), i, job)
	{
		const char *state = json_string_value(json_object_get(job, "state"));
		const char *id = json_string_value(json_object_get(job, "id"));

		if (state && id && (strcmp(state, "running") == 0 || strcmp(state, "queued") == 0))
			sandbox_run(s, s->codelima, WORDS{"job", "wait", id, NULL});
	}
	json_decref(doc);
	free(out);
}

static int ask(struct court *k, const char *const *words, json_t **doc)
{
	bool rm = strcmp(words[0], "rm") == 0;
	const char *const *all = words_of(k->s, words + rm, !rm);
	char *what = fmt("%s %s", words[0], words[1] ? words[1] : "");
	int status = sandbox_run(k->s, rm ? "/bin/rm" : k->s->codelima, all);

	check_stderr(k, what);
	*doc = rm ? NULL : document(k, what, status);
	free(what);
	return status;
}

/* ---- what lies there */

static void check_records(struct court *k, const json_t *now)
{
	bool exact = was_killed(k->t);
	size_t i;
	json_t *v;

	json_array_foreach(json_object_get(now, "records"), i, v)
	{
		char *plain = record_scrubbed(json_string_value(v));

		if (exact ? !list_has(k->g->legal, json_string_value(v))
			  : !list_has(k->g->scrubbed, plain))
			fault(k, "neither the old nor the new record: %s", json_string_value(v));
		free(plain);
	}
}

static bool same_file(const char *a, const char *b)
{
	size_t n = strcspn(a, " ");

	return strncmp(a, b, n + 1) == 0;
}

static bool has_file(const json_t *records, const char *record)
{
	size_t i;
	json_t *v;

	json_array_foreach(
		(json_t *)records, i, v) if (same_file(record, json_string_value(v))) return true;
	return false;
}

/* A file that the command itself takes away may be gone. */
static void check_lost(struct court *k, const json_t *now)
{
	const json_t *after = json_object_get(k->g->after, "records");
	size_t i;
	json_t *v;

	json_array_foreach(json_object_get(k->g->before, "records"), i, v)
	{
		const char *record = json_string_value(v);

		if (!has_file(json_object_get(now, "records"), record) && has_file(after, record))
			fault(k, "a record is lost: %s", record);
	}
}

static void check_machines(struct court *k, const json_t *now, const char *when)
{
	size_t i;
	json_t *v;

	json_array_foreach(json_object_get(now, "vms"), i, v)
	{
		char *name = fmt("%s", json_string_value(v));

		*strchr(name, ' ') = 0;
		if (strcmp(name, "foreign") != 0 && !list_has(json_object_get(now, "named"), name))
			fault(k, "%s: no record names the VM %s", when, json_string_value(v));
		free(name);
	}
	if (!has_file(json_object_get(now, "vms"), "foreign ") &&
		has_file(json_object_get(k->g->before, "vms"), "foreign "))
		fault(k, "%s: somebody else's VM is gone", when);
}

static void check_workspace(struct court *k, const json_t *now, const char *when)
{
	const json_t *was = json_object_get(k->g->before, "work");
	const json_t *is = json_object_get(now, "work");
	const json_t *will = json_object_get(k->g->after, "work");
	const char *less = list_missing(was, is), *more = list_missing(is, will);

	if (less && list_has(will, less))
		fault(k, "%s: a workspace was touched: %s", when, less);
	if (more && !list_has(will, more) && strcmp(when, "at once") != 0)
		fault(k, "%s: a workspace holds something new: %s", when, more);
}

static void look(struct court *k, const json_t *now)
{
	check_records(k, now);
	check_lost(k, now);
	check_machines(k, now, "at once");
	check_workspace(k, now, "at once");
}

/* The first entry of a that is not in b at all; NULL. */
static const char *list_unknown(const json_t *a, const json_t *b)
{
	size_t i;
	json_t *v;

	json_array_foreach((json_t *)a, i,
		v) if (!list_has(b, json_string_value(v))) return json_string_value(v);
	return NULL;
}

/* Of two worlds the part that a person cares for; NULL when it is the same. */
static char *difference(const json_t *is, const json_t *want, bool more_of_same)
{
	static const char *const parts[] = {"records", "vms", "guest", "work", NULL};

	for (int i = 0; parts[i]; i++) {
		const json_t *a = json_object_get(want, parts[i]),
			     *b = json_object_get(is, parts[i]);
		const char *less = list_missing(a, b), *more = list_missing(b, a);

		if (more && more_of_same && list_has(a, more))
			more = list_unknown(b, a);
		if (less || more)
			return fmt("%s: there is \"%.600s\", not \"%.600s\"", parts[i],
				more ? more : "", less ? less : "");
	}
	return NULL;
}

/* ---- the command itself */

static bool blamed_on_person(const char *c)
{
	return c && (strcmp(c, "InvalidArgument") == 0 || strcmp(c, "NotFound") == 0);
}

static bool holds_record(const char *path)
{
	return strstr(path, "/c/nodes") || strstr(path, "/c/projects") ||
	       strstr(path, "/c/environment-configs") || strstr(path, "/c/_config");
}

static void check_success(struct court *k, const json_t *now)
{
	char *diff = difference(now, k->g->after, k->sc->adds);

	if (diff)
		fault(k, "it says that it succeeded, but %s", diff);
	if ((k->t->bits & CALL_SYNC) && k->t->plan.deed == FAIL_ONCE && holds_record(k->t->path))
		fault(k, "a failed sync is no error to it");
	free(diff);
}

/* The job that it says it has begun comes to its end. */
static void check_job(struct court *k)
{
	json_t *now = world_read(k->s, k->g->known);

	check_success(k, now);
	json_decref(now);
}

/* Its answers are about the machine too, and what it could not look at it cannot mend: it says so
 * with its exit status. */
static bool is_repair(const struct court *k)
{
	return strcmp(k->sc->name, "doctor-repair") == 0;
}

/* What could not be looked at, or what a sync was for, nobody knows; and what was to be removed
 * is still there: that may be said. */
static void check_failure(struct court *k, const json_t *now, const json_t *doc)
{
	char *diff = difference(now, k->g->after, k->sc->adds);

	if (!diff && !is_repair(k) && difference(k->g->before, k->g->after, false) &&
		!(k->t->bits & (CALL_SYNC | CALL_REMOVE | CALL_READ)))
		fault(k, "it says that it failed, but all is done: %s: %s", category(doc),
			message(doc));
	free(diff);
}

static void check_leftovers(struct court *k, const json_t *now)
{
	json_t *litter = json_object_get(now, "litter"), *claims = json_object_get(now, "claims");
	const char *claim, *first;

	if ((k->t->bits & CALL_REMOVE) || k->sc->plain || k->sc->during ||
		(is_repair(k) && (k->t->bits & CALL_READ)))
		return; /* somebody else may be writing */
	/* A snapshot that is out of sight goes with the next one. */
	first = json_string_value(json_array_get(litter, 0));
	if (first && !strstr(first, "/snapshots/."))
		fault(k, "a temporary file is left: %s", first);
	claim = list_missing(claims, json_object_get(k->g->before, "claims"));
	if (claim)
		fault(k, "a claim is left: %s", claim);
}

/* ssh that takes the place of `shell` answers for the guest's command. */
static bool has_document(const struct court *k)
{
	return !strstr(k->sc->command, "shell");
}

static void check_refusal(struct court *k, const json_t *now, const json_t *doc)
{
	if (blamed_on_person(category(doc)))
		fault(k, "the person is blamed: %s: %s", category(doc), message(doc));
	else if (!k->sc->during && has_document(k) && strcmp(k->sc->command, "node start") != 0)
		check_failure(k, now, doc);
}

/* Some tell what they could not look at, and go on with the rest. */
static bool tells(const struct court *k)
{
	return strcmp(k->sc->command, "doctor") == 0 ||
	       (strcmp(k->sc->command, "node cleanup-incomplete") == 0 && (k->t->bits & CALL_READ));
}

static void check_answer(struct court *k, const json_t *now)
{
	int status = k->t->status;
	json_t *doc;

	check_stderr(k, "the command");
	if (WIFSIGNALED(status)) {
		fault(k, "it is ended by signal %d", WTERMSIG(status));
		return;
	}
	status = WEXITSTATUS(status);
	doc = has_document(k) ? document(k, "the command", status) : NULL;
	if (k->sc->plain) /* what it began goes on */
		await_jobs(k->s);
	if (status != 0)
		check_refusal(k, now, doc);
	else if (k->sc->plain)
		check_job(k);
	else if (!tells(k)) /* what it could not do */
		check_success(k, now);
	check_leftovers(k, now);
	json_decref(doc);
}

/* ---- afterwards */

static void ask_all(struct court *k)
{
	for (int i = 0; questions[i]; i++) {
		json_t *doc = NULL;
		int status = sandbox_run(k->s, k->s->codelima, questions[i]);
		char *what = fmt("%s %s", questions[i][1], questions[i][2] ? questions[i][2] : "");

		check_stderr(k, what);
		doc = document(k, what, status);
		if (status != 0)
			fault(k, "%s exits with %d: %s", what, status, message(doc));
		json_decref(doc);
		free(what);
	}
}

/* The guest's half of a copy whose ssh was killed clears up by itself, a moment later. */
static json_t *settled(const struct court *k, char **diff)
{
	for (int left = 100;; left--) {
		json_t *now = world_read(k->s, k->g->known);

		free(*diff);
		*diff = difference(now, k->g->after, k->sc->adds);
		if (!*diff || !left || !strstr(*diff, ".codelima-seed."))
			return now;
		json_decref(now);
		nap_ms(50);
	}
}

/* True when the home is as the command leaves it. */
static bool arrived(struct court *k, char **diff)
{
	json_t *now, *doc = NULL;

	if (k->sc->plain)
		await_jobs(k->s);
	if (k->sc->at_last && ask(k, k->sc->at_last, &doc) != 0)
		fault(k, "%s %s fails at last: %s", k->sc->at_last[0], k->sc->at_last[1],
			message(doc));
	json_decref(doc);
	now = settled(k, diff);
	check_machines(k, now, "in the end");
	check_workspace(k, now, "in the end");
	if (!*diff && json_array_size(json_object_get(now, "claims")))
		*diff = fmt("a claim is left");
	json_decref(now);
	return !*diff;
}

/* The command once more, as a person would; and what the contract gives as the way out. */
static void recover(struct court *k)
{
	json_t *doc = NULL, *second = NULL, *third = NULL;
	char *diff = NULL;
	int status = ask(k, k->sc->argv, &doc), again;

	if ((status == 0 || status == 4 || status == 5) && arrived(k, &diff))
		goto out;
	if (status == 0 && (!k->sc->remedy || was_killed(k->t))) {
		fault(k, "given again it succeeds, but %s", diff);
		goto out;
	}
	if (!k->sc->remedy || (status != 0 && status != 5)) {
		fault(k, "given again it exits with %d: %s (%s)", status, message(doc),
			diff ? diff : "");
		goto out;
	}
	again = ask(k, k->sc->remedy, &second);
	if (again != 0)
		fault(k, "the remedy exits with %d: %s, after %s", again, message(second),
			message(doc));
	again = ask(k, k->sc->argv, &third);
	if (again != 0)
		fault(k, "given a third time it exits with %d: %s", again, message(third));
	else if (!arrived(k, &diff))
		fault(k, "given a third time it succeeds, but %s", diff);
out:
	json_decref(doc);
	json_decref(second);
	json_decref(third);
	free(diff);
}

void judge(const struct sandbox *s, const struct scenario *sc, const struct golden *g,
	const struct trace *t, json_t *faults)
{
	struct court k = {s, sc, g, t, faults};
	json_t *now = world_read(s, g->known);

	if (t->hung)
		fault(&k, "it hangs");
	look(&k, now);
	if (!was_killed(t) && !t->hung)
		check_answer(&k, now);
	json_decref(now);
	ask_all(&k);
	recover(&k);
}
