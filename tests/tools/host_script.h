/* host_script.h - what a person does at a program under term-host, from a file
 *
 * A line is a step; "#" begins a comment. Steps wait for what the program shows, so
 * that a script is right on a slow machine too.
 *
 *	wait TEXT        until a row of the screen holds TEXT
 *	gone TEXT        until none does
 *	more N           until the program wrote N bytes since it was last typed at
 *	quiet [MS]       until the program wrote nothing for MS (300) since the step began
 *	type TEXT        as it stands; \e \r \n \t \\ \s (a blank) \xHH
 *	key NAME [shift alt ctrl …]
 *	mouse press|release|move BUTTON ROW COL
 *	paste TEXT
 *	focus in|out
 *	resize COLSxROWS when the program is quiet: less is deaf to it until it reads again
 *	shot NAME        notes a moment, for term-shots
 *
 * TEXT knows the escapes of `type`. Keys, mouse, paste and focus are encoded as the
 * program asked for it by its modes; the names are those of the engine's test cases
 * (unit/term/case_input.h).
 *
 * Moments go to a file, a line each, with the number of bytes that the program had
 * written: "BYTES shot NAME", "BYTES resize COLS ROWS", and "BYTES end" when the
 * script came to its end.
 */
#ifndef TESTS_HOST_SCRIPT_H
#define TESTS_HOST_SCRIPT_H

#include <stdio.h>

#include "base/buf.h"
#include "term/term.h"

struct host_script {
	struct buf text;    /* the file */
	struct str rest;    /* what is not done yet; .p NULL: there is no script */
	unsigned line;	    /* the step under way, from 1 */
	double began;	    /* when that step did */
	size_t typed;	    /* what the program had written when it was last typed at */
	bool broken, ended; /* not a step; all done */
};

/* What a script acts on. */
struct host {
	struct term *t;
	int fd;		    /* the PTY */
	struct buf out;	    /* bytes for the program */
	size_t bytes;	    /* the program wrote */
	double last_output; /* seconds, as `now` */
	FILE *moments;	    /* or NULL */
};

/* False when the file cannot be read. */
bool host_script_load(struct host_script *s, const char *path);
void host_script_fini(struct host_script *s);
/* Does every step that can be done now. */
void host_script_run(struct host_script *s, struct host *h, double now);
/* The step that could not be done, and the screen, to stderr. */
void host_script_blame(const struct host_script *s, struct host *h, const char *path);

#endif
