/* json-at FILE PATH - one value of a JSON document, for assertions in tests/cli
 *
 * The file must hold exactly one document (jansson, strict, no duplicate keys) or
 * nothing is printed and the status is 2. PATH is dotted: `.data.0.slug`; `.` is the
 * whole, `.data.#` a length, `.data.?` the type, `.data.*.slug` one line for each.
 * Strings are printed raw, the rest compact with keys sorted. Status 1: no such value.
 *
 * json-at -l FILE PATH… - the same of each line of JSON Lines, values parted by a tab
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *type_name(const json_t *v)
{
	static const char *const names[] = {
		"object", "array", "string", "integer", "real", "true", "false", "null"};
	return names[json_typeof(v)];
}

static char after = '\n';

static int show(const json_t *v)
{
	if (json_is_string(v))
		fwrite(json_string_value(v), 1, json_string_length(v), stdout);
	else
		json_dumpf(v, stdout, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
	putchar(after);
	return 0;
}

static int at(const json_t *v, const char *path)
{
	if (!v)
		return 1;
	if (!*path || strcmp(path, ".") == 0)
		return show(v);
	path++;
	size_t n = strcspn(path, ".");
	char *key = strndup(path, n);
	path += n;
	if (strcmp(key, "#") == 0)
		return printf("%zu\n",
			       json_is_array(v) ? json_array_size(v) : json_object_size(v)) < 0;
	if (strcmp(key, "?") == 0)
		return puts(type_name(v)) < 0;
	if (strcmp(key, "*") == 0) {
		int status = 0;
		for (size_t i = 0; i < json_array_size(v); i++)
			status |= at(json_array_get(v, i), path);
		free(key);
		return status;
	}
	const json_t *next = json_is_array(v) ? json_array_get(v, (size_t)strtol(key, NULL, 10))
					      : json_object_get(v, key);
	free(key);
	return at(next, path);
}

static int each_line(const char *path, char **paths)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0, number = 0;
	int status = 0;
	after = '\t';
	while (f && getline(&line, &cap, f) > 0) {
		json_error_t e;
		json_t *v = json_loads(line, JSON_REJECT_DUPLICATES, &e);
		number++;
		if (!v) {
			fprintf(stderr, "json-at: %s:%zu: %s\n", path, number, e.text);
			status = 2;
			continue;
		}
		for (char **p = paths; *p; p++)
			at(v, *p);
		putchar('\n');
		json_decref(v);
	}
	free(line);
	if (f)
		fclose(f);
	return status;
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "-l") == 0)
		return each_line(argv[2], argv + 3);
	if (argc != 3) {
		fputs("usage: json-at FILE PATH\n", stderr);
		return 2;
	}
	json_error_t e;
	json_t *v = json_load_file(argv[1], JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (!v) {
		fprintf(stderr, "json-at: %s:%d:%d: %s\n", argv[1], e.line, e.column, e.text);
		return 2;
	}
	int status = at(v, argv[2]);
	json_decref(v);
	return status;
}
