/* completion_scripts.h - what makes a shell ask us for completions
 *
 * Each script runs `codelima __complete -- WORDS…`, the last word cut at the cursor, and
 * shows what that prints: a line "words", "files" or "dirs", and behind "words" a line a
 * candidate, a tab and its note after it where there is one. Behind "files" and "dirs"
 * and a tab stands what the word holds before the path ("--home=").
 */
#ifndef CLI_COMPLETION_SCRIPTS_H
#define CLI_COMPLETION_SCRIPTS_H

/* NULL: for no such shell. */
const char *completion_script(const char *shell);

#endif
