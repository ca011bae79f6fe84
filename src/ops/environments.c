#include "ops/environments.h"

#include "base/mem.h"
#include "model/slug.h"
#include "ops/dependents.h"
#include "os/clock.h"
#include "store/events.h"
#include "store/home_prepare.h"

static bool take_slug(
	const struct home *h, const struct ctx *c, const char *slug, char **out, struct err *e)
{
	own_buf struct buf picked = {0};

	if (slug) {
		*out = mem_strdup(slug);
		return slug_free(h, c, REC_ENVIRONMENT, slug, e);
	}
	if (!slug_pick(h, c, REC_ENVIRONMENT, STR("environment"), &picked, e))
		return false;
	*out = buf_steal(&picked);
	return true;
}

bool environment_create(struct home *h, const struct ctx *c, const char *slug,
	const struct strv *commands, struct environment *out, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;
	struct environment env = {0};

	if (slug && !slug_check(str_z(slug), e))
		return false;
	strv_copy(&env.bootstrap_commands, commands);
	if (!home_prepare(h, c, e) || !lock_namespace(h, REC_ENVIRONMENT, &lock, e) ||
		!take_slug(h, c, slug, &env.slug, e) ||
		!record_create(h, REC_ENVIRONMENT, &env, e)) {
		fields_fini(&environment_fields, &env);
		return false;
	}
	event_note(h, c, REC_ENVIRONMENT, env.id, "environment.created", NULL, NULL);
	*out = env;
	return true;
}

bool environment_list(const struct home *h, const struct ctx *c, bool deleted,
	struct record_list *out, struct err *e)
{
	return records_list(h, c, REC_ENVIRONMENT, deleted ? LIST_DELETED : 0, out, e);
}

bool environment_show(const struct home *h, const struct ctx *c, const char *ref,
	struct environment *out, struct err *e)
{
	return record_find(h, c, REC_ENVIRONMENT, ref, out, e);
}

static bool set_commands(void *rec, void *arg, struct err *e)
{
	(void)e;
	strv_copy(&((struct environment *)rec)->bootstrap_commands, arg);
	return true;
}

static bool update_locked(const struct home *h, const struct ctx *c, struct environment *env,
	struct strv *commands, struct environment *out, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;

	if (!lock_namespace(h, REC_ENVIRONMENT, &lock, e) ||
		!record_again(h, REC_ENVIRONMENT, env, e) ||
		!record_update(h, REC_ENVIRONMENT, env->id, set_commands, commands, out, e))
		return false;
	event_note(h, c, REC_ENVIRONMENT, env->id, "environment.updated", NULL, NULL);
	return true;
}

bool environment_update(struct home *h, const struct ctx *c, const char *ref,
	const struct strv *commands, struct environment *out, struct err *e)
{
	own_strv struct strv copy = {0};
	struct environment env = {0};
	bool ok;

	strv_copy(&copy, commands);
	ok = record_find_live(h, c, REC_ENVIRONMENT, ref, &env, e) && home_prepare(h, c, e) &&
	     update_locked(h, c, &env, &copy, out, e);
	fields_fini(&environment_fields, &env);
	return ok;
}

static bool unlisted(
	const struct home *h, const struct ctx *c, const struct environment *env, struct err *e)
{
	own_dependents struct dependents projects = {0};

	if (!dependents_of_environment(h, c, env, &projects, e))
		return false;
	if (dependents_none(&projects, "project_count", e,
		    "environment config %s is listed by live projects", env->slug))
		return true;
	err_field(e, "environment_config", env->slug);
	err_field(e, "id", env->id);
	return err_fix(e, "take it off their lists: codelima project update PROJECT "
			  "--env-config OTHER, or --clear-env-configs");
}

static bool mark_deleted(void *rec, void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	clock_stamp(&((struct environment *)rec)->deleted_at);
	return true;
}

/* Projects are locked too: none that lists it can come to be meanwhile. */
static bool delete_locked(const struct home *h, const struct ctx *c, struct environment *env,
	struct environment *out, struct err *e)
{
	own_lock struct lock projects = LOCK_NONE;
	own_lock struct lock environments = LOCK_NONE;

	if (!lock_namespace(h, REC_PROJECT, &projects, e) ||
		!lock_namespace(h, REC_ENVIRONMENT, &environments, e) ||
		!record_again(h, REC_ENVIRONMENT, env, e) || !unlisted(h, c, env, e) ||
		!record_update(h, REC_ENVIRONMENT, env->id, mark_deleted, NULL, out, e))
		return false;
	event_note(h, c, REC_ENVIRONMENT, env->id, "environment.deleted", NULL, NULL);
	return true;
}

bool environment_delete(struct home *h, const struct ctx *c, const char *ref,
	struct environment *out, struct err *e)
{
	struct environment env = {0};
	bool ok = record_find_live(h, c, REC_ENVIRONMENT, ref, &env, e) && home_prepare(h, c, e) &&
		  delete_locked(h, c, &env, out, e);

	fields_fini(&environment_fields, &env);
	return ok;
}
