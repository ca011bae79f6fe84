/* settings.h - config.yaml, resources, ports, deadlines, paths that are refused */
#ifndef MODEL_SETTINGS_H
#define MODEL_SETTINGS_H

#include "base/err.h"
#include "model/records.h"

/* Kinds of work with a deadline (contract/lima.md §1), milliseconds, 0 none:
 * list 15 s, start 30 m, bootstrap and shell none, the rest 10 m. config.yaml
 * `deadlines: {start: 45m}` changes them. Also "boot_silence" (30 s): KVM's
 * first boot without a word on the serial console (§8). */
bool settings_deadline(const struct config *c, const char *kind, int64_t *ms, struct err *e);

/* "4", "4GiB", "512M", "1.5G" → "4GiB", "512MiB", "1536MiB"; a bare number is
 * GiB. InvalidArgument naming `flag`. At least 64 MiB, at most 64 TiB. */
bool size_normalize(struct str s, const char *flag, struct buf *out, struct err *e);
/* Bytes of a normalized size. */
bool size_bytes(const char *normalized, uint64_t *bytes);
/* In GiB for limactl's --memory and --disk: "4", "0.5". */
void size_gib(const char *normalized, struct buf *out);

/* Nearest level wins, field by field: built-in (2, 4GiB, 20GiB) < config < project < node. */
void resources_effective(const struct resources *config, const struct resources *project,
	const struct resources *node, struct resources *out);
bool resources_set(const struct resources *r); /* anything given? */

/* One entry of the setting `ports`: "1024-65535", "3000", "8080:80", or "off". */
struct port_rule {
	unsigned host_first, host_last, guest_first, guest_last;
};
struct port_rules {
	struct port_rule v[32];
	size_t n; /* 0: off */
};
/* InvalidArgument for anything below 1024 on the host, reversed or too many. An
 * empty list is the default, 1024-65535. */
bool ports_parse(const struct strv *ports, struct port_rules *out, struct err *e);

/* Is this absolute path, as text, refused as a guest workspace (contract/cli.md §5)?
 * `home` is the host user's home directory, which may lie below a listed one.
 * InvalidArgument naming the path and the rule. */
bool guest_path_check(const char *path, const char *home, struct err *e);

#endif
