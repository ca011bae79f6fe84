#include "ops/project_refs.h"

#include "store/profiles.h"

bool environments_resolve(const struct home *h, const struct ctx *c, const struct strv *refs,
	struct strv *slugs, struct err *e)
{
	for (size_t i = 0; refs && i < refs->n; i++) {
		struct environment env = {0};

		if (!record_find_live(h, c, REC_ENVIRONMENT, refs->v[i], &env, e))
			return err_field(e, "environment_config", refs->v[i]);
		if (!strv_has(slugs, env.slug))
			strv_add(slugs, env.slug);
		fields_fini(&environment_fields, &env);
	}
	return true;
}

bool profile_known(const struct home *h, const char *name, struct err *e)
{
	struct profile p = {0};

	if (!profile_load(h, name, &p, e))
		return false;
	fields_fini(&profile_fields, &p);
	return true;
}
