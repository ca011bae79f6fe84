/* calls.h - system calls of a traced process: what each would change, and in words */
#ifndef CRASH_CALLS_H
#define CRASH_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What a call is, as bits; a call may be several. */
enum {
	CALL_FILE = 1,	  /* changes something on the disk, or a lock on it */
	CALL_CHANNEL = 2, /* hands something to another process: a pipe, a socket */
	CALL_PROCESS = 4, /* starts, becomes or signals one */
	CALL_READ = 8,	  /* looks at a file or directory of the sandbox */
	CALL_WAIT = 16,	  /* may block, and so be interrupted */
	CALL_OPEN = 32,	  /* needs a free descriptor */
	CALL_WRITE = 64,  /* bytes into a file: may be written in part */
	CALL_GROW = 128,  /* needs room on the disk */
	CALL_SYNC = 256,  /* fsync and its like */
	CALL_PLACE = 512, /* puts a file under a name: rename, link */
	CALL_REMOVE = 1024,
	CALL_CHANGE = CALL_FILE | CALL_CHANNEL | CALL_PROCESS,
	CALL_SEEN = CALL_CHANNEL | CALL_PROCESS | CALL_PLACE | CALL_REMOVE, /* others see it */
};

struct call {
	pid_t tid;
	long nr;
	uint64_t arg[6];
};

/* root: what lies outside of it is nobody's business. */
unsigned call_bits(const struct call *c, const char *root);
/* "renameat @/c/nodes/…/.node.yaml.1f.tmp, node.yaml": root is written as @. */
void call_text(const struct call *c, const char *root, char *out, size_t n);
/* The path that the call works on. */
void call_path(const struct call *c, char *out, size_t n);
/* The errno that a call of this kind gives where a disk is full or a table is. */
int call_error(const struct call *c, int wanted);

#endif
