#include "world.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../fake/fake.h"

#define ID_LEN 36

struct reader {
	const struct sandbox *s;
	const char *known;
	json_t *world;
};

/* ---- lists */

bool list_has(const json_t *list, const char *text)
{
	size_t i;
	json_t *v;

	json_array_foreach(
		(json_t *)list, i, v) if (strcmp(json_string_value(v), text) == 0) return true;
	return false;
}

static size_t times_in(const json_t *list, const char *text)
{
	size_t i, n = 0;
	json_t *v;

	json_array_foreach((json_t *)list, i, v) n += strcmp(json_string_value(v), text) == 0;
	return n;
}

const char *list_missing(const json_t *a, const json_t *b)
{
	size_t i;
	json_t *v;

	json_array_foreach((json_t *)a, i, v)
	{
		const char *text = json_string_value(v);

		if (times_in(b, text) < times_in(a, text))
			return text;
	}
	return NULL;
}

void list_add_new(json_t *list, const char *text)
{
	if (!list_has(list, text))
		json_array_append_new(list, json_string(text));
}

static void put(const struct reader *r, const char *list, const char *text)
{
	json_t *v = json_string(text);

	json_array_append_new(
		json_object_get(r->world, list), v ? v : json_string("(a name that is no UTF-8)"));
}

/* ---- what differs from run to run */

static bool is_id(const char *s)
{
	for (int i = 0; i < ID_LEN; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s[i] != '-'
							    : !isxdigit((unsigned char)s[i]))
			return false;
	return true;
}

/* Length of the time "2026-11-22T10:11:12.123456789Z" at s; 0. */
static size_t time_at(const char *s)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	size_t n = 0;

	for (; form[n]; n++)
		if (form[n] == 'd' ? !isdigit((unsigned char)s[n]) : s[n] != form[n])
			return 0;
	if (s[n] == '.')
		n += 1 + strspn(s + n + 1, "0123456789");
	return s[n] == 'Z' ? n + 1 : 0;
}

static bool is_known(const char *known, const char *s, size_t n)
{
	return known && memmem(known, strlen(known), s, n);
}

static char *normal(const struct reader *r, const char *text)
{
	size_t root = strlen(r->s->root), work = strlen(r->s->work), n, size = 0;
	char *out = NULL;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		abort();
	while (*text) {
		if (strncmp(text, r->s->root, root) == 0) {
			fputc('@', f);
			text += root;
		} else if (strncmp(text, r->s->work, work) == 0) {
			fputc('%', f);
			text += work;
		} else if (strnlen(text, ID_LEN) == ID_LEN && is_id(text)) {
			if (is_known(r->known, text, ID_LEN))
				fprintf(f, "%.36s", text);
			else
				fputs("NEW", f);
			text += ID_LEN;
		} else if (isdigit((unsigned char)*text) && strnlen(text, 20) == 20 &&
			   (n = time_at(text))) {
			if (is_known(r->known, text, n))
				fprintf(f, "%.*s", (int)n, text);
			else
				fputs("TIME", f);
			text += n;
		} else {
			fputc(*text++, f);
		}
	}
	fclose(f);
	return out;
}

/* ---- trees */

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

typedef void visit(
	const struct reader *r, const char *path, const char *rel, const struct stat *st);

static void walk(const struct reader *r, const char *dir, const char *rel, visit *on)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d && (de = readdir(d))) {
		char path[4096], name[2048];
		struct stat st;

		if (is_dot(de->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, de->d_name);
		snprintf(name, sizeof(name), "%s%s%s", rel, *rel ? "/" : "", de->d_name);
		if (lstat(path, &st) != 0)
			continue;
		on(r, path, name, &st);
		if (S_ISDIR(st.st_mode))
			walk(r, path, name, on);
	}
	if (d)
		closedir(d);
}

static unsigned long hash_of(const char *path, const struct stat *st)
{
	size_t n = 0;
	char link[4096], *text = NULL;
	unsigned long h = 1469598103934665603u;

	if (S_ISLNK(st->st_mode)) {
		ssize_t got = readlink(path, link, sizeof(link) - 1);

		n = got > 0 ? (size_t)got : 0;
	} else if (S_ISREG(st->st_mode)) {
		text = slurp(path, &n);
	}
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)(text ? text : link)[i]) * 1099511628211u;
	free(text);
	return h;
}

static void see_workspace(
	const struct reader *r, const char *path, const char *rel, const struct stat *st)
{
	char line[4096];

	if (S_ISDIR(st->st_mode)) /* its time is when something in it came or went */
		snprintf(line, sizeof(line), "%s %o", rel, st->st_mode);
	else
		snprintf(line, sizeof(line), "%s %o %lld.%09ld %lx", rel, st->st_mode,
			(long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec, hash_of(path, st));
	put(r, "work", line);
}

static void see_guest(
	const struct reader *r, const char *path, const char *rel, const struct stat *st)
{
	char line[4096];

	snprintf(line, sizeof(line), "%s %o %lx", rel, st->st_mode,
		S_ISLNK(st->st_mode) ? 0 : hash_of(path, st));
	put(r, "guest", line);
}

/* ---- the home */

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);

	return n >= m && strcmp(s + n - m, with) == 0;
}

static const char *name_of(const char *rel)
{
	const char *slash = strrchr(rel, '/');

	return slash ? slash + 1 : rel;
}

/* Means something only while an operation runs, or is a hint, or a log. */
static bool passing(const char *rel)
{
	static const char *const folders[] = {
		"_locks/", "_index/", "_jobs/", "_state/", "_terminals/", "_quarantine/", NULL};
	static const char *const names[] = {"events.jsonl", "events.jsonl.1", "bootstrap.log",
		"seed-manifest.json", "stat-cache", NULL};

	for (int i = 0; folders[i]; i++)
		if (starts(rel, folders[i]))
			return true;
	for (int i = 0; names[i]; i++)
		if (strcmp(name_of(rel), names[i]) == 0)
			return true;
	return false;
}

static json_t *parsed(const char *rel, const char *text)
{
	char *error = NULL;
	json_t *v = NULL;

	if (ends(rel, ".json"))
		v = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	else if (ends(rel, ".yaml"))
		v = *text ? yaml_value(text, &error) : NULL;
	else
		v = *text ? json_string(text) : NULL;
	return v ? v : json_string("CORRUPT");
}

/* The record that a file of a directory belongs to: "nodes/ID/node.yaml"; NULL. */
static json_t *owner(const struct reader *r, const char *rel)
{
	static const char *const main_file[][2] = {{"nodes/", "node.yaml"},
		{"projects/", "project.yaml"}, {"environment-configs/", "environment-config.yaml"}};

	for (int i = 0; i < 3; i++) {
		size_t n = strlen(main_file[i][0]);
		char path[4096], *text, *error = NULL;
		json_t *v;

		if (!starts(rel, main_file[i][0]) || strlen(rel) < n + ID_LEN)
			continue;
		snprintf(path, sizeof(path), "%s/c/%.*s/%s", r->s->root, (int)n + ID_LEN, rel,
			main_file[i][1]);
		text = slurp(path, NULL);
		v = text ? yaml_value(text, &error) : json_null();
		free(text);
		return v ? v : json_string("CORRUPT");
	}
	return NULL;
}

/* Files of a record that is gone again, or was never whole, are nothing. */
static bool of_nobody(const struct reader *r, const char *rel)
{
	json_t *o = owner(r, rel);
	bool nobody = json_is_null(o);

	if (json_is_string(json_object_get(o, "deleted_at")))
		nobody = !is_known(r->known, json_string_value(json_object_get(o, "id")), ID_LEN);
	json_decref(o);
	return nobody;
}

static bool of_deleted(const struct reader *r, const char *rel)
{
	json_t *o = owner(r, rel);
	bool deleted = json_is_string(json_object_get(o, "deleted_at"));

	json_decref(o);
	return deleted;
}

static void see_record(const struct reader *r, const char *path, const char *rel)
{
	char *text = slurp(path, NULL), *dump, *line, *plain;
	json_t *v = parsed(rel, text ? text : "");

	if (json_object_get(v, "updated_at")) /* whether once more or not says nothing */
		json_object_set_new(v, "updated_at", json_string("TIME"));
	dump = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	line = fmt("%s %s", rel, dump);
	plain = normal(r, line);
	put(r, "records", plain);
	json_decref(v);
	free(text);
	free(dump);
	free(line);
	free(plain);
}

static void see_home(
	const struct reader *r, const char *path, const char *rel, const struct stat *st)
{
	char *plain;

	if (!S_ISREG(st->st_mode))
		return;
	if ((ends(rel, ".tmp") && name_of(rel)[0] == '.') || strstr(rel, "/snapshots/.")) {
		plain = normal(r, rel);
		put(r, "litter", plain);
		free(plain);
	} else if (ends(rel, "/claim.json")) {
		if (!of_deleted(r, rel))
			put(r, "claims", rel);
	} else if (!passing(rel) && !of_nobody(r, rel)) {
		see_record(r, path, rel);
	}
}

/* ---- machines */

static void see_machine(const struct reader *r, const char *name)
{
	char path[4096], line[512];
	bool vm, agent;

	snprintf(path, sizeof(path), "%s/l/%s/qemu.pid", r->s->root, name);
	vm = pid_in(path) > 0;
	snprintf(path, sizeof(path), "%s/l/%s/ha.pid", r->s->root, name);
	agent = pid_in(path) > 0;
	snprintf(line, sizeof(line), "%s %s", name,
		vm && agent   ? "running"
		: vm || agent ? "half"
			      : "stopped");
	put(r, "vms", line);
	snprintf(path, sizeof(path), "%s/l/%s/guest/w", r->s->root, name);
	walk(r, path, name, see_guest);
}

static void see_machines(const struct reader *r)
{
	char path[128];
	DIR *d;
	struct dirent *de;

	snprintf(path, sizeof(path), "%s/l", r->s->root);
	d = opendir(path);
	while (d && (de = readdir(d)))
		if (de->d_name[0] != '.' && de->d_name[0] != '_')
			see_machine(r, de->d_name);
	if (d)
		closedir(d);
}

static void see_names(const struct reader *r)
{
	size_t i;
	json_t *v;

	json_array_foreach(json_object_get(r->world, "records"), i, v)
	{
		const char *text = json_string_value(v);
		json_t *rec = strstr(text, "/node.yaml ")
				      ? json_loads(strchr(text, ' ') + 1, 0, NULL)
				      : NULL;
		const char *vm = json_string_value(json_object_get(rec, "lima_instance_name"));

		if (vm && !json_is_string(json_object_get(rec, "deleted_at")))
			put(r, "named", vm);
		json_decref(rec);
	}
}

json_t *world_read(const struct sandbox *s, const char *known)
{
	struct reader r = {s, known,
		json_pack("{s:[] s:[] s:[] s:[] s:[] s:[] s:[]}", "records", "vms", "named",
			"guest", "work", "litter", "claims")};
	char path[128];

	snprintf(path, sizeof(path), "%s/c", s->root);
	walk(&r, path, "", see_home);
	walk(&r, s->work, "", see_workspace);
	see_machines(&r);
	see_names(&r);
	return r.world;
}

static void gather(const struct reader *r, const char *path, const char *rel, const struct stat *st)
{
	FILE *f = (FILE *)r->world;
	char *text = S_ISREG(st->st_mode) ? slurp(path, NULL) : NULL;

	fprintf(f, "%s\n%s\n", rel, text ? text : "");
	free(text);
}

char *world_known(const struct sandbox *s)
{
	char *out = NULL, path[128];
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);
	struct reader r = {s, NULL, (json_t *)f};

	if (!f)
		abort();
	snprintf(path, sizeof(path), "%s/c", s->root);
	walk(&r, path, "", gather);
	fclose(f);
	return out;
}

char *record_scrubbed(const char *record)
{
	const char *space = strchr(record, ' ');
	json_t *v = json_loads(space + 1, JSON_DECODE_ANY, NULL);
	char *dump, *out;

	json_object_del(v, "lifecycle_state");
	dump = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	out = fmt("%.*s %s", (int)(space - record), record, dump);
	free(dump);
	json_decref(v);
	return out;
}
