#include "store/job_files.h"

#include <errno.h>
#include <fcntl.h>

#include "base/mem.h"
#include "data/codec.h"
#include "data/progress_json.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/file.h"
#include "store/job_read.h"

#define LOG_MAX (64u << 20)

bool job_files_make(const struct home *h, const char *id, struct err *e)
{
	own_buf struct buf dir = {0};

	return file_mkdirs(home_path(h, &dir, "_jobs/%s", id), 0700, e);
}

static void job_text(const struct job *job, struct buf *text)
{
	struct json_out j = {.out = text, .pretty = 2};

	codec_to_json(&job_fields, job, &j);
	buf_putc(text, '\n');
}

bool job_files_save(const struct home *h, const struct job *job, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};

	job_text(job, &text);
	return file_replace(
		home_path(h, &path, "_jobs/%s/job.json", job->id), buf_view(&text), 0600, e);
}

bool job_files_progress(const struct home *h, const struct job *job, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};

	job_text(job, &text);
	return file_swap(
		home_path(h, &path, "_jobs/%s/job.json", job->id), buf_view(&text), 0600, e);
}

int job_files_open(const char *dir, const char *name, struct err *e)
{
	own_buf struct buf path = {0};
	int fd = open(path_join(&path, dir, name),
		O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		err_sys(e, "open %s", buf_z(&path));
	return fd;
}

void job_files_event(int fd, const struct progress *p)
{
	own_buf struct buf line = {0}, now = {0};

	clock_rfc3339(&now);
	progress_json(&line, buf_view(&now), p);
	fd_write_all(fd, buf_view(&line), "events.jsonl", NULL);
}

void job_files_log(int fd, uint64_t *size, struct str line)
{
	own_buf struct buf text = {0};

	if (*size >= LOG_MAX)
		return;
	buf_str(&text, line);
	buf_putc(&text, '\n');
	*size += text.n;
	if (*size >= LOG_MAX)
		buf_puts(&text, "(the log ends here: it has reached 64 MiB)\n");
	fd_write_all(fd, buf_view(&text), "log", NULL);
}

static bool goes_on(const struct home *h, const char *id)
{
	struct job job = {0};
	bool on = job_load(h, id, &job, NULL) && job_goes_on(&job);

	fields_fini(&job_fields, &job);
	return on;
}

/* A directory without job.json may belong to a job that is just beginning. */
static bool young(const char *dir)
{
	struct file_stat st;
	int64_t now;
	uint32_t nanos;

	clock_now(&now, &nanos);
	return !file_lstat(dir, &st) || now - st.mtime_s < 3600;
}

void job_files_prune(const struct home *h, size_t keep)
{
	own_strv struct strv ids = {0};
	own_buf struct buf path = {0};
	size_t excess;

	if (!job_ids(h, &ids, NULL) || ids.n <= keep)
		return;
	excess = ids.n - keep;
	for (size_t i = 0; i < ids.n && excess; i++) {
		bool named = file_exists(home_path(h, &path, "_jobs/%s/job.json", ids.v[i]));

		home_path(h, &path, "_jobs/%s", ids.v[i]);
		if (named ? goes_on(h, ids.v[i]) : young(buf_z(&path)))
			continue;
		if (file_remove_tree(buf_z(&path), NULL))
			excess--;
	}
}
