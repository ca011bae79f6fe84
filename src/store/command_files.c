#include "store/command_files.h"

#include "base/escape.h"
#include "base/mem.h"
#include "data/cmdtpl.h"
#include "data/codec.h"
#include "data/yamlout.h"
#include "os/file.h"

static size_t known_vars(enum action a, struct cmdtpl_var *vars)
{
	size_t n = 0;

	for (; actions[a].placeholders[n]; n++) {
		struct str name = str_z(actions[a].placeholders[n]);
		bool words = str_ends(name, STR("_flag")) || str_eqz(name, "command_args");

		vars[n] = (struct cmdtpl_var){
			.name = name.p, .kind = words ? CMDTPL_WORDS : CMDTPL_WORD};
	}
	return n;
}

static bool wrong(const struct list_entry *le, const char *file, const char *why, struct err *e)
{
	own_buf struct buf shown = {0};
	char number[16];

	escape_text(&shown, str_z(le->name));
	snprintf(number, sizeof(number), "%d", le->line);
	err_set(e, ERR_INVALID_ARGUMENT, "%s:%s: lima_commands.%s %s", file, number, buf_z(&shown),
		why);
	err_field(e, "path", file);
	return err_field(e, "line", number);
}

static bool unknown_action(const struct list_entry *le, const char *file, struct err *e)
{
	unsigned best = 4;

	wrong(le, file, "is no action", e);
	for (size_t i = 0; i < ACT_COUNT; i++) {
		unsigned d = str_distance(str_z(le->name), str_z(actions[i].name));

		if (d < best) {
			best = d;
			err_fix(e, "did you mean %s?", actions[i].name);
		}
	}
	return false;
}

static bool check_entry(const struct list_entry *le, const char *file, struct err *e)
{
	struct cmdtpl_var vars[countof(actions[0].placeholders)];
	enum action a;
	size_t n;

	if (!action_by_name(str_z(le->name), &a))
		return unknown_action(le, file, e);
	if (a == ACT_BOOTSTRAP)
		return true;
	if (le->off)
		return wrong(le, file, "cannot be switched off, only bootstrap can", e);
	n = known_vars(a, vars);
	for (size_t i = 0; i < le->list.n; i++)
		if (!cmdtpl_check(str_z(le->list.v[i]), vars, n, file, le->line, e))
			return false;
	return true;
}

bool commands_check(const struct lists *l, const char *file, struct err *e)
{
	for (size_t i = 0; i < l->n; i++)
		if (!check_entry(&l->v[i], file, e))
			return false;
	return true;
}

struct commands_file {
	struct lists lima_commands;
};

static const struct field file_rows[] = {
	{.name = "lima_commands",
		.type = F_LISTS,
		.offset = offsetof(struct commands_file, lima_commands)},
};
static const struct fields file_fields = {.what = "lima commands file",
	.f = file_rows,
	.n = countof(file_rows),
	.size = sizeof(struct commands_file)};

/* A bare file is read as if its content stood below `lima_commands:`. */
static bool read_either(struct str text, const char *path, struct lists *out, struct err *e)
{
	struct yaml_node key = {.kind = YAML_SCALAR, .text = STR("lima_commands"), .plain = true};
	struct yaml_node *keys[] = {&key}, *items[] = {NULL};
	struct yaml_node wrap = {.kind = YAML_MAP, .n = 1, .keys = keys, .items = items};
	own_yaml struct yaml_doc doc = {0};
	struct commands_file file = {0};
	const struct yaml_node *root;

	if (!yaml_parse(&doc, text, path, e))
		return false;
	root = doc.root;
	if (root && root->kind == YAML_MAP && !yaml_get(root, "lima_commands")) {
		items[0] = doc.root;
		root = &wrap;
	}
	if (!codec_from_yaml(&file_fields, &file, root, path, e))
		return false;
	*out = file.lima_commands;
	return true;
}

bool commands_load(const char *path, struct lists *out, struct err *e)
{
	own_buf struct buf text = {0};
	struct lists fresh = {0};

	if (!file_read(path, &text, YAML_MAX_SIZE, e) ||
		!read_either(buf_view(&text), path, &fresh, e)) {
		err_field(e, "path", path);
		return err_as(e, ERR_INVALID_ARGUMENT);
	}
	if (!commands_check(&fresh, path, e)) {
		lists_fini(&fresh);
		return false;
	}
	lists_fini(out);
	*out = fresh;
	return true;
}

static void comment_out(struct buf *out, struct str block)
{
	struct str line;

	while (str_split(&block, '\n', &line)) {
		if (!line.n && !block.p)
			break;
		buf_puts(out, line.n ? "# " : "#");
		buf_str(out, line);
		buf_putc(out, '\n');
	}
}

void commands_example(struct buf *out, const struct command_level levels[LEVEL_COUNT])
{
	own_buf struct buf block = {0};

	buf_puts(&block,
		"The commands in force. To change one, take the \"# \" away from the line\n"
		"\"lima_commands:\" and from that action's; a list replaces the whole list.\n"
		"lima_commands:\n");
	for (size_t a = 0; a < ACT_COUNT; a++) {
		struct command_list list;

		commands_effective(levels, (enum action)a, &list);
		yaml_put_list(&block, 4, actions[a].name, &list.commands);
		strv_fini(&list.commands);
	}
	comment_out(out, buf_view(&block));
}
