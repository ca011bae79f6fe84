/* yamledit.h - changing a YAML file without touching the rest of it
 *
 * The person's file stays the person's: comments, key order, blank lines,
 * quoting and unknown keys survive byte for byte; only the lines of the keys
 * that change are rewritten (contract/store.md §2). Every edit is applied to
 * the text, the result is parsed again and compared with the intended tree;
 * when they differ the edit is refused and the text stays as it was.
 *
 *	struct yamledit ed = {0};
 *	yamledit_open(&ed, text, "node.yaml", e);
 *	yamledit_set(&ed, (const char *[]){"slug", NULL}, STR("api"), e);
 *	... buf_view(&ed.text) is the new text; yamledit_close(&ed);
 *
 * A path is a NULL-terminated list of map keys from the root. Missing parents
 * are made. A key whose text is unchanged is not rewritten (its quoting stays).
 * New keys go behind the last key of their map, keeping trailing comments of
 * the file at the end. Works in block and flow maps, with CR LF files (new
 * lines get CR LF), and with any indentation found.
 * An anchor inside a value that is replaced, or an alias as a parent on the
 * path, is refused (PreconditionFailed) with file and line.
 */
#ifndef DATA_YAMLEDIT_H
#define DATA_YAMLEDIT_H

#include "base/strv.h"
#include "data/yamlchange.h"

/* struct yamledit: `text` is what may be read of it. */
bool yamledit_open(struct yamledit *ed, struct str text, const char *name, struct err *e);
void yamledit_close(struct yamledit *ed);

bool yamledit_set(struct yamledit *ed, const char *const *path, struct str value, struct err *e);
/* An unquoted word: true, false, null or a number. */
bool yamledit_set_plain(
	struct yamledit *ed, const char *const *path, const char *word, struct err *e);
bool yamledit_set_list(
	struct yamledit *ed, const char *const *path, const struct strv *items, struct err *e);
/* Any value, given as a block of YAML text that is parsed on its own first and
 * indented as needed ("- location: /x\n  writable: true\n"). */
bool yamledit_set_yaml(
	struct yamledit *ed, const char *const *path, struct str block, struct err *e);
/* Adds one item (YAML text) at the end of the list at path; the list is made when missing. */
bool yamledit_append(struct yamledit *ed, const char *const *path, struct str item, struct err *e);
/* Removes the key with its value and the comments on its own lines. A parent
 * map that becomes empty is removed too. Absent is fine. */
bool yamledit_remove(struct yamledit *ed, const char *const *path, struct err *e);

#endif
