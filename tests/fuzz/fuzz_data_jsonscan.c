/* The stream scanner takes what jansson takes and refuses what it refuses, but for
 * duplicate keys, the form and size of numbers, and depth; pieces make no difference. */
#include "base/mem.h"
#include "data/json.h"
#include "data/jsonscan.h"
#include "fuzz.h"

struct feed {
	struct str rest;
	size_t step;
};

static int more(void *arg, struct str *chunk, struct err *e)
{
	struct feed *f = arg;

	(void)e;
	*chunk = str_n(f->rest.p, f->rest.n < f->step ? f->rest.n : f->step);
	f->rest = str_from(f->rest, chunk->n);
	return chunk->n > 0;
}

static bool scans(struct str text, size_t step)
{
	struct feed f = {text, step};
	struct json_scan s = {.more = more, .arg = &f, .name = "f"};
	own_err struct err e = {0};

	if (jscan_skip(&s, &e) && jscan_end(&s, &e))
		return true;
	HOLDS(e.kind == ERR_METADATA_CORRUPTION);
	return false;
}

FUZZ(input)
{
	bool whole = scans(input, input.n + 1);
	json_t *j;

	HOLDS(whole == scans(input, 1));
	HOLDS(whole == scans(input, 3));
	/* jansson takes a NUL for the end; long numbers and deep nesting may differ */
	if (whole || str_has_nul(input) || input.n > 30)
		return;
	j = json_loadb(input.p ? input.p : "", input.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	HOLDS(!j);
}
