#include "store/legacy.h"

#include "base/mem.h"
#include "base/strv.h"
#include "data/yamledit.h"

static const struct {
	enum legacy_file file;
	const char *old;
	const char *path[3]; /* where it stands today */
} moves[] = {
	{LEGACY_ENVIRONMENT, "environment_commands", {"bootstrap_commands"}},
	{LEGACY_ENVIRONMENT, "setup_commands", {"bootstrap_commands"}},
	{LEGACY_NODE, "environment_commands", {"bootstrap_commands"}},
	{LEGACY_NODE, "setup_commands", {"bootstrap_commands"}},
	{LEGACY_NODE, "status", {"lifecycle_state"}},
	{LEGACY_PROJECT, "environment_commands", {"lima_commands", "bootstrap"}},
	{LEGACY_PROJECT, "setup_commands", {"lima_commands", "bootstrap"}},
	{LEGACY_CONFIG, "environment_commands", {"lima_commands", "bootstrap"}},
	{LEGACY_CONFIG, "setup_commands", {"lima_commands", "bootstrap"}},
};

bool legacy_suspect(enum legacy_file f, struct str text)
{
	for (size_t i = 0; i < countof(moves); i++)
		if (moves[i].file == f && str_find_str(text, str_z(moves[i].old)) < text.n)
			return true;
	return false;
}

static const struct yaml_node *at_path(const struct yaml_node *root, const char *const *path)
{
	while (root && *path)
		root = yaml_get(root, *path++);
	return root;
}

static const struct yaml_node *key_node(const struct yaml_node *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++)
		if (str_eqz(map->keys[i]->text, key))
			return map->keys[i];
	return NULL;
}

static bool rename_key(struct yamledit *ed, const char *from, const char *to, struct err *e)
{
	const struct yaml_node *key = key_node(ed->doc.root, from);
	own_buf struct buf text = {0};
	own_mem char *name = mem_strdup(ed->name);

	buf_str(&text, buf_view(&ed->text));
	buf_splice(&text, key->start, key->end, str_z(to));
	yamledit_close(ed);
	return yamledit_open(ed, buf_view(&text), name, e);
}

static bool move_list(struct yamledit *ed, const char *from, const char *const *to, struct err *e)
{
	const struct yaml_node *n = yaml_get(ed->doc.root, from);
	own_strv struct strv items = {0};

	if (n->kind == YAML_SCALAR)
		strv_addn(&items, n->text);
	for (size_t i = 0; n->kind == YAML_SEQ && i < n->n; i++)
		strv_addn(&items, n->items[i]->text);
	return yamledit_set_list(ed, to, &items, e) &&
	       yamledit_remove(ed, (const char *[]){from, NULL}, e);
}

static bool apply(struct yamledit *ed, const char *old, const char *const *path, struct err *e)
{
	const struct yaml_node *root = ed->doc.root;

	if (!root || root->kind != YAML_MAP || !key_node(root, old))
		return true;
	if (at_path(root, path) || yaml_null(yaml_get(root, old)))
		return yamledit_remove(ed, (const char *[]){old, NULL}, e);
	return path[1] ? move_list(ed, old, path, e) : rename_key(ed, old, path[0], e);
}

bool legacy_modernize(
	enum legacy_file f, struct str text, const char *name, struct buf *out, struct err *e)
{
	struct yamledit ed = {0};
	bool ok = yamledit_open(&ed, text, name, e);

	for (size_t i = 0; ok && i < countof(moves); i++)
		if (moves[i].file == f)
			ok = apply(&ed, moves[i].old, moves[i].path, e);
	if (ok) {
		buf_clear(out);
		buf_str(out, buf_view(&ed.text));
	}
	yamledit_close(&ed);
	return ok;
}
