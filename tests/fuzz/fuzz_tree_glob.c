/* PATTERN NUL NAME: no pattern runs away, and the plain ones mean what they say. */
#include "fuzz.h"
#include "tree/glob.h"
#include "tree/ignore.h"

FUZZ(input)
{
	struct str pattern, name = input;
	struct ignore *ig = ignore_new();
	struct glob *g;

	if (!str_split(&name, '\0', &pattern))
		pattern = name;
	if (!name.p)
		name = STR("");
	g = glob_new(pattern);
	if (glob_literal_len(pattern) == pattern.n)
		HOLDS(glob_match(g, name) == str_eq(pattern, name));
	else
		(void)glob_match(g, name);
	if (str_eqz(pattern, "**"))
		HOLDS(glob_match(g, name));
	glob_free(g);
	ignore_add_lines(ig, pattern);
	(void)ignore_match(ig, name, input.n % 2);
	ignore_free(ig);
}
