#include "lima/instance.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "lima/home_mark.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/proc.h"
#include "os/socket.h"

#define YAML_ROOM (1u << 20)
#define SETTLE_MS 3000
/* Lima's filenames.LongestSock; ssh puts 17 characters behind the name. */
#define LONGEST_SOCKET "ssh.sock.1234567890123456"

/* Drivers of Lima 2.2 that run a VM behind a pid file (filenames.PIDFile); the others than
 * QEMU are macOS's. Each name costs a list of 1,000 instances 3 ms. */
static const char *const driver_pids[] = {"qemu.pid", "vz.pid", "krunkit.pid"};
#define LINUX_DRIVERS 1

const char *vm_status_word(enum vm_status s)
{
	static const char *const words[] = {"missing", "broken", "stopped", "running", "unknown"};

	_Static_assert(countof(words) == VM_UNKNOWN + 1, "a word for each status");
	return words[s];
}

void instances_open(struct instances *all, const char *lima_home)
{
	*all = (struct instances){.lima_home = lima_home};
	all->dir = open(lima_home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	all->sys = all->dir < 0 ? errno : 0;
}

void instances_close(struct instances *all)
{
	if (all->lima_home)
		fd_close_p(&all->dir);
	buf_fini(&all->path);
	*all = (struct instances){0};
}

/* A file of the instance, named from LIMA_HOME on; good until the next one. */
static const char *inside(struct instances *all, const char *name, const char *file)
{
	buf_clear(&all->path);
	buf_puts(&all->path, name);
	buf_putc(&all->path, '/');
	buf_puts(&all->path, file);
	return all->path.p;
}

static bool missing_errno(int sys)
{
	return sys == ENOENT || sys == ENOTDIR;
}

/* *pid is 0 where there is none. False: it cannot be known, errno tells why. */
static bool pid_in_file(struct instances *all, const char *name, const char *file, int *pid)
{
	own_fd int fd =
		openat(all->dir, inside(all, name, file), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[32];
	ssize_t n;
	int64_t found;

	*pid = 0;
	if (fd < 0)
		return missing_errno(errno);
	do
		n = read(fd, text, sizeof(text));
	while (n < 0 && errno == EINTR);
	if (n > 0 && num_i64(str_trim(str_n(text, (size_t)n)), &found) && found > 1 &&
		found <= INT32_MAX)
		*pid = (int)found;
	return n >= 0;
}

/* pkg/instance/hostname */
static void host_name(const char *instance, struct buf *out)
{
	buf_clear(out);
	buf_printf(out, "lima-%s", instance);
	for (size_t i = 0; i < out->n; i++)
		if (out->p[i] == '.' || out->p[i] == '_')
			out->p[i] = '-';
}

static bool hostagent_pid(struct instances *all, const char *name, int *pid)
{
	if (!pid_in_file(all, name, "ha.pid", pid))
		return false;
	if (*pid && !proc_has_args(*pid, "hostagent", name))
		*pid = 0;
	return true;
}

static bool driver_pid(struct instances *all, const char *name, int ha_pid, int *pid)
{
	own_buf struct buf host = {0};
	size_t n = z_eq(proc_os(), "linux") ? LINUX_DRIVERS : countof(driver_pids);

	for (size_t i = 0; i < n; i++) {
		if (!pid_in_file(all, name, driver_pids[i], pid))
			return false;
		if (!*pid)
			continue;
		host_name(name, &host);
		if (*pid == ha_pid || proc_has_args(*pid, host.p, NULL))
			return true;
	}
	*pid = 0;
	return true;
}

/* There is no lima.yaml, or no way to it: errno tells. */
static enum vm_status without_yaml(struct instances *all, const char *name)
{
	if (errno == ENOENT && faccessat(all->dir, inside(all, name, "."), F_OK, 0) == 0)
		return VM_BROKEN;
	return missing_errno(errno) ? VM_MISSING : VM_UNKNOWN;
}

/* VM_UNKNOWN: errno says why. A name is one component. */
static enum vm_status look(struct instances *all, const char *name, int *ha_pid, int *driver)
{
	*ha_pid = *driver = 0;
	if (!*name || *name == '.' || strchr(name, '/'))
		return VM_MISSING;
	if (all->dir < 0) {
		errno = all->sys;
		return missing_errno(errno) ? VM_MISSING : VM_UNKNOWN;
	}
	if (faccessat(all->dir, inside(all, name, "lima.yaml"), F_OK, 0) != 0)
		return without_yaml(all, name);
	if (!hostagent_pid(all, name, ha_pid) || !driver_pid(all, name, *ha_pid, driver))
		return VM_UNKNOWN;
	if (!*ha_pid != !*driver)
		return VM_BROKEN;
	return *ha_pid ? VM_RUNNING : VM_STOPPED;
}

/* The mark says whose VM it is: without it much is allowed that is not with it. */
static bool read_mark(struct instance *i, struct err *e)
{
	own_buf struct buf path = {0}, yaml = {0};
	own_err struct err why = {0};

	if (file_read(path_join(&path, i->dir, "lima.yaml"), &yaml, YAML_ROOM, &why))
		i->home_id = home_mark_read(buf_view(&yaml));
	else if (!missing_errno(why.sys) && why.sys != EFBIG && why.sys != EISDIR)
		return err_move(e, &why);
	return true;
}

bool instance_read(const char *lima_home, const char *name, struct instance *i, struct err *e)
{
	own_instances struct instances all = {0};
	own_buf struct buf path = {0};
	struct instance found = {0};

	instances_open(&all, lima_home);
	found.status = look(&all, name, &found.ha_pid, &found.driver_pid);
	if (found.status == VM_UNKNOWN)
		return err_sys(e, "open %s/%s", lima_home, name);
	*i = found;
	i->dir = mem_strdup(path_join(&path, lima_home, name));
	if (i->status == VM_MISSING)
		return true;
	i->has_ssh_config = faccessat(all.dir, inside(&all, name, "ssh.config"), F_OK, 0) == 0;
	if (read_mark(i, e))
		return true;
	instance_fini(i);
	return false;
}

void instance_fini(struct instance *i)
{
	mem_free_p(&i->dir);
	mem_free_p(&i->home_id);
	*i = (struct instance){0};
}

void instances_observe(struct instances *all, const char *name, struct observation *o)
{
	own_buf struct buf b = {0};
	int ha, driver;
	enum vm_status status = look(all, name, &ha, &driver);

	fields_fini(&observation_fields, o);
	o->name = mem_strdup(name);
	o->exists = status != VM_MISSING;
	o->status = mem_strdup(vm_status_word(status));
	if (status == VM_MISSING)
		return;
	o->dir = mem_strdup(path_join(&b, all->lima_home, name));
	host_name(name, &b);
	o->hostname = mem_strdup(b.p);
}

void instance_observe(const char *lima_home, const char *name, struct observation *o)
{
	own_instances struct instances all = {0};

	instances_open(&all, lima_home);
	instances_observe(&all, name, o);
}

bool instance_expect(
	const char *lima_home, const char *name, unsigned states, const char *what, struct err *e)
{
	int64_t end = clock_mono_ms() + SETTLE_MS;
	struct instance i = {0};
	enum vm_status s;

	for (;;) {
		if (!instance_read(lima_home, name, &i, e))
			return false;
		s = i.status;
		instance_fini(&i);
		if (states & 1u << s)
			return true;
		if (clock_mono_ms() >= end)
			break;
		clock_sleep_ms(50);
	}
	err_set(e, ERR_EXTERNAL_COMMAND_FAILED, "%s ended well, but instance %s is %s", what, name,
		vm_status_word(s));
	return err_field(e, "instance_name", name);
}

size_t instance_name_room(const char *lima_home)
{
	/* Lima resolves links in LIMA_HOME (dirnames.LimaDir). */
	own_mem char *real = file_realpath(lima_home, NULL);
	size_t fixed = strlen(real ? real : lima_home) + 2 + strlen(LONGEST_SOCKET);

	return socket_path_max() > fixed ? socket_path_max() - fixed : 0;
}

bool instance_name_fits(const char *lima_home, const char *name, struct err *e)
{
	size_t room = instance_name_room(lima_home);

	if (strlen(name) <= room)
		return true;
	err_set(e, ERR_INVALID_ARGUMENT,
		"instance name %s is too long for the socket below %s: at most %zu characters fit",
		name, lima_home, room);
	err_field(e, "instance_name", name);
	if (room)
		return err_fix(e, "take a slug such as %.*s", (int)room, name);
	return err_fix(e, "set LIMA_HOME to a shorter path");
}

/* The word comes early in the file: what follows tells of port forwards, without end. */
#define READY_LOOK (256u << 10)

bool instance_ready(const char *lima_home, const char *name)
{
	static const struct str said = {"\"running\":true", 14};
	own_buf struct buf path = {0}, text = {0};

	buf_printf(&path, "%s/%s/ha.stdout.log", lima_home, name);
	if (!file_exists(path.p))
		return true; /* nothing to go by */
	return file_read_from(path.p, 0, &text, READY_LOOK, NULL) &&
	       str_find_str(buf_view(&text), said) < text.n;
}
