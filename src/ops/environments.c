#include "ops/environments.h"

#include "base/mem.h"
#include "model/slug.h"
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
		!record_create(h, REC_ENVIRONMENT, &env, e) ||
		!event_append(h, REC_ENVIRONMENT, env.id, "environment.created", NULL, NULL, e)) {
		fields_fini(&environment_fields, &env);
		return false;
	}
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
