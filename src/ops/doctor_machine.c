#include "ops/doctor_machine.h"

#include "base/mem.h"
#include "base/num.h"
#include "lima/accel.h"
#include "ops/doctor_home.h"
#include "os/file.h"
#include "os/proc.h"

#define KVM "/dev/kvm"
/* A VM's disk grows to 20 GiB by default; its first start alone writes about 2 GiB. */
#define LIMA_ROOM (5ull << 30)
#define HOME_ROOM (256ull << 20)

static void check_user(struct checks *out)
{
	if (proc_is_root())
		check_fail(out, "user", "run codelima as an ordinary user",
			"this is root, and limactl refuses to run as root");
	else
		check_ok(out, "user", "%s, not root", proc_user());
}

static void check_ssh(struct checks *out)
{
	own_mem char *ssh = proc_which("ssh");

	if (ssh)
		check_ok(out, "ssh", "%s", ssh);
	else
		check_fail(out, "ssh", "install OpenSSH's client (openssh-client, openssh-clients)",
			"there is no ssh on PATH");
}

/* Why VMs are emulated here, and what can be done about it. */
static const char *slow_reason(const struct config *config, const char **fix)
{
	if (proc_env("CODELIMA_ACCEL") && !z_eq(proc_env("CODELIMA_ACCEL"), "auto")) {
		*fix = "unset CODELIMA_ACCEL";
		return "CODELIMA_ACCEL=tcg asks for it";
	}
	if (z_eq(config->accelerator, "tcg")) {
		*fix = "remove `accelerator: tcg` from config.yaml";
		return "config.yaml asks for it (accelerator: tcg)";
	}
	if (!file_exists(KVM)) {
		*fix = "switch virtualisation on in the firmware (in a cloud VM: nested "
		       "virtualisation), then load the module: sudo modprobe -a kvm_intel kvm_amd";
		return "there is no " KVM;
	}
	*fix = "sudo usermod -aG kvm \"$USER\", then log in again";
	return KVM " cannot be opened by this user";
}

static void check_acceleration(const struct home *h, struct checks *out)
{
	own_err struct err e = {0};
	const char *fix, *why;
	bool tcg;

	if (!accel_is_tcg(&h->config, &tcg, &e)) {
		check_warn(out, "acceleration", buf_z(&e.fix), "%s", buf_z(&e.msg));
	} else if (tcg) {
		why = slow_reason(&h->config, &fix);
		check_warn(out, "acceleration", fix,
			"VMs are emulated, which is slow (a start takes one to four minutes): %s",
			why);
	} else {
		check_ok(out, "acceleration", "VMs run at the speed of this machine");
	}
}

/* Lima uses Apple's own virtualisation on macOS. */
static void check_qemu(struct checks *out)
{
	own_buf struct buf name = {0};
	own_mem char *image = NULL, *system = NULL;

	if (!z_eq(proc_os(), "linux"))
		return;
	buf_printf(&name, "qemu-system-%s", proc_arch());
	system = proc_which(buf_z(&name));
	image = proc_which("qemu-img");
	if (system && image)
		check_ok(out, "qemu", "%s", system);
	else
		check_warn(out, "qemu", "install QEMU (qemu-system and qemu-utils, or qemu-kvm)",
			"there is no %s on PATH: Lima cannot start a VM",
			system ? "qemu-img" : buf_z(&name));
}

static void room(const char *path, uint64_t wanted, struct finding *f)
{
	own_buf struct buf near = {0}, text = {0};
	uint64_t bytes;

	if (!path || !file_space(doctor_nearest(path, &near), &bytes, NULL) || bytes >= wanted)
		return;
	num_bytes(&text, bytes);
	finding_add(f, "%s left for %s", buf_z(&text), path);
}

static void check_disk(const struct home *h, struct checks *out)
{
	own_finding struct finding f = {0};

	room(h->config.lima_home, LIMA_ROOM, &f);
	room(h->path, HOME_ROOM, &f);
	check_finding(out, "disk_space", &f, "enough room for VMs and records",
		"little room on the disk", "make room, or move LIMA_HOME to another disk");
}

/* contract/threats.md T19: a standing fact until egress is enforced. */
static void check_loopback(struct checks *out)
{
	check_standing(out, "host_loopback",
		"give such services a password, or stop them while a VM runs that you do not trust",
		"every VM reaches what listens on this machine's loopback (databases, development "
		"servers, forwards of VMs) as 192.168.5.2; Lima does not limit where a VM may "
		"connect");
}

void doctor_machine(const struct home *h, struct checks *out)
{
	check_user(out);
	check_ssh(out);
	check_acceleration(h, out);
	check_qemu(out);
	check_disk(h, out);
	check_loopback(out);
}
