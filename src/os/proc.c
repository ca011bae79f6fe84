#include "os/proc.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "os/plat.h"

int proc_self(void)
{
	return getpid();
}

bool proc_start_time(int pid, uint64_t *start)
{
	struct plat_proc p;

	if (!plat_proc(pid, &p))
		return false;
	*start = p.start;
	return true;
}

bool proc_alive(int pid, uint64_t start)
{
	struct plat_proc p;

	return plat_proc(pid, &p) && !p.zombie && (!start || p.start == start);
}

/* path_base() would make a circle: path.h asks us for the home directory. */
static struct str last_component(struct str path)
{
	size_t i = path.n;

	while (i > 0 && path.p[i - 1] != '/')
		i--;
	return str_from(path, i);
}

void proc_tag(struct buf *out)
{
	uint64_t start = 0;

	proc_start_time(proc_self(), &start);
	buf_printf(out, "%d.%llu", proc_self(), (unsigned long long)start);
}

bool proc_tag_died(struct str tag)
{
	uint64_t pid = 0, start = 0;
	struct str word;

	return str_split(&tag, '.', &word) && num_u64(word, &pid) && num_u64(tag, &start) &&
	       pid > 0 && pid <= INT32_MAX && !proc_alive((int)pid, start);
}

bool proc_name(int pid, struct buf *name)
{
	own_buf struct buf path = {0};
	struct str base;

	if (!plat_exe(pid, &path))
		return false;
	base = last_component(buf_view(&path));
	buf_add(name, base.p, base.n < 255 ? base.n : 255);
	return true;
}

static bool has_word(struct str args, const char *word)
{
	struct str arg;

	if (!*word)
		return false;
	while (str_split(&args, '\0', &arg))
		if (str_eqz(arg, word) || (arg.n && str_eqz(last_component(arg), word)))
			return true;
	return false;
}

/* A zombie has no words left. */
bool proc_has_args(int pid, const char *word, const char *other)
{
	own_buf struct buf args = {0};

	return plat_args(pid, &args) && has_word(buf_view(&args), word) &&
	       (!other || has_word(buf_view(&args), other));
}

bool proc_group_alive(int pgid)
{
	return pgid > 1 && plat_group_alive(pgid);
}

/* 0 and -1 mean "everybody" to kill(2), and 1 is never ours: a damaged record
 * must not become that. */
bool proc_signal(int pid, int sig)
{
	return pid > 1 && kill(pid, sig) == 0;
}

bool proc_signal_group(int pgid, int sig)
{
	return pgid > 1 && kill(-pgid, sig) == 0;
}

void proc_terminate_group(int pgid)
{
	proc_signal_group(pgid, SIGTERM);
	proc_signal_group(pgid, SIGCONT);
}

static bool group_gone_within(int pgid, int ms)
{
	int64_t end = clock_mono_ms() + ms;

	while (proc_group_alive(pgid)) {
		if (clock_mono_ms() >= end)
			return false;
		clock_sleep_ms(10);
	}
	return true;
}

bool proc_end_group(int pgid, int grace_ms)
{
	proc_terminate_group(pgid);
	if (group_gone_within(pgid, grace_ms))
		return true;
	proc_signal_group(pgid, SIGKILL);
	return group_gone_within(pgid, grace_ms);
}

unsigned proc_uid(void)
{
	return geteuid();
}

bool proc_is_root(void)
{
	return proc_uid() == 0;
}

const char *proc_env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

void proc_setenv(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

const char *proc_home(void)
{
	const char *home = proc_env("HOME");
	const struct passwd *pw = home ? NULL : getpwuid(geteuid());

	if (!home)
		home = pw && pw->pw_dir ? pw->pw_dir : "";
	return home;
}

const char *proc_user(void)
{
	const struct passwd *pw = getpwuid(geteuid());
	const char *user = pw ? pw->pw_name : proc_env("USER");

	return user ? user : "";
}

static bool executable_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

char *proc_which(const char *name)
{
	own_buf struct buf b = {0};
	const char *path = proc_env("PATH");
	struct str rest = str_z(path ? path : "/usr/local/bin:/usr/bin:/bin"), dir;

	if (!*name)
		return NULL;
	if (strchr(name, '/'))
		return executable_file(name) ? mem_strdup(name) : NULL;
	while (str_split(&rest, ':', &dir)) {
		if (!str_starts(dir, STR("/")))
			continue;
		buf_clear(&b);
		buf_printf(&b, "%.*s/%s", STRF(dir), name);
		if (executable_file(b.p))
			return buf_steal(&b);
	}
	return NULL;
}

char *proc_program(const char *argv0)
{
	own_buf struct buf path = {0};

	if (plat_exe(getpid(), &path) && strchr(buf_z(&path), '/') && executable_file(buf_z(&path)))
		return buf_steal(&path);
	return proc_which(argv0);
}

void proc_hostname(struct buf *out)
{
	char name[256] = "";

	if (gethostname(name, sizeof(name) - 1) == 0)
		buf_puts(out, name);
}

const char *proc_arch(void)
{
	static struct utsname u;

	if (!u.machine[0] && uname(&u) != 0)
		return "";
	return z_eq(u.machine, "arm64") ? "aarch64" : u.machine; /* macOS's word for it */
}

const char *proc_os(void)
{
	return plat_os();
}

int proc_cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? (int)n : 1;
}

uint64_t proc_memory(void)
{
	return plat_memory();
}

bool proc_kvm_usable(void)
{
	return plat_accel();
}
