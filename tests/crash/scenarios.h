/* scenarios.h - every command that changes something, on a home where it has much to do
 *
 * A command of the table that is neither in a scenario nor named as one that only reads
 * makes the runner fail.
 */
#ifndef CRASH_SCENARIOS_H
#define CRASH_SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>

#define WORDS (const char *const[])

struct scenario {
	const char *name, *command; /* "node start" as the command table has it */
	const char *base;	    /* the home it begins with */
	const char *vm;		    /* instance that runs before; NULL: none */
	const char *const *argv;
	/* What a person does when the command, given again, finds something half done
	 * and refuses; then it is given again. NULL: the command itself goes on. */
	const char *const *remedy;
	/* What a person does in each case at the end, as a VM may have been left stopped. */
	const char *const *at_last;
	/* Given again it makes one more of the same, as whole as the first. */
	bool adds;
	/* The command only starts a job: the same one in the foreground. */
	const char *const *plain;
	/* A job that hangs in the boot of a VM while the command is given. */
	const char *const *during;
};

/* How a home is made out of another by commands. In front of the words: "limactl", a command
 * that is not codelima's; "killed", one that is killed when limactl has done its work; "write",
 * a file of the home and its text. */
struct base_step {
	const char *base, *from; /* from: only in a base's first step */
	const char *const *argv;
};

extern const struct scenario scenarios[];
extern const size_t scenarios_n;
extern const struct base_step base_steps[];
extern const size_t base_steps_n;
/* Reading commands, ended by NULL: {"node list", "node", "list"}. */
extern const char *const readers[][8];
/* What is asked of every home that was disturbed. */
extern const char *const *const questions[];

#endif
