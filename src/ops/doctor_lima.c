#include "ops/doctor_lima.h"

#include "base/mem.h"
#include "lima/instance.h"
#include "lima/limactl.h"
#include "model/slug.h"
#include "ops/doctor_defaults.h"
#include "ops/doctor_home.h"
#include "os/file.h"
#include "os/proc.h"

/* Below this a project's usual "<directory>-node" is refused now and then. */
#define ROOMY_SLUG 40

static void check_limactl(const struct home *h, const struct ctx *c, struct checks *out)
{
	own_buf struct buf version = {0};
	own_err struct err e = {0};
	struct limactl l = {0};

	if (proc_is_root()) /* and then it does not even tell its version */
		check_warn(out, "limactl", NULL, "not looked at: it refuses to run as root");
	else if (!limactl_open(&l, &h->config, &e) || !limactl_check_version(&l, c, &e) ||
		 !limactl_version(&l, c, &version, &e))
		check_error(out, "limactl", &e);
	else
		check_ok(out, "limactl", "%s %s", l.binary, buf_z(&version));
	limactl_fini(&l);
}

static size_t longest_slug(const char *lima_home)
{
	size_t room = instance_name_room(lima_home);

	return room < SLUG_MAX ? room : SLUG_MAX;
}

static void check_lima_home(const struct home *h, struct checks *out)
{
	static const char fix[] =
		"set LIMA_HOME, or lima_home in config.yaml, to a directory of yours";
	const char *dir = h->config.lima_home;
	own_buf struct buf near = {0};
	struct file_stat st;

	if (!dir)
		check_fail(out, "lima_home", fix, "there is no home directory to find it in");
	else if (!longest_slug(dir))
		check_fail(out, "lima_home", "choose a shorter LIMA_HOME",
			"%s is too long: the sockets of a VM do not fit below it", dir);
	else if (!file_stat(dir, &st) && file_writable(doctor_nearest(dir, &near)))
		check_ok(out, "lima_home", "%s is not there yet: the first VM makes it", dir);
	else if (!file_stat(dir, &st))
		check_fail(out, "lima_home", fix, "%s cannot be made: %s cannot be written", dir,
			buf_z(&near));
	else if (st.type != FILE_DIR)
		check_fail(out, "lima_home", fix, "%s is no directory", dir);
	else if (!file_writable(dir))
		check_fail(out, "lima_home", fix, "%s cannot be written", dir);
	else
		check_ok(out, "lima_home", "%s can be used", dir);
}

static void check_socket_path(const struct home *h, struct checks *out)
{
	size_t longest = h->config.lima_home ? longest_slug(h->config.lima_home) : 0;

	if (longest >= ROOMY_SLUG)
		check_ok(out, "socket_path", "node slugs of up to %zu characters fit", longest);
	else if (longest)
		check_warn(out, "socket_path", "choose a shorter LIMA_HOME",
			"node slugs may have %zu characters at most, since the path of a VM's "
			"sockets is limited",
			longest);
}

void doctor_lima(const struct home *h, const struct ctx *c, struct checks *out)
{
	check_limactl(h, c, out);
	check_lima_home(h, out);
	check_socket_path(h, out);
	doctor_defaults(h, out);
}
