#include "term/textline.h"

/* Where in the text of the line the match begins; its length when there is none. */
static size_t find_in_line(
	const struct text_line *l, struct str needle, bool backwards, struct term_place at)
{
	struct str text = buf_view(&l->text);
	size_t found = text.n;

	for (size_t i = 0; i + needle.n <= text.n; i++) {
		const char *p = memmem(text.p + i, text.n - i, needle.p, needle.n);

		if (!p)
			break;
		i = (size_t)(p - text.p);
		if (place_before(l->at[i], at)) {
			if (backwards)
				found = i;
		} else {
			return backwards ? found : i;
		}
	}
	return found;
}

bool term_find(struct term *t, struct str needle, bool fold, bool backwards, struct term_place at,
	struct term_span *match)
{
	struct text_line l = {.fold = fold};
	own_buf struct buf folded = {0};
	uint64_t oldest = term_first_row(t), end = term_screen_row(t) + t->rows;
	uint64_t row = at.row < oldest ? oldest : at.row >= end ? end - 1 : at.row;
	bool found = false;

	if (fold)
		text_fold(&folded, needle);
	needle = fold ? buf_view(&folded) : needle;
	while (needle.n && text_line_read(t, row, &l)) {
		size_t i = find_in_line(&l, needle, backwards, at);

		found = i < l.text.n;
		if (found)
			*match = text_line_span(t, &l, i, i + needle.n);
		if (found || (backwards ? l.first == oldest : l.last + 1 >= end))
			break;
		row = backwards ? l.first - 1 : l.last + 1;
	}
	text_line_fini(t, &l);
	return found;
}
