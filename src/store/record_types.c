#include "store/record_types.h"

#include "base/mem.h"

#define SLOTS_OF(T)                                                                                \
	{                                                                                          \
		[SLOT_ID] = offsetof(struct T, id), [SLOT_SLUG] = offsetof(struct T, slug),        \
		[SLOT_CREATED] = offsetof(struct T, created_at),                                   \
		[SLOT_UPDATED] = offsetof(struct T, updated_at),                                   \
		[SLOT_DELETED] = offsetof(struct T, deleted_at)                                    \
	}

const struct record_info record_types[REC_TYPES] = {
	[REC_PROJECT] = {&project_fields, "project", "project", "projects", "project.yaml",
		SLOTS_OF(project)},
	[REC_NODE] = {&node_fields, "node", "node", "nodes", "node.yaml", SLOTS_OF(node)},
	[REC_ENVIRONMENT] = {&environment_fields, "environment config", "environment",
		"environment-configs", "environment-config.yaml", SLOTS_OF(environment)},
};

char **record_slot(enum record_type t, void *rec, enum record_slot s)
{
	return (char **)(void *)((char *)rec + record_types[t].slots[s]);
}

const char *record_get(enum record_type t, const void *rec, enum record_slot s)
{
	return *(char *const *)(const void *)((const char *)rec + record_types[t].slots[s]);
}

const struct fields *record_fields(enum record_type t)
{
	return record_types[t].fields;
}

const char *record_word(enum record_type t)
{
	return record_types[t].word;
}

void record_dir(const struct home *h, enum record_type t, const char *id, struct buf *out)
{
	home_path(h, out, "%s/%s", record_types[t].folder, id);
}

void record_file(const struct home *h, enum record_type t, const char *id, struct buf *out)
{
	home_path(h, out, "%s/%s/%s", record_types[t].folder, id, record_types[t].file);
}
