#include "store/profiles.h"

#include <errno.h>

#include "base/escape.h"
#include "base/mem.h"
#include "data/codec.h"
#include "model/slug.h"
#include "os/file.h"
#include "os/lock.h"
#include "store/builtin.h"

#define LOCK_WAIT_MS 10000

/* Names of old homes may be odd, but never lead out of the directory. */
static bool nameable(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/') && strlen(name) < 200;
}

static void profile_path(const struct home *h, const char *name, struct buf *out)
{
	own_buf struct buf file = {0};

	buf_printf(&file, "%s.yaml", name);
	path_join(out, h->config.agent_profiles_dir, buf_z(&file));
}

bool profiles_unstored(const struct home *h)
{
	own_strv struct strv files = {0};

	if (h->schema > 0)
		return false;
	return !file_exists(h->config_path) ||
	       (file_list(h->config.agent_profiles_dir, &files, NULL) && files.n == 0);
}

static const struct profile *builtin_profile(const struct home *h, const char *name)
{
	for (size_t i = 0; i < BUILTIN_PROFILES && profiles_unstored(h); i++)
		if (z_eq(builtin_profiles[i].name, name))
			return &builtin_profiles[i];
	return NULL;
}

bool profile_names(const struct home *h, struct strv *names, struct err *e)
{
	own_strv struct strv files = {0};

	if (!file_list(h->config.agent_profiles_dir, &files, e))
		return false;
	strv_clear(names);
	for (size_t i = 0; i < files.n; i++) {
		struct str name = str_z(files.v[i]);

		if (name.n > 5 && name.p[0] != '.' && str_ends(name, STR(".yaml")))
			strv_addn(names, str_n(name.p, name.n - 5));
	}
	for (size_t i = 0; i < BUILTIN_PROFILES && profiles_unstored(h); i++)
		if (!strv_has(names, builtin_profiles[i].name))
			strv_add(names, builtin_profiles[i].name);
	strv_sort(names);
	return true;
}

static bool not_found(const struct home *h, const char *name, struct err *e)
{
	own_buf struct buf shown = {0};
	own_strv struct strv names = {0};

	escape_text(&shown, str_z(name));
	err_set(e, ERR_NOT_FOUND, "there is no agent profile \"%s\"", buf_z(&shown));
	err_field(e, "query", name);
	if (!profile_names(h, &names, NULL) || !names.n)
		return false;
	buf_clear(&shown);
	for (size_t i = 0; i < names.n; i++) {
		buf_puts(&shown, i ? ", " : "");
		escape_text(&shown, str_z(names.v[i]));
	}
	return err_fix(e, "use one of: %s", buf_z(&shown));
}

static bool parse(
	const char *name, struct str text, const char *path, struct profile *p, struct err *e)
{
	own_yaml struct yaml_doc doc = {0};
	bool keep;

	/* Set before: a copied file may name its origin, or nothing. */
	p->name = mem_strdup(name);
	if (!yaml_parse(&doc, text, path, e) ||
		!codec_from_yaml(&profile_fields, p, doc.root, path, e)) {
		fields_fini(&profile_fields, p);
		return false;
	}
	if (!z_eq(p->name, name)) {
		mem_set(&p->name, name);
	}
	p->keep_history_off = yaml_bool(yaml_get(doc.root, "keep_history"), &keep) && !keep;
	return true;
}

static bool load_text(
	const struct home *h, const char *name, struct buf *path, struct buf *text, struct err *e)
{
	own_err struct err why = {0};

	if (!nameable(name))
		return not_found(h, name, e);
	profile_path(h, name, path);
	if (file_read(buf_z(path), text, YAML_MAX_SIZE, &why))
		return true;
	return why.sys == ENOENT || why.sys == ENOTDIR ? not_found(h, name, e) : err_move(e, &why);
}

bool profile_load(const struct home *h, const char *name, struct profile *p, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};
	own_err struct err why = {0};
	const struct profile *builtin;

	if (load_text(h, name, &path, &text, &why))
		return parse(name, buf_view(&text), buf_z(&path), p, e);
	builtin = why.kind == ERR_NOT_FOUND ? builtin_profile(h, name) : NULL;
	if (!builtin)
		return err_move(e, &why);
	fields_copy(&profile_fields, p, builtin);
	return true;
}

static bool lock_profiles(const struct home *h, struct lock *l, struct err *e)
{
	own_buf struct buf path = {0};

	return file_mkdirs(home_path(h, &path, "_locks"), 0700, e) &&
	       lock_take(l, home_path(h, &path, "_locks/agent-profiles.lock"), LOCK_WAIT_MS,
		       "the list of agent profiles", e);
}

/* The file of a name that is not taken. */
static bool write_new(const struct home *h, const char *name, struct str text, struct err *e)
{
	own_err struct err why = {0};
	own_buf struct buf path = {0};

	profile_path(h, name, &path);
	if (file_create(buf_z(&path), text, 0600, &why))
		return true;
	if (why.sys != EEXIST)
		return err_move(e, &why);
	err_set(e, ERR_PRECONDITION_FAILED, "there is an agent profile %s", name);
	err_field(e, "slug", name);
	return err_fix(e, "codelima profile update %s", name);
}

bool profile_create(const struct home *h, const struct profile *p, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;
	own_buf struct buf text = {0};

	if (!slug_check(str_z(p->name), e) || !lock_profiles(h, &lock, e) ||
		!file_mkdirs(h->config.agent_profiles_dir, 0700, e))
		return false;
	codec_to_yaml(&profile_fields, p, &text);
	return write_new(h, p->name, buf_view(&text), e);
}

/* The new file stands before the old one goes: a killed process leaves both, never none. */
static bool put_under(const struct home *h, const char *path, const char *old_name,
	const char *name, struct str text, struct err *e)
{
	if (z_eq(old_name, name))
		return file_replace(path, text, 0600, e);
	return slug_check(str_z(name), e) && write_new(h, name, text, e) && file_unlink(path, e);
}

bool profile_update(const struct home *h, const char *name,
	bool (*change)(struct profile *p, void *arg, struct err *e), void *arg, struct profile *out,
	struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;
	own_buf struct buf path = {0}, text = {0}, fresh = {0};
	struct profile p = {0};
	bool ok;

	ok = lock_profiles(h, &lock, e) && load_text(h, name, &path, &text, e) &&
	     parse(name, buf_view(&text), buf_z(&path), &p, e) && change(&p, arg, e) &&
	     codec_yaml_update(&profile_fields, &p, buf_view(&text), buf_z(&path), &fresh, e) &&
	     put_under(h, buf_z(&path), name, p.name, buf_view(&fresh), e);
	if (ok && out)
		fields_copy(&profile_fields, out, &p);
	fields_fini(&profile_fields, &p);
	return ok;
}

bool profile_delete(const struct home *h, const char *name, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;
	own_buf struct buf path = {0}, text = {0};

	return lock_profiles(h, &lock, e) && load_text(h, name, &path, &text, e) &&
	       file_unlink(buf_z(&path), e);
}
