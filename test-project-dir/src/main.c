/* life [GENERATIONS] [FILE]: plays a pattern, one board a generation. */
#include "life.h"

#include <stdio.h>
#include <stdlib.h>

static char *read_all(FILE *f)
{
	size_t size = 0, used = 0, got;
	char *text = NULL;

	do {
		if (used + 1 >= size) {
			size = size ? size * 2 : 4096;
			char *more = realloc(text, size);
			if (more == NULL) {
				free(text);
				return NULL;
			}
			text = more;
		}
		got = fread(text + used, 1, size - used - 1, f);
		used += got;
	} while (got > 0);
	text[used] = '\0';
	return text;
}

int main(int argc, char **argv)
{
	char *end = NULL;
	unsigned long generations = argc > 1 ? strtoul(argv[1], &end, 10) : 1;
	const char *name = argc > 2 ? argv[2] : "standard input";
	FILE *f = argc > 2 ? fopen(argv[2], "r") : stdin;
	size_t line;

	if (argc > 3 || (end != NULL && (end == argv[1] || *end != '\0'))) {
		fprintf(stderr, "usage: life [GENERATIONS] [FILE]\n");
		return 2;
	}
	if (f == NULL) {
		perror(name);
		return 1;
	}

	char *text = read_all(f);
	struct life *l = text ? life_parse(text, &line) : NULL;
	free(text);
	if (f != stdin)
		fclose(f);
	if (l == NULL) {
		fprintf(stderr, "%s:%zu: not a pattern of '.' and '#' in rows of one length\n", name, line);
		return 1;
	}

	bool more = true;
	while (more) {
		char *board = life_text(l);

		printf("generation %lu, %zu alive\n%s\n", life_generation(l), life_population(l),
			board ? board : "");
		free(board);
		more = life_generation(l) < generations && life_step(l);
	}
	life_free(l);
	return 0;
}
