/* yamlmark.h - from libyaml's marks to bytes of the text
 *
 * libyaml counts characters, from behind the BOM that it is not given.
 */
#ifndef DATA_YAMLMARK_H
#define DATA_YAMLMARK_H

#include "base/str.h"

struct yamlmark {
	struct str text; /* valid UTF-8; the caller's, used until fini */
	size_t bom;	 /* its length when there is one */
	size_t *offsets; /* byte offset of every 64th character */
};

void yamlmark_init(struct yamlmark *m, struct str text);
void yamlmark_fini(struct yamlmark *m);
size_t yamlmark_at(const struct yamlmark *m, size_t character);
/* The end of a block scalar: libyaml puts it behind the blank lines that follow,
 * which belong to the person's layout unless the header says keep ("|+"). */
size_t yamlmark_block_end(struct str text, size_t start, size_t end);

#endif
