#include "ops/node_boot.h"

#include "lima/boot_progress.h"
#include "lima/degraded.h"
#include "model/settings.h"
#include "ops/node_vm.h"
#include "os/clock.h"
#include "os/path.h"

#define AWAIT_MS 200
#define NO_LIMIT_MS ((int64_t)1 << 52) /* for struct run, where 0 means the setting */

struct boot {
	struct node_work *w;
	struct boot_progress *progress;
	int64_t began, limit_ms;
};

static void begin(struct boot *b, struct node_work *w, int64_t limit_ms, bool kvm, int64_t silence)
{
	own_buf struct buf dir = {0};

	path_join(&dir, w->h->config.lima_home, w->node.lima_instance_name);
	*b = (struct boot){.w = w,
		.progress = boot_progress_new(buf_z(&dir), &w->ctx, kvm, silence),
		.began = clock_mono_ms(),
		.limit_ms = limit_ms};
}

static bool expired(const struct boot *b)
{
	return b->limit_ms && clock_mono_ms() - b->began >= b->limit_ms;
}

/* What a failed or cancelled `limactl start` leaves running is stopped, on a fresh context. */
static void stop_remains(struct node_work *w, struct err *e)
{
	struct ctx saved = w->ctx;
	own_err struct err second = {0};
	struct instance now = {0};

	w->ctx = ctx_fresh(&saved, 0);
	if (node_work_instance(w, &now, &second) && (now.ha_pid || now.driver_pid) &&
		!node_vm_force_stop(w, &second))
		err_also(e, &second);
	instance_fini(&now);
	w->ctx = saved;
}

static bool still_starting(const struct boot *b, struct err *e)
{
	const char *name = b->w->node.lima_instance_name;
	enum vm_status status;

	if (!node_work_status(b->w, &status, e))
		return false;
	if (status == VM_RUNNING && !expired(b))
		return true;
	err_set(e, ERR_EXTERNAL_COMMAND_FAILED, "instance %s %s before its guest was up", name,
		status == VM_RUNNING ? "took too long" : "ended");
	err_field(e, "instance_name", name);
	return err_fix(e, "codelima node restart %s", b->w->node.slug);
}

static bool await_ready(struct boot *b, struct err *e)
{
	struct node_work *w = b->w;

	while (!instance_ready(w->h->config.lima_home, w->node.lima_instance_name)) {
		clock_sleep_ms(AWAIT_MS);
		ctx_tick(&w->ctx);
		if (!ctx_check(&w->ctx, e) || !boot_progress_tick(b->progress, e) ||
			!still_starting(b, e))
			return false;
	}
	return true;
}

/* limactl has stopped watching a VM that goes on starting. */
static bool gave_up(const struct boot *b, const struct err *e)
{
	enum vm_status status;
	int64_t watched;

	return e && e->kind == ERR_EXTERNAL_COMMAND_FAILED &&
	       settings_deadline(&b->w->h->config, "start_watch", &watched, NULL) && watched &&
	       clock_mono_ms() - b->began >= watched && !expired(b) &&
	       node_work_status(b->w, &status, NULL) && status == VM_RUNNING;
}

/* limactl calls a VM a failure that lacks nothing but an answer of the guest agent. */
static bool agent_is_slow(const struct boot *b, const struct err *e)
{
	const char *name = b->w->node.lima_instance_name;
	enum vm_status status;

	return e && e->kind == ERR_EXTERNAL_COMMAND_FAILED &&
	       node_work_status(b->w, &status, NULL) && status == VM_RUNNING &&
	       degraded_by_agent_only(b->w->h->config.lima_home, name);
}

static bool run_start(struct boot *b, struct err *e)
{
	const struct run watch = {.on_tick = boot_progress_tick,
		.on_err_line = boot_progress_line,
		.arg = b->progress,
		.timeout_ms = b->limit_ms ? b->limit_ms : NO_LIMIT_MS};

	if (node_work_action(b->w, ACT_START, &(struct action_vars){0}, NULL, NULL, &watch, e))
		return true;
	if (agent_is_slow(b, e)) {
		ctx_notice(&b->w->ctx, LEVEL_WARN,
			"instance %s runs, but its guest agent has not answered yet: its ports are "
			"not forwarded before it does",
			b->w->node.lima_instance_name);
		err_fini(e);
		return true;
	}
	if (!gave_up(b, e))
		return false;
	ctx_notice(&b->w->ctx, LEVEL_WARN,
		"limactl has stopped watching instance %s, which still starts: waiting on",
		b->w->node.lima_instance_name);
	err_fini(e);
	return await_ready(b, e);
}

static bool runs(struct node_work *w, struct err *e)
{
	return instance_expect(w->h->config.lima_home, w->node.lima_instance_name, 1u << VM_RUNNING,
		       "limactl start", e) ||
	       err_fix(e, "codelima node logs %s --source hostagent", w->node.slug);
}

bool node_boot(struct node_work *w, int64_t limit_ms, struct err *e)
{
	int64_t silence = 0;
	struct boot b;
	bool ok;

	if (!settings_deadline(&w->h->config, "boot_silence", &silence, e))
		return false;
	ctx_step(&w->ctx, "boot", STEP_RUNNING, "starting instance %s", w->node.lima_instance_name);
	begin(&b, w, limit_ms, !w->lima.tcg, silence);
	ok = run_start(&b, e);
	if (!ok)
		boot_progress_explain(b.progress, e);
	boot_progress_free(b.progress);
	if (!ok) {
		stop_remains(w, e);
		return err_field(e, "instance_name", w->node.lima_instance_name);
	}
	if (!runs(w, e))
		return false;
	ctx_step(&w->ctx, "boot", STEP_DONE, "instance %s runs", w->node.lima_instance_name);
	return true;
}

bool node_boot_await(struct node_work *w, int64_t limit_ms, struct err *e)
{
	struct boot b;
	bool ok;

	if (instance_ready(w->h->config.lima_home, w->node.lima_instance_name))
		return true;
	ctx_step(&w->ctx, "boot", STEP_RUNNING, "instance %s is starting already",
		w->node.lima_instance_name);
	begin(&b, w, limit_ms, false, 0);
	boot_progress_join(b.progress);
	ok = await_ready(&b, e);
	if (!ok)
		boot_progress_explain(b.progress, e);
	boot_progress_free(b.progress);
	if (ok)
		ctx_step(
			&w->ctx, "boot", STEP_DONE, "instance %s runs", w->node.lima_instance_name);
	return ok;
}
