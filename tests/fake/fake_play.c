/* Rules, one a line in $FAKE_PLAY:
 *
 *	COMMAND[~TEXT] [@early|@mid|@late] ACTION [ARGUMENT…] [once]
 *
 * COMMAND is limactl's (template, create, start, hostagent, list …), `ssh`,
 * `ssh-master`, `ssh-control`, or `*`; TEXT must be found in the arguments.
 * Arguments may stand in "…". `once`: only the first time it is reached.
 * Phases: before any work; create: the directory is there and lima.yaml is not,
 * start: the hostagent lives and qemu does not, delete: stopped and not removed;
 * after the work, before the exit.
 *
 *	sleep SECONDS          hang                  touch FILE      wait FILE
 *	exit STATUS [MESSAGE]  crash                 kill-parent     ignore-term
 *	garbage                flood BYTES[K|M]      flood-err BYTES noise
 *	lie                    exits 0 having done nothing
 *	version V              root                  (limactl's words for both)
 *	qemu-fail MESSAGE      hostagent only: QEMU does not come up
 *	degrade MESSAGE        hostagent only: the VM is up, but for this (\n for a new line)
 */
#include "fake.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

enum { MAX_WORDS = 8, MAX_RULES = 64 };

struct rule {
	char *word[MAX_WORDS];
	int n;
	char *command, *text;
	enum phase at;
	int line;
	bool once;
};

static struct rule rules[MAX_RULES];
static int n_rules = -1;

static char *next_word(char **rest)
{
	char *s = *rest + strspn(*rest, " \t");
	if (!*s)
		return NULL;
	bool quoted = *s == '"';
	char *start = quoted ? s + 1 : s;
	char *end = start + strcspn(start, quoted ? "\"" : " \t");
	*rest = *end ? end + 1 : end;
	*end = 0;
	return start;
}

static void parse_rule(char *line, int number)
{
	struct rule r = {.line = number};
	char *first = next_word(&line);
	if (!first || first[0] == '#' || n_rules == MAX_RULES)
		return;
	char *tilde = strchr(first, '~');
	if (tilde) {
		*tilde = 0;
		r.text = tilde + 1;
	}
	r.command = first;
	for (char *w; r.n < MAX_WORDS && (w = next_word(&line));) {
		if (strcmp(w, "@early") == 0)
			r.at = EARLY;
		else if (strcmp(w, "@mid") == 0)
			r.at = MID;
		else if (strcmp(w, "@late") == 0)
			r.at = LATE;
		else if (strcmp(w, "once") == 0)
			r.once = true;
		else
			r.word[r.n++] = w;
	}
	if (r.n > 0)
		rules[n_rules++] = r;
}

static void load(void)
{
	n_rules = 0;
	const char *path = getenv("FAKE_PLAY");
	char *text = path ? slurp(path, NULL) : NULL;
	int number = 0;
	for (char *line = text; line && *line; number++) {
		char *end = strchr(line, '\n');
		if (end)
			*end = 0;
		parse_rule(line, number);
		line = end ? end + 1 : NULL;
	}
}

static bool matches(const struct rule *r, const char *command, int argc, char **argv)
{
	if (strcmp(r->command, "*") != 0 && strcmp(r->command, command) != 0)
		return false;
	bool found = r->text == NULL;
	for (int i = 0; !found && i < argc; i++)
		found = strstr(argv[i], r->text) != NULL;
	return found;
}

/* Of several processes that reach a `once` rule only one takes it. */
static bool take(const struct rule *r)
{
	if (!r->once)
		return true;
	int fd = open(
		fmt("%s.used.%d", getenv("FAKE_PLAY"), r->line), O_CREAT | O_EXCL | O_WRONLY, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void flood(FILE *f, const char *size)
{
	char *unit = NULL;
	long long left = strtoll(size ? size : "100M", &unit, 10);
	left *= *unit == 'M' ? 1 << 20 : *unit == 'K' ? 1 << 10 : 1;
	static char line[4096];
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\n';
	for (; left > 0; left -= (long long)sizeof line)
		if (fwrite(line, 1, sizeof line, f) != sizeof line)
			break;
	fflush(f);
}

static void act(const struct rule *r)
{
	const char *what = r->word[0], *arg = r->n > 1 ? r->word[1] : NULL;
	if (strcmp(what, "sleep") == 0) {
		nap_ms((long)(strtod(arg ? arg : "1", NULL) * 1000));
	} else if (strcmp(what, "hang") == 0) {
		nap_ms(life_s() * 1000);
	} else if (strcmp(what, "touch") == 0 && arg) {
		spill(arg, "", 0600);
	} else if (strcmp(what, "wait") == 0 && arg) {
		for (long left = life_s() * 50; left > 0 && !exists(arg); left--)
			nap_ms(20);
	} else if (strcmp(what, "exit") == 0) {
		if (r->n > 2)
			say("fatal", "%s", r->word[2]);
		exit((int)strtol(arg ? arg : "1", NULL, 10));
	} else if (strcmp(what, "crash") == 0) {
		raise(SIGKILL);
	} else if (strcmp(what, "kill-parent") == 0) {
		kill(getppid(), SIGKILL);
	} else if (strcmp(what, "ignore-term") == 0) {
		signal(SIGTERM, SIG_IGN);
		signal(SIGINT, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
	} else if (strcmp(what, "garbage") == 0) {
		fwrite("\0\xff{]\x1b[2J garbage \n\n{\"name\":", 1, 27, stdout);
		exit(0);
	} else if (strcmp(what, "flood") == 0) {
		flood(stdout, arg);
		exit(0);
	} else if (strcmp(what, "flood-err") == 0) {
		flood(stderr, arg);
	} else if (strcmp(what, "noise") == 0) {
		fputs("noise on stdout {\"ok\":true}\n", stdout);
		fputs("noise on stderr \x1b]0;evil\a\n", stderr);
		fflush(stdout);
	} else if (strcmp(what, "lie") == 0) {
		exit(0);
	}
}

void play(const char *command, int argc, char **argv, enum phase at)
{
	if (n_rules < 0)
		load();
	for (int i = 0; i < n_rules; i++)
		if (rules[i].at == at && matches(&rules[i], command, argc, argv) && take(&rules[i]))
			act(&rules[i]);
}

const char *played(const char *command, int argc, char **argv, const char *action)
{
	if (n_rules < 0)
		load();
	for (int i = 0; i < n_rules; i++)
		if (strcmp(rules[i].word[0], action) == 0 &&
			matches(&rules[i], command, argc, argv) && take(&rules[i]))
			return rules[i].n > 1 ? rules[i].word[1] : "";
	return NULL;
}
