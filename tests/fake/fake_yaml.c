#include "fake.h"

#include <ctype.h>
#include <yaml.h>

static json_t *scalar(const yaml_node_t *n)
{
	const char *s = (const char *)n->data.scalar.value;
	if (n->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return json_string(s);
	if (!*s || strcmp(s, "~") == 0 || strcmp(s, "null") == 0)
		return json_null();
	if (strcmp(s, "true") == 0 || strcmp(s, "false") == 0)
		return json_boolean(*s == 't');
	char *end = NULL;
	long long i = strtoll(s, &end, 10);
	if (!*end)
		return json_integer(i);
	if (isdigit((unsigned char)*s) || *s == '-') {
		double d = strtod(s, &end);
		if (!*end)
			return json_real(d);
	}
	return json_string(s);
}

static json_t *convert(yaml_document_t *doc, int index, int depth)
{
	const yaml_node_t *n = yaml_document_get_node(doc, index);
	if (!n || depth > 50)
		return json_null();
	if (n->type == YAML_SCALAR_NODE)
		return scalar(n);
	if (n->type == YAML_SEQUENCE_NODE) {
		json_t *list = json_array();
		for (yaml_node_item_t *i = n->data.sequence.items.start;
			i < n->data.sequence.items.top; i++)
			json_array_append_new(list, convert(doc, *i, depth + 1));
		return list;
	}
	json_t *map = json_object();
	for (yaml_node_pair_t *p = n->data.mapping.pairs.start; p < n->data.mapping.pairs.top;
		p++) {
		const yaml_node_t *k = yaml_document_get_node(doc, p->key);
		if (k && k->type == YAML_SCALAR_NODE)
			json_object_set_new(map, (const char *)k->data.scalar.value,
				convert(doc, p->value, depth + 1));
	}
	return map;
}

json_t *yaml_value(const char *text, char **error)
{
	yaml_parser_t p;
	yaml_document_t doc;
	yaml_parser_initialize(&p);
	yaml_parser_set_input_string(&p, (const unsigned char *)text, strlen(text));
	if (!yaml_parser_load(&p, &doc)) {
		*error = fmt("[%zu:%zu] %s", p.problem_mark.line + 1, p.problem_mark.column + 1,
			p.problem ? p.problem : "bad YAML");
		yaml_parser_delete(&p);
		return NULL;
	}
	const yaml_node_t *root = yaml_document_get_root_node(&doc);
	json_t *v = root ? convert(&doc, 1, 0) : json_object();
	if (json_is_null(v))
		v = json_object();
	yaml_document_delete(&doc);
	yaml_parser_delete(&p);
	return v;
}

static void print_string(FILE *f, const char *s, int indent)
{
	bool plain = isalpha((unsigned char)*s) || *s == '/';
	for (const char *c = s; *c; c++)
		plain = plain && (isalnum((unsigned char)*c) || strchr("/._-", *c));
	static const char *const taken[] = {
		"true", "false", "null", "yes", "no", "on", "off", NULL};
	for (int i = 0; taken[i]; i++)
		plain = plain && strcmp(taken[i], s) != 0;
	if (plain) {
		fputs(s, f);
		return;
	}
	if (!strchr(s, '\n')) {
		json_dumpf(json_string(s), f, JSON_ENCODE_ANY);
		return;
	}
	size_t n = strlen(s);
	fputs(s[n - 1] == '\n' ? "|" : "|-", f);
	for (const char *line = s; *line;) {
		size_t len = strcspn(line, "\n");
		fprintf(f, "\n%*s%.*s", len ? indent + 2 : 0, "", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static void print(FILE *f, const json_t *v, int indent, bool after_dash);

static void print_child(FILE *f, const json_t *v, int indent)
{
	bool block = (json_is_object(v) && json_object_size(v)) ||
		     (json_is_array(v) && json_array_size(v));
	fputs(block ? "\n" : " ", f);
	print(f, v, json_is_array(v) ? indent : indent + 2, false);
	if (!block)
		fputc('\n', f);
}

static void print(FILE *f, const json_t *v, int indent, bool after_dash)
{
	const char *key;
	json_t *child;
	size_t i;
	if (json_is_object(v) && json_object_size(v)) {
		json_object_foreach((json_t *)v, key, child)
		{
			fprintf(f, "%*s%s:", after_dash ? 0 : indent, "", key);
			after_dash = false;
			print_child(f, child, indent);
		}
	} else if (json_is_array(v) && json_array_size(v)) {
		json_array_foreach(v, i, child)
		{
			fprintf(f, "%*s- ", indent, "");
			if (json_is_array(child))
				json_dumpf(child, f, JSON_COMPACT);
			else
				print(f, child, indent + 2, true);
			if (!json_is_object(child) || !json_object_size(child))
				fputc('\n', f);
		}
	} else if (json_is_string(v)) {
		print_string(f, json_string_value(v), indent);
	} else {
		json_dumpf(v, f, JSON_ENCODE_ANY);
	}
}

char *yaml_print(const json_t *v)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);
	print(f, v, 0, false);
	fclose(f);
	return out;
}
