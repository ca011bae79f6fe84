/* seed-through SOURCE TARGET MANIFEST COMMAND…: seeding through a command that takes a
 * shell script as its last word. Prints seconds, files, bytes and the most memory (KiB). */
#include <sys/resource.h>

#include "lima/seed.h"
#include "os/clock.h"

int main(int argc, char **argv)
{
	own_strv struct strv command = {0};
	own_err struct err e = {0};
	struct seed_totals t = {0};
	int64_t start = clock_mono_us();
	struct rusage u;

	for (int i = 4; i < argc; i++)
		strv_add(&command, argv[i]);
	if (argc < 5 || !seed_through(&command, NULL, NULL, argv[1], argv[2], argv[3], &t, &e)) {
		fprintf(stderr, "seed-through: %s\n%s\n", buf_z(&e.msg), buf_z(&e.cause));
		return 1;
	}
	getrusage(RUSAGE_SELF, &u);
	printf("%.3f %llu %llu %ld\n", (double)(clock_mono_us() - start) / 1e6,
		(unsigned long long)t.files, (unsigned long long)t.bytes, u.ru_maxrss);
	return 0;
}
