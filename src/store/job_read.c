#include "store/job_read.h"

#include <errno.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/num.h"
#include "data/codec.h"
#include "model/id.h"
#include "os/file.h"
#include "os/proc.h"

#define JOB_MAX (1u << 20)

bool job_ids(const struct home *h, struct strv *ids, struct err *e)
{
	own_buf struct buf dir = {0};
	own_strv struct strv names = {0};

	if (!file_list(home_path(h, &dir, "_jobs"), &names, e))
		return false;
	strv_clear(ids);
	for (size_t i = 0; i < names.n; i++)
		if (id_valid(str_z(names.v[i])))
			strv_add(ids, names.v[i]);
	return true;
}

static bool read_job(const struct home *h, const char *id, struct job *job, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};

	if (id_valid(str_z(id)) &&
		file_read(home_path(h, &path, "_jobs/%s/job.json", id), &text, JOB_MAX, e))
		return codec_read_json(&job_fields, job, buf_view(&text), buf_z(&path), e);
	if (!path.n || (e && e->sys == ENOENT)) {
		err_set(e, ERR_NOT_FOUND, "there is no job %s", id);
		err_field(e, "query", id);
	}
	return false;
}

static bool gone(const struct job *job)
{
	uint64_t start = 0;

	if (!job_goes_on(job))
		return false;
	num_u64(str_z(job->pid_start), &start);
	return !proc_alive((int)job->pid, start);
}

bool job_load(const struct home *h, const char *id, struct job *job, struct err *e)
{
	if (!read_job(h, id, job, e))
		return false;
	if (!gone(job))
		return true;
	/* It may have ended in the meantime, with its last word on disk. */
	fields_fini(&job_fields, job);
	if (!read_job(h, id, job, e))
		return false;
	if (gone(job)) {
		mem_set(&job->state, JOB_LOST);
	}
	return true;
}

/* As the cause of an error. */
static void list_hits(const struct home *h, const struct strv *ids, const char *ref, struct err *e)
{
	for (size_t i = 0; i < ids->n; i++) {
		struct job job = {0};

		if (id_matches(str_z(ref), str_z(ids->v[i])) && job_load(h, ids->v[i], &job, NULL))
			err_cause(e, "%s %s %s", job.id, job.operation, job.state);
		fields_fini(&job_fields, &job);
	}
}

bool job_goes_on(const struct job *job)
{
	return z_eq(job->state, JOB_QUEUED) || z_eq(job->state, JOB_RUNNING);
}

bool job_find(const struct home *h, const char *ref, struct job *job, struct err *e)
{
	own_strv struct strv ids = {0};
	own_buf struct buf shown = {0};
	const char *hit = NULL;
	size_t hits = 0;

	if (!job_ids(h, &ids, e))
		return false;
	for (size_t i = 0; i < ids.n; i++) {
		if (!id_matches(str_z(ref), str_z(ids.v[i])))
			continue;
		hit = ids.v[i];
		hits++;
	}
	if (hits == 1)
		return job_load(h, hit, job, e);
	escape_text(&shown, str_z(ref));
	if (!hits) {
		err_set(e, ERR_NOT_FOUND, "there is no job \"%s\"", buf_z(&shown));
		err_fix(e, "codelima job list");
	} else {
		err_set(e, ERR_INVALID_ARGUMENT, "\"%s\" names %zu jobs", buf_z(&shown), hits);
		list_hits(h, &ids, ref, e);
		err_fix(e, "give more of the id");
	}
	return err_field(e, "query", ref);
}

bool job_list(const struct home *h, struct job_list *out, struct err *e)
{
	own_strv struct strv ids = {0};

	if (!job_ids(h, &ids, e))
		return false;
	*out = (struct job_list){.v = mem_alloc(ids.n * sizeof(*out->v))};
	for (size_t i = 0; i < ids.n; i++)
		out->n += job_load(h, ids.v[i], &out->v[out->n], NULL);
	return true;
}

void job_list_fini(struct job_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		fields_fini(&job_fields, &l->v[i]);
	free(l->v);
	*l = (struct job_list){0};
}
