/* replay: runs a fuzz target once on each file of the folders given, without libFuzzer
 *
 *	replay FOLDER…
 *
 * For coverage (make cov-corpus) and compilers that have no libFuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static int replay_file(const char *path)
{
	static uint8_t bytes[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(bytes, 1, sizeof(bytes), f) : 0;
	uint8_t *copy = malloc(n ? n : 1); /* of its own length: reading on is seen */

	if (!f || fclose(f) != 0 || !copy) {
		perror(path);
		return 1;
	}
	for (size_t i = 0; i < n; i++)
		copy[i] = bytes[i];
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
	return 0;
}

static int replay_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char path[4096];
	int bad = 0;

	if (!d) {
		perror(folder);
		return 1;
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		bad |= replay_file(path);
	}
	closedir(d);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = argc < 2;

	for (int i = 1; i < argc; i++)
		bad |= replay_folder(argv[i]);
	return bad;
}
