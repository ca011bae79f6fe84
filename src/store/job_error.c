#include "store/job_error.h"

#include "base/mem.h"
#include "store/job_read.h"

static void set(char **slot, const struct buf *text)
{
	free(*slot);
	*slot = text->n ? mem_strndup(text->p, text->n) : NULL;
}

void job_error_set(struct job *job, const struct err *why, int sig)
{
	own_mem char *category = mem_strdup(err_category(why->kind));

	set(&job->error, &why->msg);
	set(&job->error_cause, &why->cause);
	set(&job->error_fix, &why->fix);
	free(job->error_category);
	job->error_category = steal(&category);
	for (size_t i = 0; i < why->n_fields; i++)
		strmap_set(&job->error_fields, why->fields[i].name, why->fields[i].value);
	job->exit_code = why->kind == ERR_INTERRUPTED && sig ? 128 + sig : err_exit_code(why->kind);
}

static bool lost(const struct job *job, struct err *e)
{
	err_set(e, ERR_EXTERNAL_COMMAND_FAILED,
		"job %s is lost: its process (pid %lld) ended without a word", job->id,
		(long long)job->pid);
	return err_fix(e, "codelima job log %s", job->id);
}

bool job_error(const struct job *job, struct err *e)
{
	if (z_eq(job->state, JOB_LOST))
		return lost(job, e);
	if (z_eq(job->state, JOB_CANCELLED) && !job->error)
		return err_set(e, ERR_INTERRUPTED, "job %s was cancelled", job->id);
	err_set(e, job->error_category ? err_kind_of(job->error_category) : ERR_INTERNAL, "%s",
		job->error ? job->error : "nothing was written down of why it failed");
	if (job->error_cause)
		err_cause(e, "%s", job->error_cause);
	if (job->error_fix)
		err_fix(e, "%s", job->error_fix);
	for (size_t i = 0; i < job->error_fields.keys.n; i++)
		err_field(e, job->error_fields.keys.v[i], job->error_fields.values.v[i]);
	return false;
}
