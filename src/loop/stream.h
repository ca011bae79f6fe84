/* stream.h - our end of a pipe to or from a child, in a libuv loop
 *
 * A stream that reads hands every chunk to take(); one that writes asks fill()
 * for more when the pipe has room. One stream never keeps the loop for more than
 * about 1 MiB: others get their turn.
 *
 *	theirs = stream_open(&s, &loop, false, e);    // -1: failed
 *	s.take = ...; s.arg = ...;
 *	...                                           // give `theirs` to the child, close it
 *	stream_start(&s);
 *
 * stream_close() may come at any time, also from the callbacks. The memory must
 * outlive the loop (uv_close).
 */
#ifndef LOOP_STREAM_H
#define LOOP_STREAM_H

#include <uv.h>

#include "base/err.h"

#define STREAM_CHUNK (64u << 10)

struct stream {
	uv_poll_t poll;
	int fd; /* -1: closed, or never there. Initialise it so */
	bool writes;
	struct str left; /* of what fill() gave */
	char *chunk;	 /* for reading: STREAM_CHUNK bytes that streams may share */
	void *arg;
	void (*take)(void *arg, struct str chunk);
	/* Sets *more, valid until the next call. 1: there may be more after it; 0: that
	 * was all, the stream is closed when it is written; -1: nothing, and the
	 * stream is left as it is (stream_pause). */
	int (*fill)(void *arg, struct str *more);
	void (*closed)(void *arg); /* the other end is gone, or all is written; may be NULL */
};

/* Makes the pipe; the child's end is returned. */
int stream_open(struct stream *s, uv_loop_t *loop, bool writes, struct err *e);
void stream_start(struct stream *s);
void stream_pause(struct stream *s);
void stream_close(struct stream *s); /* without closed() */
/* Reads what is in the pipe now, however long take() needs for it. */
void stream_read_rest(struct stream *s);

#endif
