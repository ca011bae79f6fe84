#include "store/builtin.h"

#include "base/mem.h"

/* "when PROGRAM is missing, install PACKAGES with what the guest has". */
#define WITH_PACKAGES(program, packages)                                                           \
	"command -v " program " >/dev/null 2>&1 || "                                               \
	"if command -v apt-get >/dev/null 2>&1; then "                                             \
	"sudo apt-get update && sudo env DEBIAN_FRONTEND=noninteractive apt-get install "          \
	"-y " packages "; elif command -v dnf >/dev/null 2>&1; then sudo dnf install -y " packages \
	"; elif command -v apk >/dev/null 2>&1; then sudo apk add " packages                       \
	"; elif command -v zypper >/dev/null 2>&1; then sudo zypper --non-interactive "            \
	"install " packages                                                                        \
	"; elif command -v pacman >/dev/null 2>&1; then sudo pacman -Sy --noconfirm " packages     \
	"; else echo 'no package manager known here can install " packages "' >&2; exit 1; fi"

#define LOCAL_BIN "mkdir -p \"$HOME/.local/bin\""

/* One line a file, also where the file's last line has no end. */
#define PATH_LINE "export PATH=\"$HOME/.local/bin:$PATH\""
#define PATH_STEP                                                                                  \
	"for f in \"$HOME/.profile\" \"$HOME/.bashrc\"; do "                                       \
	"grep -qxF '" PATH_LINE "' \"$f\" 2>/dev/null && continue; "                               \
	"[ -z \"$(tail -c 1 \"$f\" 2>/dev/null)\" ] || echo >>\"$f\"; "                            \
	"echo '" PATH_LINE "' >>\"$f\" || exit 1; done"

static char *codex_steps[] = {
	WITH_PACKAGES("npm", "nodejs npm"),
	LOCAL_BIN,
	"npm config set prefix \"$HOME/.local\"",
	PATH_STEP,
	"npm install -g @openai/codex",
	NULL,
};

/* The installer is a bash script; a download that fails must not look like an
 * empty script that succeeds. */
static char *claude_steps[] = {
	WITH_PACKAGES("curl", "curl"),
	WITH_PACKAGES("bash", "bash"),
	LOCAL_BIN,
	PATH_STEP,
	"bash -c 'set -o pipefail; curl -fsSL https://claude.ai/install.sh | bash'",
	NULL,
};

#define STEPS(a)                                                                                   \
	{                                                                                          \
		.v = (a), .n = countof(a) - 1                                                      \
	}
#define SINCE "2026-01-01T00:00:00Z"

const struct environment builtin_environments[BUILTIN_ENVIRONMENTS] = {
	{
		.id = "019b76da-a800-7000-8000-000000000001",
		.slug = "codex",
		.bootstrap_commands = STEPS(codex_steps),
		.created_at = SINCE,
		.updated_at = SINCE,
	},
	{
		.id = "019b76da-a800-7000-8000-000000000002",
		.slug = "claude-code",
		.bootstrap_commands = STEPS(claude_steps),
		.created_at = SINCE,
		.updated_at = SINCE,
	},
};

const struct profile builtin_profiles[BUILTIN_PROFILES] = {
	{
		.name = "codex-cli",
		.validation_command = "command -v codex",
		.launch_command = "codex",
	},
	{
		.name = "claude-code",
		.validation_command = "command -v claude",
		.launch_command = "claude",
	},
};
