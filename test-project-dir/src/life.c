#include "life.h"

#include <stdlib.h>
#include <string.h>

struct life {
	size_t width, height;
	unsigned long generation;
	unsigned char *cells;
};

static size_t wrap(long at, size_t side)
{
	long rest = at % (long)side;

	return (size_t)(rest < 0 ? rest + (long)side : rest);
}

struct life *life_new(size_t width, size_t height)
{
	if (width == 0 || height == 0 || width > LIFE_MAX || height > LIFE_MAX)
		return NULL;

	struct life *l = calloc(1, sizeof(*l));
	if (l == NULL)
		return NULL;
	l->width = width;
	l->height = height;
	l->cells = calloc(width, height);
	if (l->cells == NULL) {
		free(l);
		return NULL;
	}
	return l;
}

void life_free(struct life *l)
{
	if (l == NULL)
		return;
	free(l->cells);
	free(l);
}

struct life *life_parse(const char *text, size_t *line)
{
	size_t width = strcspn(text, "\n");
	size_t height = 0;

	*line = 1;
	for (const char *row = text; *row != '\0'; height++) {
		size_t length = strcspn(row, "\n");

		*line = height + 1;
		if (length != width || strspn(row, ".#") < length)
			return NULL;
		row += length + (row[length] == '\n');
	}

	struct life *l = life_new(width, height);
	if (l == NULL)
		return NULL;
	for (size_t y = 0; y < height; y++)
		for (size_t x = 0; x < width; x++)
			l->cells[y * width + x] = text[y * (width + 1) + x] == '#';
	return l;
}

char *life_text(const struct life *l)
{
	char *text = malloc(l->height * (l->width + 1) + 1);
	char *at = text;

	if (text == NULL)
		return NULL;
	for (size_t y = 0; y < l->height; y++) {
		for (size_t x = 0; x < l->width; x++)
			*at++ = l->cells[y * l->width + x] ? '#' : '.';
		*at++ = '\n';
	}
	*at = '\0';
	return text;
}

bool life_get(const struct life *l, long x, long y)
{
	return l->cells[wrap(y, l->height) * l->width + wrap(x, l->width)];
}

void life_set(struct life *l, long x, long y, bool alive)
{
	l->cells[wrap(y, l->height) * l->width + wrap(x, l->width)] = alive;
}

static int neighbours(const struct life *l, long x, long y)
{
	int n = -life_get(l, x, y);

	for (long dy = -1; dy <= 1; dy++)
		for (long dx = -1; dx <= 1; dx++)
			n += life_get(l, x + dx, y + dy);
	return n;
}

bool life_step(struct life *l)
{
	unsigned char *next = malloc(l->width * l->height);

	if (next == NULL)
		return false;
	for (size_t y = 0; y < l->height; y++) {
		for (size_t x = 0; x < l->width; x++) {
			int n = neighbours(l, (long)x, (long)y);

			next[y * l->width + x] = n == 3 || (n == 2 && l->cells[y * l->width + x]);
		}
	}
	free(l->cells);
	l->cells = next;
	l->generation++;
	return true;
}

size_t life_population(const struct life *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->width * l->height; i++)
		n += l->cells[i];
	return n;
}

unsigned long life_generation(const struct life *l)
{
	return l->generation;
}

bool life_equal(const struct life *a, const struct life *b)
{
	return a->width == b->width && a->height == b->height &&
		memcmp(a->cells, b->cells, a->width * a->height) == 0;
}
