/* flag_word.h - one word of a command line that is a flag, and which flag it names */
#ifndef CLI_FLAG_WORD_H
#define CLI_FLAG_WORD_H

#include "cli/command.h"

/* --name, --name=value, -n; points into the word. */
struct flag_word {
	const char *word;
	struct str name, value;
	bool has_value, is_short;
};

/* The word begins with '-' and goes on. */
struct flag_word flag_word(const char *word);
/* The command's flag of that name, alias or letter, *at is which (command_flag()); NULL when
 * it has none, or when there is no command. */
const struct flag *flag_find(const struct command *c, struct str name, bool is_short, size_t *at);
const struct flag *flag_find_global(struct str name, bool is_short);

#endif
