/* tmem.h - the engine's one allocator: a limit, and errors instead of abort
 *
 * A hostile stream must not take more memory than the terminal was given
 * (contract/threats.md T13), and running into the limit must not end the
 * process. Sizes are given back on free, so that no header is needed. A NULL
 * answer always has a meaning in the caller: less history, a default style, a
 * mark that is not attached.
 */
#ifndef TERM_TMEM_H
#define TERM_TMEM_H

#include <stdbool.h>
#include <stddef.h>

struct tmem {
	size_t used, limit, peak;
};

void *tmem_alloc(struct tmem *m, size_t n);	   /* not zeroed; NULL over the limit */
void *tmem_zalloc(struct tmem *m, size_t n);	   /* zeroed */
void tmem_free(struct tmem *m, void *p, size_t n); /* n as it was asked for; p may be NULL */
/* Grows or shrinks; on failure the old piece stays valid and NULL comes back. */
void *tmem_resize(struct tmem *m, void *p, size_t from, size_t to);

#endif
