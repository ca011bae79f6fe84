#include "data/yamlmark.h"

#include "base/mem.h"

#define CHECKPOINT 64

static size_t char_len(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

void yamlmark_init(struct yamlmark *m, struct str text)
{
	size_t at;

	*m = (struct yamlmark){.text = text};
	m->bom = str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0;
	m->offsets = mem_array(NULL, text.n / CHECKPOINT + 2, sizeof(*m->offsets));
	at = m->bom;
	for (size_t i = 0;; i++) {
		if (i % CHECKPOINT == 0)
			m->offsets[i / CHECKPOINT] = at;
		if (at >= text.n)
			break;
		at += char_len((unsigned char)text.p[at]);
	}
}

void yamlmark_fini(struct yamlmark *m)
{
	free(m->offsets);
	*m = (struct yamlmark){0};
}

size_t yamlmark_at(const struct yamlmark *m, size_t character)
{
	size_t at = m->offsets[character / CHECKPOINT];

	for (size_t i = 0; i < character % CHECKPOINT && at < m->text.n; i++)
		at += char_len((unsigned char)m->text.p[at]);
	return at;
}

static bool is_break(char c)
{
	return c == '\n' || c == '\r';
}

size_t yamlmark_block_end(struct str text, size_t start, size_t end)
{
	size_t header = start;
	bool keep = false;

	while (header < end && !is_break(text.p[header])) {
		if (text.p[header] == '#')
			break;
		keep |= text.p[header++] == '+';
	}
	while (header < end && !is_break(text.p[header]))
		header++;
	if (keep && end > header) {
		end -= text.p[end - 1] == '\n';
		return end > header && text.p[end - 1] == '\r' ? end - 1 : end;
	}
	while (end > header && (is_break(text.p[end - 1]) || text.p[end - 1] == ' '))
		end--;
	while (end < text.n && !is_break(text.p[end])) /* blanks that end the last line */
		end++;
	return end;
}
