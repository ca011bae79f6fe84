#include "fake.h"

#include <unistd.h>

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	if (strcmp(name, "ssh") == 0)
		return ssh_main(argc, argv);
	if (strncmp(name, "qemu-system-", 12) == 0)
		return qemu(argc, argv);
	if (geteuid() == 0) {
		fputs("limactl: must not run as the root user\n", stderr);
		return 1;
	}
	return limactl_main(argc, argv);
}
