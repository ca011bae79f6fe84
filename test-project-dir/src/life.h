/*
 * life: a board of Conway's Game of Life. Cells lie on a torus: what leaves at
 * one edge comes in at the opposite one.
 *
 *	struct life *l = life_parse("..#\n#.#\n.##\n", &line);
 *	life_step(l);
 *	char *text = life_text(l);
 *	free(text);
 *	life_free(l);
 */
#ifndef LIFE_H
#define LIFE_H

#include <stdbool.h>
#include <stddef.h>

enum { LIFE_MAX = 4096 }; /* the longest side of a board */

struct life;

/* An empty board; NULL when a side is 0 or above LIFE_MAX, or memory is out. */
struct life *life_new(size_t width, size_t height);
void life_free(struct life *l);

/*
 * Reads a pattern: a line a row, '#' alive, '.' dead, all rows of one length.
 * On bad input NULL, and *line is the number of the offending line.
 */
struct life *life_parse(const char *text, size_t *line);

/* The board as life_parse() reads it; the caller frees it. */
char *life_text(const struct life *l);

/* Coordinates count from 0 and wrap around, negative ones too. */
bool life_get(const struct life *l, long x, long y);
void life_set(struct life *l, long x, long y, bool alive);

/* One generation on; false when memory is out, with the board as it was. */
bool life_step(struct life *l);

size_t life_population(const struct life *l);
unsigned long life_generation(const struct life *l);
bool life_equal(const struct life *a, const struct life *b);

#endif
