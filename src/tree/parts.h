/* parts.h - the same work for each of many things, on all CPUs
 *
 * For lists of records and VMs, where each element costs a few system calls of its own and
 * none needs another one's outcome. Short lists are done here and now: starting threads
 * costs as much as 30 elements.
 *
 *	static void look_at(size_t from, size_t to, void *arg);
 *	parts_do(n, look_at, &all);
 */
#ifndef TREE_PARTS_H
#define TREE_PARTS_H

#include <stddef.h>

/* Calls work for parts [from, to) of [0, n), each once, in no order and from several
 * threads; returns when all are done. */
void parts_do(size_t n, void (*work)(size_t from, size_t to, void *arg), void *arg);

#endif
