#include "store/claims.h"

#include <errno.h>

#include "base/mem.h"
#include "base/num.h"
#include "data/codec.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/proc.h"
#include "store/job_read.h"

#define CLAIM_MAX (64u << 10)
#define UNNAMED_MS 5000

static void set_number(char **slot, uint64_t n)
{
	struct buf text = {0};

	buf_printf(&text, "%llu", (unsigned long long)n);
	free(*slot);
	*slot = buf_steal(&text);
}

static uint64_t number(const char *text)
{
	uint64_t n = 0;

	if (text)
		num_u64(str_z(text), &n);
	return n;
}

static const char *claim_path(const struct home *h, const char *node_id, struct buf *out)
{
	return home_path(h, out, "nodes/%s/claim.json", node_id);
}

/* False when there is none. One that cannot be read is an empty claim. */
static bool claim_read(const struct home *h, const char *node_id, struct claim *out)
{
	own_buf struct buf path = {0}, text = {0};
	own_err struct err why = {0};

	if (!file_read(claim_path(h, node_id, &path), &text, CLAIM_MAX, &why))
		return why.sys != ENOENT && why.sys != ENOTDIR;
	codec_read_json(&claim_fields, out, buf_view(&text), buf_z(&path), NULL);
	return true;
}

static bool holder_alive(const struct claim *c)
{
	return c->pid > 0 && proc_alive((int)c->pid, number(c->start_time));
}

bool claim_child_alive(const struct claim *c)
{
	int pgid = (int)c->child_pgid;

	if (pgid <= 1)
		return false;
	if (proc_alive(pgid, 0))
		return proc_alive(pgid, number(c->child_start_time));
	/* The leader is gone. While any of its group lives, the number is not given
	 * to another process, so this group is still that one. */
	return proc_group_alive(pgid);
}

/* False with Busy filled in when the holder can be named, or will not be (`last`). Whoever has
 * not signed by then may be clearing away what the one left who did and is dead. */
static bool unnamed(const struct home *h, const char *node_id, bool last, struct err *e)
{
	struct claim c = {0};
	bool signed_by = claim_read(h, node_id, &c) && c.operation;
	bool named = signed_by && holder_alive(&c);
	const char *job = c.job_id ? c.job_id : "?";

	if (named)
		err_set(e, ERR_BUSY, "%s is going on (job %s, pid %lld)", c.operation, job,
			(long long)c.pid);
	else if (last && signed_by)
		err_set(e, ERR_BUSY,
			"another command is ending what an earlier %s (job %s) left when it died",
			c.operation, job);
	else if (last)
		err_set(e, ERR_BUSY, "another operation holds the node");
	if (named && c.job_id)
		err_fix(e, "codelima job wait %s", c.job_id);
	fields_fini(&claim_fields, &c);
	return !named && !last;
}

static void describe(struct claim *c, const char *job_id, const char *operation)
{
	uint64_t start = 0;

	proc_start_time(proc_self(), &start);
	c->job_id = mem_strdup(job_id);
	c->operation = mem_strdup(operation);
	c->pid = proc_self();
	set_number(&c->start_time, start);
}

/* Between taking the lock and writing the claim, and between removing the claim and
 * dropping the lock, lies a moment, or an fsync on a busy disk: what comes of it is awaited. */
static bool take_lock(struct claim_handle *k, struct err *e)
{
	int64_t deadline = clock_mono_ms() + UNNAMED_MS;
	own_buf struct buf path = {0};

	if (!file_mkdirs(home_path(k->home, &path, "_locks/claims"), 0700, e))
		return false;
	home_path(k->home, &path, "_locks/claims/%s.lock", k->node_id);
	for (;;) {
		own_err struct err why = {0};

		if (lock_take(&k->lock, buf_z(&path), 0, "the node", &why))
			return true;
		if (why.kind != ERR_BUSY)
			return err_move(e, &why);
		if (!unnamed(k->home, k->node_id, clock_mono_ms() >= deadline, e))
			break;
		clock_sleep_ms(5);
	}
	return err_field(e, "node_id", k->node_id);
}

bool claim_take(struct claim_handle *k, const struct home *h, const char *node_id,
	const char *job_id, const char *operation, struct claim *stale, bool *was_stale,
	struct err *e)
{
	*k = (struct claim_handle){.home = h, .node_id = mem_strdup(node_id), .lock = LOCK_NONE};
	if (!take_lock(k, e)) {
		claim_drop(k);
		return false;
	}
	describe(&k->claim, job_id, operation);
	*was_stale = claim_read(h, node_id, stale);
	if (*was_stale && claim_child_alive(stale))
		return true;
	if (claim_renew(k, e))
		return true;
	fields_fini(&claim_fields, stale);
	claim_drop(k);
	return false;
}

/* A write that failed in its last step, when the file was in place. */
static bool stands(const struct claim_handle *k)
{
	struct claim c = {0};
	bool ours = claim_read(k->home, k->node_id, &c) && c.pid == k->claim.pid &&
		    z_eq(c.start_time, k->claim.start_time) && z_eq(c.job_id, k->claim.job_id);

	fields_fini(&claim_fields, &c);
	return ours;
}

/* That the node was claimed outlives a loss of power; which child runs need not, since the
 * child does not. A claim without content is still one (claim_read). */
static bool claim_write(struct claim_handle *k, bool durable, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};
	struct json_out j = {.out = &text};
	bool ok;

	codec_to_json(&claim_fields, &k->claim, &j);
	buf_putc(&text, '\n');
	claim_path(k->home, k->node_id, &path);
	ok = durable ? file_replace(buf_z(&path), buf_view(&text), 0600, e)
		     : file_swap(buf_z(&path), buf_view(&text), 0600, e);
	k->written |= ok || stands(k);
	return ok || err_wrap(e, "claim the node");
}

bool claim_renew(struct claim_handle *k, struct err *e)
{
	return claim_write(k, true, e);
}

bool claim_child(void *arg, int pid, uint64_t start, struct err *e)
{
	struct claim_handle *k = arg;

	k->claim.child_pgid = pid;
	set_number(&k->claim.child_start_time, start);
	return claim_write(k, false, e);
}

void claim_drop(struct claim_handle *k)
{
	own_buf struct buf path = {0};

	/* The file goes while the lock is still held: a lock without a claim is a
	 * moment, a claim without a lock a dead operation. A stale claim whose child
	 * would not end stays: it names that child. */
	if (k->node_id && k->lock.fd >= 0 && k->written)
		file_unlink(claim_path(k->home, k->node_id, &path), NULL);
	if (k->node_id)
		lock_drop(&k->lock);
	free(k->node_id);
	fields_fini(&claim_fields, &k->claim);
	*k = (struct claim_handle){.lock = LOCK_NONE};
}

bool claim_peek(const struct home *h, const char *node_id, struct claim *claim, struct job *job)
{
	struct claim c = {0};
	bool on = claim_read(h, node_id, &c) && holder_alive(&c);

	if (on && job && c.job_id)
		job_load(h, c.job_id, job, NULL);
	if (on && claim)
		*claim = c;
	else
		fields_fini(&claim_fields, &c);
	return on;
}

bool claim_stale(const struct home *h, const char *node_id, struct claim *claim)
{
	struct claim c = {0};
	bool stale = claim_read(h, node_id, &c) && !holder_alive(&c);

	if (stale && claim)
		*claim = c;
	else
		fields_fini(&claim_fields, &c);
	return stale;
}
