/* home_files.h - every file and directory of a home that is ours to judge
 *
 * By lstat, links and special files left out. What a snapshot holds keeps its modes in
 * the manifest, and patches/ is not ours: neither is entered.
 */
#ifndef OPS_HOME_FILES_H
#define OPS_HOME_FILES_H

#include "os/file.h"

struct home_file {
	const char *path; /* absolute */
	const char *name; /* below the home; the home itself: its path */
	struct file_stat st;
	bool sealed; /* a directory that is not entered */
};

/* Calls see for the home and all below it, a directory before what it holds, so that see
 * may open it up. */
void home_files_walk(
	const char *home, void (*see)(void *arg, const struct home_file *f), void *arg);

/* Owned by this user? */
bool home_file_ours(const struct home_file *f);
/* Can others get at it? */
bool home_file_wide(const struct home_file *f);
/* A temp file (os/draft.h) old enough that nobody is writing it. */
bool home_file_stray(const struct home_file *f);

#endif
