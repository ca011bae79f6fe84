/* term_streams DIR [MIB]: writes the five streams of the terminal benchmark
 *
 *	plain       lines of text, 20-110 columns
 *	truecolor   runs of a few characters, each with its own two colours
 *	unicode     CJK, emoji and accents
 *	tui         a screen painted by cursor addressing inside synchronized updates
 *	ink         a block of lines erased and printed again, as Ink does it
 *
 * Seeded, so that every run measures the same bytes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state = 42;

static unsigned below(unsigned n)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(state >> 33) % n;
}

static const char *word(void)
{
	static const char *const words[] = {"the", "build", "error", "src/main.c", "warning:", "of",
		"compiled", "0x7ffe", "linking", "function", "return", "42", "tests", "passed",
		"in", "struct", "(void)", "module", "cache", "done."};

	return words[below(20)];
}

static void text(FILE *f, unsigned cols)
{
	unsigned n = 0;

	while (n < cols)
		n += (unsigned)fprintf(f, "%s ", word());
}

static void plain(FILE *f)
{
	text(f, 20 + below(90));
	fputs("\r\n", f);
}

static void truecolor(FILE *f)
{
	for (unsigned i = 0; i < 10; i++)
		fprintf(f, "\033[38;2;%u;%u;%um\033[48;2;%u;%u;%um%s %s", below(256), below(256),
			below(256), below(64), below(64), below(64), word(), word());
	fputs("\033[0m\r\n", f);
}

static void unicode(FILE *f)
{
	static const char *const bits[] = {"日本語の文字列", "中文字符测试", "한국어",
		"👩‍💻", "👍🏽", "🎉", "🇩🇪", "é", "naïve", "─────", "e\xcc\x81", "│",
		"漢字かな交じり文", "✅", "❤️"};

	for (unsigned i = 0; i < 12; i++)
		fprintf(f, "%s ", bits[below(15)]);
	fputs("\r\n", f);
}

static void tui(FILE *f)
{
	fputs("\033[?2026h\033[?25l", f);
	for (unsigned i = 0; i < 30; i++) {
		fprintf(f, "\033[%u;%uH\033[%u;%um", 1 + below(40), 1 + below(80), below(2),
			30 + below(8));
		text(f, 5 + below(30));
		if (below(3) == 0)
			fputs("\033[K", f);
	}
	fputs("\033[m\033[40;1H\033[7m", f);
	text(f, 60);
	fputs("\033[m\033[?25h\033[?2026l", f);
}

static void ink(FILE *f)
{
	for (unsigned i = 0; i < 12; i++)
		fputs("\033[2K\033[1A", f);
	fputs("\033[2K\033[G", f);
	for (unsigned i = 0; i < 12; i++) {
		fprintf(f, "\033[%um│\033[39m ", 90 + below(7));
		text(f, 20 + below(70));
		fputs("\r\n", f);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*make)(FILE *f);
	} streams[] = {{"plain", plain}, {"truecolor", truecolor}, {"unicode", unicode},
		{"tui", tui}, {"ink", ink}};
	long mib = argc > 2 ? strtol(argv[2], NULL, 10) : 4;

	for (unsigned i = 0; argc > 1 && i < 5; i++) {
		char path[512];
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", argv[1], streams[i].name);
		f = fopen(path, "wb");
		if (!f)
			return 1;
		while (ftell(f) < mib << 20)
			streams[i].make(f);
		fclose(f);
	}
	return argc > 1 ? 0 : 2;
}
