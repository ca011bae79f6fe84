/* crash: every changing command, ended or disturbed at each of its system calls
 *
 *	crash [--sample] [--seed N] [--jobs N] [--only NAME[,NAME]] [--at DEED:N] [--list] [-v]
 *CODELIMA FAKE
 *
 * For each scenario (scenarios.c) the command runs once undisturbed under ptrace, and
 * then once for each point and deed (trace.h) on a fresh copy of the same home; after each
 * the home is judged (judge.h). --sample takes a part of the points, the same ones for
 * the same seed. --at and --list are for looking into one failure.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../fake/fake.h"
#include "bases.h"
#include "judge.h"
#include "table.h"

struct options {
	bool sample, list, verbose;
	unsigned seed;
	int jobs;
	const char *only, *at;
};

/* One kind of disturbance. `full`, `sampled`: it is done at one of so many points. */
struct kind {
	const char *name;
	struct plan plan;
	unsigned full, sampled;
	bool children; /* only where the command starts something */
};

static const struct kind kinds[] = {
	{"kill-before", {KILL_BEFORE, CALL_CHANGE, 0, 0}, 1, 8, false},
	/* After one that only writes is before the next one. */
	{"kill-after", {KILL_AFTER, CALL_SEEN, 0, 0}, 1, 12, false},
	{"kill-family", {KILL_FAMILY, CALL_SEEN, 0, 0}, 1, 12, true},
	{"ENOSPC", {FAIL_ONCE, CALL_FILE | CALL_PROCESS, 0, ENOSPC}, 1, 12, false},
	{"full", {FAIL_ON, CALL_GROW, 0, ENOSPC}, 1, 16, false},
	{"EIO", {FAIL_ONCE, CALL_FILE | CALL_READ, 0, EIO}, 4, 64, false},
	{"EMFILE", {FAIL_ONCE, CALL_OPEN, 0, EMFILE}, 4, 64, false},
	{"EINTR", {FAIL_ONCE, CALL_WRITE | CALL_WAIT, 0, EINTR}, 4, 48, false},
	{"short", {SHORTEN, CALL_WRITE, 0, 0}, 2, 32, false},
};
enum { KINDS = sizeof(kinds) / sizeof(*kinds), MAX_JOBS = 16 };

/* Shared by the workers. */
struct tally {
	long next, points, failures, beyond;
};

struct run {
	const struct options *o;
	const struct scenario *sc;
	struct sandbox model, *boxes;
	struct golden golden;
	long counted[KINDS];
	struct tally *tally;
};

/* ---- one run */

static void command_run(const struct sandbox *s, const char *const *argv, struct trace *t)
{
	t->root = s->root;
	t->argv = argv_of(s->codelima, words_of(s, argv, true));
	t->envp = s->env;
	t->out = s->out;
	t->err = s->err;
	t->cwd = s->root;
	if (!trace_run(t)) {
		fprintf(stderr, "crash: ptrace: %s\n", strerror(errno));
		exit(2);
	}
}

struct collector {
	const struct sandbox *s;
	struct golden *g;
};

static void collect_records(const struct collector *k, const json_t *world)
{
	size_t i;
	json_t *v;

	json_array_foreach(json_object_get(world, "records"), i, v)
	{
		char *plain = record_scrubbed(json_string_value(v));

		list_add_new(k->g->legal, json_string_value(v));
		list_add_new(k->g->scrubbed, plain);
		free(plain);
	}
}

static void on_placed(void *arg)
{
	const struct collector *k = arg;
	json_t *now = world_read(k->s, k->g->known);

	collect_records(k, now);
	json_decref(now);
}

/* The points of a command that only starts a job are its own. */
static void count_detached(struct run *r)
{
	unsigned masks[KINDS];
	struct trace t = {.plan = {.among = CALL_CHANGE},
		.masks = masks,
		.counts = r->counted,
		.n_masks = KINDS};

	for (int i = 0; i < KINDS; i++)
		masks[i] = kinds[i].plan.among;
	memset(r->counted, 0, sizeof(r->counted));
	bases_begin(&r->model, r->sc);
	command_run(&r->model, r->sc->argv, &t);
	await_jobs(&r->model);
	sandbox_end();
}

/* Undisturbed: what it makes, on which way, and how many points there are. */
static bool run_golden(struct run *r)
{
	const struct sandbox *s = &r->model;
	struct golden *g = &r->golden;
	struct collector k = {s, g};
	unsigned masks[KINDS];
	struct trace t = {.placed = on_placed,
		.arg = &k,
		.plan = {.among = CALL_CHANGE},
		.masks = masks,
		.counts = r->counted,
		.n_masks = KINDS};
	int status;

	for (int i = 0; i < KINDS; i++)
		masks[i] = kinds[i].plan.among;
	memset(r->counted, 0, sizeof(r->counted));
	bases_begin(s, r->sc);
	*g = (struct golden){
		.known = world_known(s), .legal = json_array(), .scrubbed = json_array()};
	g->before = world_read(s, g->known);
	collect_records(&k, g->before);
	t.list = r->o->list;
	command_run(s, r->sc->plain ? r->sc->plain : r->sc->argv, &t);
	g->after = world_read(s, g->known);
	collect_records(&k, g->after);
	sandbox_end();
	status = WIFEXITED(t.status) ? WEXITSTATUS(t.status) : 128 + WTERMSIG(t.status);
	if (r->sc->plain)
		count_detached(r);
	if (status != 0)
		printf("FAIL %s: undisturbed it exits with %d: %s%s\n", r->sc->name, status,
			slurp(s->out, NULL), slurp(s->err, NULL));
	return status == 0;
}

/* ---- all points of a scenario */

/* A number that depends on nothing but the seed and where it is asked: FNV-1a of the name,
 * then the finalizer of splitmix64. */
static unsigned mixed(unsigned seed, const char *name, int kind, long at)
{
	uint64_t h = 1469598103934665603u ^ seed;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	h += ((uint64_t)at * KINDS + (uint64_t)kind) * 0x9e3779b97f4a7c15u;
	h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
	h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
	return (unsigned)(h >> 33);
}

static bool starts_something(const struct run *r)
{
	return (strncmp(r->sc->command, "node", 4) == 0 || strstr(r->sc->command, "shell"));
}

static bool chosen(const struct run *r, int kind, long at)
{
	unsigned one_of = r->o->sample ? kinds[kind].sampled : kinds[kind].full;

	if (r->o->sample && starts_something(r)) /* many points, and long ones */
		one_of *= 4;

	if (r->o->at) {
		size_t n = strcspn(r->o->at, ":");

		return strncmp(r->o->at, kinds[kind].name, n) == 0 && !kinds[kind].name[n] &&
		       (!r->o->at[n] || strtol(r->o->at + n + 1, NULL, 10) == at);
	}
	return mixed(r->o->seed, r->sc->name, kind, at) % one_of == 0;
}

static void report(const struct run *r, int kind, const struct trace *t, const json_t *faults)
{
	char *text = NULL;
	size_t n = 0, i;
	json_t *v;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		abort();
	fprintf(f, "FAIL %s %s:%ld %s\n", r->sc->name, kinds[kind].name, t->plan.at, t->text);
	json_array_foreach((json_t *)faults, i, v) fprintf(f, "     %s\n", json_string_value(v));
	fclose(f);
	fputs(text, stdout);
	fflush(stdout);
	free(text);
}

static void one_point(const struct run *r, const struct sandbox *s, int kind, long at)
{
	struct trace t = {.plan = kinds[kind].plan};
	json_t *faults = json_array();

	t.plan.at = at;
	t.list = r->o->list;
	bases_begin(s, r->sc);
	command_run(s, r->sc->argv, &t);
	if (t.hit) {
		judge(s, r->sc, &r->golden, &t, faults);
		__atomic_add_fetch(&r->tally->points, 1, __ATOMIC_RELAXED);
		if (r->o->verbose)
			printf("%s %s:%ld %s\n", r->sc->name, kinds[kind].name, at, t.text);
	} else {
		__atomic_add_fetch(&r->tally->beyond, 1, __ATOMIC_RELAXED);
	}
	if (json_array_size(faults)) {
		report(r, kind, &t, faults);
		__atomic_add_fetch(&r->tally->failures, 1, __ATOMIC_RELAXED);
	}
	json_decref(faults);
	sandbox_end();
}

/* Points are given out one at a time, so that no worker waits for another. */
static void work(const struct run *r, const struct sandbox *s)
{
	long mine = __atomic_fetch_add(&r->tally->next, 1, __ATOMIC_RELAXED), n = 0;

	for (int kind = 0; kind < KINDS; kind++) {
		if (kinds[kind].children && !starts_something(r))
			continue;
		for (long at = 1; at <= r->counted[kind]; at++) {
			if (!chosen(r, kind, at) || n++ != mine)
				continue;
			one_point(r, s, kind, at);
			mine = __atomic_fetch_add(&r->tally->next, 1, __ATOMIC_RELAXED);
		}
	}
}

static pid_t start_worker(const struct run *r, const struct sandbox *s)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	trace_clock();
	work(r, s);
	_exit(0);
}

static void run_workers(struct run *r)
{
	pid_t pid[MAX_JOBS];
	int status;

	r->tally->next = 0;
	fflush(stdout);
	for (int i = 0; i < r->o->jobs; i++)
		pid[i] = start_worker(r, &r->boxes[i]);
	for (int i = 0; i < r->o->jobs; i++) {
		while (waitpid(pid[i], &status, 0) < 0 && errno == EINTR)
			;
		if (!WIFEXITED(status) || WEXITSTATUS(status)) {
			printf("FAIL %s: a worker of the runner died\n", r->sc->name);
			r->tally->failures++;
		}
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run_scenario(struct run *r)
{
	double began = seconds();
	long points = r->tally->points, failures = r->tally->failures;

	if (!run_golden(r)) {
		r->tally->failures++;
		return;
	}
	if (r->o->list && !r->o->at)
		return;
	run_workers(r);
	printf("%-24s %5ld calls, %5ld points, %3ld failures, %6.1f s\n", r->sc->name,
		r->counted[0], r->tally->points - points, r->tally->failures - failures,
		seconds() - began);
	fflush(stdout);
}

static void check_reader(const struct sandbox *s, const char *const *reader, struct tally *t)
{
	struct trace run = {.plan = {.among = CALL_FILE, .deed = KILL_BEFORE, .at = 1}};

	sandbox_fill(s, strstr(reader[0], "snapshot") ? "snapped" : "ready");
	command_run(s, reader + 1, &run);
	sandbox_end();
	t->points++;
	if (!run.hit && WIFEXITED(run.status) && WEXITSTATUS(run.status) == 0)
		return;
	printf("FAIL %s only reads, but %s\n", reader[0], run.hit ? run.text : "it fails");
	t->failures++;
}

/* ---- beginning and end */

static bool wanted(const struct options *o, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = o->only; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (strncmp(at, name, n) == 0 && (at[n] == ',' || !at[n]))
			return true;
	return !o->only;
}

static bool usable(const char *dir)
{
	struct statvfs v;

	return access(dir, W_OK) == 0 && statvfs(dir, &v) == 0 && !(v.f_flag & ST_NOEXEC);
}

static char *make_dir(const char *under)
{
	char *dir = fmt("%s/cr.XXXXXX", under);

	if (!mkdtemp(dir)) {
		perror("crash: mkdtemp");
		exit(2);
	}
	return dir;
}

static char *make_top(const char *codelima, const char *fake)
{
	char *top = make_dir(usable("/dev/shm") ? "/dev/shm" : "/tmp");
	static const char *const names[] = {"limactl", "ssh", "qemu-system-x86_64", NULL};

	mkdir(fmt("%s/bin", top), 0700);
	if (symlink(absolute(codelima), fmt("%s/bin/codelima", top)) != 0)
		perror("crash: symlink");
	for (int i = 0; names[i]; i++) {
		copy_file(fake, fmt("%s/bin/%s", top, names[i]));
		chmod(fmt("%s/bin/%s", top, names[i]), 0700);
	}
	return top;
}

static struct options parse(int argc, char **argv)
{
	static const struct option words[] = {{"sample", no_argument, NULL, 's'},
		{"seed", required_argument, NULL, 'S'}, {"jobs", required_argument, NULL, 'j'},
		{"only", required_argument, NULL, 'o'}, {"at", required_argument, NULL, 'a'},
		{"list", no_argument, NULL, 'l'}, {NULL, 0, NULL, 0}};
	struct options o = {.seed = 1, .jobs = (int)sysconf(_SC_NPROCESSORS_ONLN)};

	for (int c; (c = getopt_long(argc, argv, "v", words, NULL)) != -1;) {
		o.sample |= c == 's';
		o.list |= c == 'l';
		o.verbose |= c == 'v';
		o.seed = c == 'S' ? (unsigned)strtoul(optarg, NULL, 10) : o.seed;
		o.jobs = c == 'j' ? (int)strtol(optarg, NULL, 10) : o.jobs;
		o.only = c == 'o' ? optarg : o.only;
		o.at = c == 'a' ? optarg : o.at;
		if (c == '?')
			exit(2);
	}
	if (argc - optind != 2) {
		fputs("usage: crash [--sample] [--seed N] [--jobs N] [--only NAME,…] [--at "
		      "DEED:N] [--list] [-v] CODELIMA FAKE\n",
			stderr);
		exit(2);
	}
	o.jobs = o.jobs < 1 ? 1 : o.jobs > MAX_JOBS ? MAX_JOBS : o.jobs;
	return o;
}

static void run_all(struct run *r)
{
	bases_make(&r->model);
	r->tally->failures += table_check();
	for (int i = 0; readers[i][0] && !r->o->only; i++)
		if (table_has(readers[i][0]))
			check_reader(&r->model, readers[i], r->tally);
	for (size_t i = 0; i < scenarios_n; i++) {
		r->sc = &scenarios[i];
		if (wanted(r->o, r->sc->name) && table_has_scenario(r->sc))
			run_scenario(r);
	}
}

int main(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	struct sandbox boxes[MAX_JOBS];
	struct run r = {.o = &o, .boxes = boxes};
	char *top, *work;
	double began = seconds();

	if (geteuid() == 0) {
		fputs("crash: run it as an ordinary user, as limactl is\n", stderr);
		return 2;
	}
	top = make_top(argv[optind], argv[optind + 1]);
	work = make_dir("/tmp");
	r.tally = mmap(
		NULL, sizeof(*r.tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	sandbox_init(&r.model, top, work, 'm');
	for (int i = 0; i < o.jobs; i++)
		sandbox_init(&boxes[i], top, work, (char)('A' + i));
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	trace_clock();
	run_all(&r);
	remove_tree(top);
	remove_tree(work);
	printf("crash: %ld points, %ld failures, %ld not reached, %.0f s, seed %u\n",
		r.tally->points, r.tally->failures, r.tally->beyond, seconds() - began, o.seed);
	printf("crash: %ld passed, %ld failed\n", r.tally->points - r.tally->failures,
		r.tally->failures);
	return r.tally->failures || !r.tally->points;
}
