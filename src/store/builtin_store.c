#include "store/builtin_store.h"

#include <errno.h>

#include "base/mem.h"
#include "data/codec.h"
#include "os/file.h"
#include "store/builtin.h"
#include "store/profiles.h"
#include "store/record_list.h"
#include "store/record_store.h"

static bool is_there(const struct record_list *l, const struct environment *want)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct environment *env = record_at(l, i);

		if (z_eq(env->id, want->id) || z_eq(env->slug, want->slug))
			return true;
	}
	return false;
}

static bool store_environment(
	const struct home *h, const struct environment *builtin, struct err *e)
{
	struct environment copy = {0};
	own_buf struct buf path = {0};
	bool ok;

	/* A record that cannot be read is the person's to repair. */
	record_file(h, REC_ENVIRONMENT, builtin->id, &path);
	if (file_exists(buf_z(&path)))
		return true;
	fields_copy(&environment_fields, &copy, builtin);
	ok = record_create(h, REC_ENVIRONMENT, &copy, e);
	fields_fini(&environment_fields, &copy);
	return ok;
}

static bool store_environments(const struct home *h, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;
	own_records struct record_list l = {0};

	if (!lock_namespace(h, REC_ENVIRONMENT, &lock, e) ||
		!records_list(h, NULL, REC_ENVIRONMENT, LIST_DELETED | LIST_STORED, &l, e))
		return false;
	for (size_t i = 0; i < BUILTIN_ENVIRONMENTS; i++)
		if (!is_there(&l, &builtin_environments[i]) &&
			!store_environment(h, &builtin_environments[i], e))
			return false;
	return true;
}

static bool store_profile(const struct home *h, const struct profile *p, struct err *e)
{
	own_buf struct buf name = {0}, path = {0}, text = {0};
	own_err struct err why = {0};

	buf_printf(&name, "%s.yaml", p->name);
	path_join(&path, h->config.agent_profiles_dir, buf_z(&name));
	codec_to_yaml(&profile_fields, p, &text);
	if (!file_mkdirs(h->config.agent_profiles_dir, 0700, e))
		return false;
	if (file_create(buf_z(&path), buf_view(&text), 0600, &why) || why.sys == EEXIST)
		return true;
	return err_move(e, &why);
}

bool builtin_store(const struct home *h, struct err *e)
{
	bool profiles = profiles_unstored(h);

	if (!store_environments(h, e))
		return false;
	for (size_t i = 0; i < BUILTIN_PROFILES && profiles; i++)
		if (!store_profile(h, &builtin_profiles[i], e))
			return false;
	return true;
}
