/* limactl.h - the limactl binary: where it is, its version, and calling it
 *
 * Every call gets LIMA_HOME and, under emulation, QEMU_SYSTEM_X86_64
 * (contract/lima.md §8); SSH_AUTH_SOCK and the terminal multiplexers' variables
 * are removed. stdin is closed unless interactive. stdout is captured, stderr is
 * JSON lines (`--log-format json`, level and msg) that go to the job's log as
 * plain text and whose last 20 messages are the cause of an error.
 */
#ifndef LIMA_LIMACTL_H
#define LIMA_LIMACTL_H

#include "base/ctx.h"
#include "data/json.h"
#include "loop/run.h"
#include "model/records.h"

#define LIMA_MIN_MAJOR 2
#define LIMA_MIN_MINOR 1

struct limactl {
	char *binary; /* as found on PATH, or CODELIMA_LIMACTL */
	char *lima_home;
	const struct config *config;
	bool tcg;	 /* emulation: asked for, or KVM cannot be opened */
	struct strv env; /* for struct run */
};

/* Finds it; runs nothing. DependencyUnavailable with the fix when missing, or when
 * we are root (limactl refuses root). */
bool limactl_open(struct limactl *l, const struct config *config, struct err *e);
void limactl_fini(struct limactl *l);
/* Runs `--version`: "2.2.0" in out. Garbage, a hang and a failure are DependencyUnavailable. */
bool limactl_version(const struct limactl *l, const struct ctx *c, struct buf *out, struct err *e);
/* The same, and DependencyUnavailable with the fix below 2.1. */
bool limactl_check_version(const struct limactl *l, const struct ctx *c, struct err *e);

/* One call with built-in arguments (argv without the binary). `kind` picks the
 * deadline ("list", "start", …). out may be NULL. More of struct run (tick, gate) is
 * taken from `more` when it is not NULL. A failing exit is ExternalCommandFailed. */
bool limactl_call(const struct limactl *l, const struct ctx *c, const char *kind,
	const struct strv *args, struct buf *out, const struct run *more, struct err *e);
/* A person's own command line, through `sh -c`, likewise. */
bool limactl_shell_line(const struct limactl *l, const struct ctx *c, const char *kind,
	const char *line, struct buf *out, const struct run *more, struct err *e);

/* `list --format '{{json .}}' NAME`: the instance with its merged configuration as
 * JSON; *out NULL when Lima knows no such instance. Only instances named exactly so. */
bool limactl_inspect(const struct limactl *l, const struct ctx *c, const char *name, json_t **out,
	struct err *e);
/* `list -q`: does Lima answer at all? DependencyUnavailable when not. */
bool limactl_check_list(const struct limactl *l, const struct ctx *c, struct err *e);
/* Names of all instances, from LIMA_HOME's directories (no call). */
bool limactl_names(const char *lima_home, struct strv *names, struct err *e);

#endif
