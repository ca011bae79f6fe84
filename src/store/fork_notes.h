/* fork_notes.h - what a running fork makes: _state/forks/<source>.<PID>.<START>.json
 *
 * Written before the first of it is made and removed when the fork is over, so that what
 * one that was killed, or that a loss of power ended, left is found, and taken back or gone
 * on with.
 */
#ifndef STORE_FORK_NOTES_H
#define STORE_FORK_NOTES_H

#include "store/home.h"

struct fork_note {
	char *destination, *temp; /* where the tree will be, and where it is made */
	char *snapshot_id;
	bool own_snapshot; /* made by that fork */
	char *tree;	   /* "DEV:INO" of the tree once it is whole; NULL before */
	char *file;	   /* of the note itself; not in it */
};
void fork_note_fini(struct fork_note *n);
/* That of this process: a second one takes the place of the first. */
bool fork_note_write(
	const struct home *h, const char *project_id, const struct fork_note *n, struct err *e);
void fork_note_remove(const struct home *h, const char *project_id);

/* Those whose process is gone. */
struct fork_notes {
	struct fork_note *v;
	size_t n;
};
void fork_notes_dead(const struct home *h, const char *project_id, struct fork_notes *out);
void fork_notes_fini(struct fork_notes *l);
#define own_fork_notes __attribute__((cleanup(fork_notes_fini)))

#endif
