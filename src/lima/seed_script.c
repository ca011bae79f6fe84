#include "lima/seed_script.h"

#include "base/shquote.h"
#include "os/clock.h"
#include "os/path.h"

/* $1 directory of the target, $2 its name, $3 name of the temporary directory without
 * and $4 its token, $5 the target's mode, $6 zstd or plain, $7 pax or gnu.
 *
 * - Statuses of both ends of the pipe come out through descriptor 3, since pipefail is
 *   not POSIX; of tar's complaints (descriptor 4) 20 lines go on, and the rest is read so
 *   that tar does not die of it.
 * - A directory can be renamed only by somebody who may write to it, and tar has already
 *   given the tree its own mode: hence the two chmods, where that forbids it.
 * - Each program that is started costs an emulated guest 40 ms, and each system call of tar
 *   counts: hence no head for the 20 lines, and records of 64 KiB, which is what a pipe gives
 *   (tar reads and writes by records, of 10 KiB when nothing is said).
 * - The traps stand before the directory is made: a signal in between would leave it. From
 *   quit() on signals are ignored, by what cleans up too.
 * - One whose connection broke may still be at it: its directory is left to itself.
 * - A parent that is not the user's (the root directory) is written to through sudo.
 * - LC_ALL=C: GNU tar would recode names, and say its words in another language. */
static const char body[] =
	"set -u; LC_ALL=C; export LC_ALL\n"
	"gnu=; simple=1\n"
	"case $(tar --version 2>/dev/null) in\n"
	"*'GNU tar'*) simple=; gnu='-b 128 --delay-directory-restore --warning=no-timestamp "
	"--warning=no-unknown-keyword';;\n"
	"*bsdtar*) simple=;;\n"
	"esac\n"
	"lacks=0\n"
	"[ \"$6\" != zstd ] || command -v zstd >/dev/null 2>&1 || lacks=1\n"
	"[ \"$7\" != pax ] || [ -z \"$simple\" ] || lacks=$((lacks + 2))\n"
	"[ $lacks = 0 ] || exit $((90 + lacks))\n"
	"wipe() {\n"
	"	$as rm -rf -- \"$1\" 2>/dev/null && return\n"
	"	chmod -R u+rwX -- \"$1\" 2>/dev/null\n"
	"	$as rm -rf -- \"$1\"\n"
	"}\n"
	"cd -- \"$1\" || exit 94\n"
	"as=; [ -w . ] || as='sudo -n'\n"
	"for d in \"$3\"*; do\n"
	"	[ -d \"$d\" ] || continue\n"
	"	p=$(cat \"$d/pid\" 2>/dev/null) && kill -0 \"$p\" 2>/dev/null || wipe \"$d\"\n"
	"done\n"
	"t=$3$4\n"
	"quit() { trap '' HUP INT TERM; exit \"$1\"; }\n"
	"trap 'wipe \"$t\"' EXIT\n"
	"trap 'quit 129' HUP; trap 'quit 130' INT; trap 'quit 143' TERM; trap : PIPE\n"
	"$as mkdir -m 700 -- \"$t\" || quit 94\n"
	"[ -z \"$as\" ] || $as chown \"$(id -u):$(id -g)\" \"$t\" || quit 94\n"
	"{ echo $$ >\"$t/pid\"; } 2>/dev/null\n"
	"untar() { tar -x -p -o -f - $gnu -C \"$t\"; echo t$? >&3; }\n"
	"unpack() {\n"
	"	if [ \"$1\" = zstd ]; then { zstd -dcq; echo z$? >&3; } | untar\n"
	"	else echo z0 >&3; untar\n"
	"	fi\n"
	"}\n"
	"some() {\n"
	"	n=0\n"
	"	while [ $n -lt 20 ]; do\n"
	"		IFS= read -r l || { printf %s \"$l\"; return; }\n"
	"		printf '%s\\n' \"$l\"; n=$((n + 1))\n"
	"	done\n"
	"	exec cat >/dev/null\n"
	"}\n"
	"exec 4>&2\n"
	"st=$({ unpack \"$6\" 2>&1 >/dev/null | some >&4; } 3>&1)\n"
	"ok=\n"
	"case $st in *z0*) case $st in *t0*) [ ! -f \"$t/end\" ] || ok=1;; esac;; esac\n"
	"full() {\n"
	"	set -- $(df -Pk . | tail -n 1); [ \"$4\" -ge 1024 ] || return 0\n"
	"	set -- $(df -Pi . | tail -n 1); [ \"$2\" -gt 0 ] && [ \"$4\" -eq 0 ]\n"
	"}\n"
	"if [ -z \"$ok\" ]; then\n"
	"	full 2>/dev/null && quit 96\n"
	"	quit 95\n"
	"fi\n"
	"case $5 in 07[0-7][0-7]) mode=;; *) mode=$5; chmod u+rwx -- \"$t/tree\" || quit 97;; "
	"esac\n"
	"trap '' HUP INT TERM\n" /* what is moved away here comes back or is replaced */
	"old=\n"
	"if [ -e \"$2\" ] || [ -L \"$2\" ]; then $as mv -- \"$2\" \"$t/old\" && old=1 || quit 97; "
	"fi\n"
	"if ! $as mv -- \"$t/tree\" \"$2\"; then\n"
	"	[ -z \"$old\" ] || $as mv -- \"$t/old\" \"$2\"\n"
	"	quit 97\n"
	"fi\n"
	"[ -z \"$mode\" ] || chmod \"$mode\" -- \"$2\" || quit 97\n"
	"quit 0\n";

static void word(struct buf *script, struct str s)
{
	buf_putc(script, ' ');
	sh_quote(script, s);
}

void seed_script(const struct seed_script *s, struct buf *script)
{
	struct str name = path_base(str_z(s->target));
	own_buf struct buf b = {0};
	uint64_t token;

	buf_puts(script, "exec sh -c ");
	sh_quote_z(script, body);
	buf_puts(script, " sh");
	word(script, path_dir(str_z(s->target)));
	word(script, name);
	buf_printf(&b, ".%.*s.codelima-seed.", (int)(name.n < 200 ? name.n : 200), name.p);
	word(script, buf_view(&b));
	random_bytes(&token, sizeof(token));
	buf_clear(&b);
	buf_printf(&b, "%016llx", (unsigned long long)token);
	word(script, buf_view(&b));
	buf_clear(&b);
	buf_printf(&b, "%04o", s->mode);
	word(script, buf_view(&b));
	word(script, s->zstd ? STR("zstd") : STR("plain"));
	word(script, s->pax ? STR("pax") : STR("gnu"));
}
