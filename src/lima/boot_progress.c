#include "lima/boot_progress.h"

#include <openssl/sha.h>

#include "base/mem.h"
#include "base/num.h"
#include "lima/limalog.h"
#include "lima/logtail.h"
#include "os/clock.h"
#include "os/proc.h"

#define KEPT 5 /* lines of a cause */

/* The last lines of one kind. */
struct kept {
	struct strv lines;
};

/* The requirement that the boot has come to. */
struct where {
	uint64_t done, total;
	struct buf message;
};

struct boot_progress {
	struct ctx c;
	struct logtail agent, serial, serial_virtio;
	bool kvm, spoken;
	int64_t silence_ms, silent_since;
	char *download_dir; /* NULL: nothing is being downloaded */
	char *download_what;
	uint64_t downloaded;
	struct where at, told;
	struct kept qemu, errors;
};

static void keep(struct kept *k, struct str line)
{
	own_mem char *z = mem_strndup(line.p, line.n < 2000 ? line.n : 2000);

	if (strv_has(&k->lines, z))
		return;
	if (k->lines.n == KEPT)
		strv_remove(&k->lines, 0);
	strv_take(&k->lines, steal(&z));
}

static void tail_of(struct logtail *t, const char *dir, const char *name)
{
	own_buf struct buf path = {0};

	logtail_init(t, path_join(&path, dir, name));
}

struct boot_progress *boot_progress_new(
	const char *instance_dir, const struct ctx *c, bool kvm, int64_t silence_ms)
{
	struct boot_progress *b = mem_alloc(sizeof(*b));

	b->c = *c;
	b->kvm = kvm;
	b->silence_ms = silence_ms;
	tail_of(&b->agent, instance_dir, "ha.stderr.log");
	tail_of(&b->serial, instance_dir, "serial.log");
	tail_of(&b->serial_virtio, instance_dir, "serialv.log");
	return b;
}

void boot_progress_join(struct boot_progress *b)
{
	logtail_from_start(&b->agent);
}

static void end_download(struct boot_progress *b)
{
	mem_free_p(&b->download_dir);
	mem_free_p(&b->download_what);
	b->downloaded = 0;
}

void boot_progress_free(struct boot_progress *b)
{
	if (!b)
		return;
	logtail_fini(&b->agent);
	logtail_fini(&b->serial);
	logtail_fini(&b->serial_virtio);
	end_download(b);
	buf_fini(&b->at.message);
	buf_fini(&b->told.message);
	strv_fini(&b->qemu.lines);
	strv_fini(&b->errors.lines);
	free(b);
}

/* Download. */

/* Go's os.UserCacheDir(). */
static void cache_dir(struct buf *out)
{
	const char *xdg = proc_env("XDG_CACHE_HOME");

	if (z_eq(proc_os(), "darwin"))
		buf_printf(out, "%s/Library/Caches", proc_home());
	else if (xdg)
		buf_puts(out, xdg);
	else
		buf_printf(out, "%s/.cache", proc_home());
}

static void begin_download(struct boot_progress *b, const char *url, struct str what)
{
	unsigned char sum[SHA256_DIGEST_LENGTH];
	own_buf struct buf dir = {0};

	end_download(b);
	if (!strstr(url, "://") || strncmp(url, "file://", 7) == 0)
		return; /* a file of the host is copied, not downloaded */
	SHA256((const unsigned char *)url, strlen(url), sum);
	cache_dir(&dir);
	buf_puts(&dir, "/lima/download/by-url-sha256/");
	for (size_t i = 0; i < sizeof(sum); i++)
		buf_printf(&dir, "%02x", sum[i]);
	b->download_dir = buf_steal(&dir);
	b->download_what = mem_strndup(what.p, what.n);
}

static uint64_t growing_size(const char *dir)
{
	own_strv struct strv names = {0};
	own_buf struct buf path = {0};
	struct file_stat st;
	uint64_t most = 0;

	if (!file_list(dir, &names, NULL))
		return 0;
	for (size_t i = 0; i < names.n; i++)
		if (str_starts(str_z(names.v[i]), STR("data.tmp.")) &&
			file_lstat(path_join(&path, dir, names.v[i]), &st) && st.size > most)
			most = st.size;
	return most;
}

static void follow_download(struct boot_progress *b)
{
	uint64_t now = b->download_dir ? growing_size(b->download_dir) : 0;

	if (now == b->downloaded || !now)
		return;
	b->downloaded = now;
	ctx_progress(&b->c, &(struct progress){.step = "download",
				    .state = STEP_RUNNING,
				    .unit = UNIT_BYTES,
				    .done = now,
				    .message = str_z(b->download_what)});
}

/* Lines. */

static const struct str requirement_word = {"requirement ", 12};

/* The two numbers around " of " behind "requirement ". */
static bool requirement(struct str msg, uint64_t *i, uint64_t *n)
{
	size_t at = str_find_str(msg, requirement_word);
	struct str rest = str_from(str_from(msg, at), requirement_word.n), piece;

	if (!str_split(&rest, ' ', &piece) || !num_u64(piece, i))
		return false;
	if (!str_split(&rest, ' ', &piece) || !str_eqz(piece, "of"))
		return false;
	str_split(&rest, ' ', &piece);
	if (str_ends(piece, STR(":")))
		piece.n--;
	return num_u64(piece, n) && *i >= 1 && *i <= *n;
}

static void set_where(struct where *w, uint64_t done, uint64_t total, struct str message)
{
	w->done = done;
	w->total = total;
	buf_clear(&w->message);
	buf_str(&w->message, message);
}

/* "is satisfied" and the next "Waiting for" come at once, so that only the last of a kind is worth
 * a word, and limactl repeats all: what holds at the next tick is told, once. */
static void tell_boot(struct boot_progress *b)
{
	struct str message = buf_view(&b->at.message);

	if (b->at.done == b->told.done && b->at.total == b->told.total &&
		str_eq(message, buf_view(&b->told.message)))
		return;
	set_where(&b->told, b->at.done, b->at.total, message);
	ctx_progress(&b->c, &(struct progress){.step = "boot",
				    .state = STEP_RUNNING,
				    .unit = UNIT_COUNT,
				    .done = b->at.done,
				    .total = b->at.total,
				    .message = message});
}

/* "Waiting for the essential requirement 1 of 3: `ssh`" with what is waited for in front, since
 * the end of a message may be cut: waiting for "ssh" (essential requirement 1 of 3). */
static void note_waiting(struct boot_progress *b, uint64_t i, uint64_t n, struct str msg)
{
	static const struct str opening = {"Waiting for the ", 16};
	size_t colon = str_find_str(msg, STR(": `"));
	own_buf struct buf text = {0};

	if (colon < msg.n && str_ends(msg, STR("`")) && msg.n > colon + 4) {
		struct str name = str_n(msg.p + colon + 3, msg.n - colon - 4);
		struct str which = str_from(str_n(msg.p, colon), opening.n);

		buf_printf(&text, "waiting for \"%.*s\" (%.*s)", STRF(name), STRF(which));
		msg = buf_view(&text);
	}
	set_where(&b->at, i - 1, n, msg);
}

static void take_message(struct boot_progress *b, struct str msg)
{
	uint64_t i, n;

	if (str_starts(msg, STR("[hostagent] ")))
		msg = str_from(msg, 12);
	if (str_starts(msg, STR("qemu[stderr]: "))) {
		keep(&b->qemu, str_from(msg, 14));
	} else if (str_starts(msg, STR("Waiting for the ")) && requirement(msg, &i, &n)) {
		note_waiting(b, i, n, msg);
	} else if (str_ends(msg, STR("is satisfied")) && requirement(msg, &i, &n)) {
		b->spoken = true;
		if (i == n)
			set_where(&b->at, i, n, msg);
	} else if (str_starts(msg, STR("Downloaded ")) || str_starts(msg, STR("Using cache "))) {
		end_download(b);
	}
}

/* limactl repeats what the hostagent said, with its name in front. */
static struct str without_prefix(struct buf *text)
{
	static const struct str prefix = {"[hostagent] ", 12};
	size_t at = str_find_str(buf_view(text), prefix);

	if (at < text->n)
		buf_splice(text, at, at + prefix.n, (struct str){0});
	return buf_view(text);
}

static void take_object(struct boot_progress *b, const json_t *j)
{
	const char *level = json_get_str(j, "level"), *url = json_get_str(j, "location");
	struct str msg = str_z(json_get_str(j, "msg"));
	own_buf struct buf text = {0};

	if (z_eq(level, "error") || z_eq(level, "fatal")) {
		limalog_text(j, &text);
		keep(&b->errors, without_prefix(&text));
	}
	if (url && str_starts(msg, STR("Attempting to download ")))
		begin_download(b, url, str_from(msg, sizeof("Attempting to download ") - 1));
	take_message(b, msg);
}

void boot_progress_line(void *arg, struct str line)
{
	struct boot_progress *b = arg;
	own_json json_t *j = limalog_object(line);

	if (j)
		take_object(b, j);
	else
		take_message(b, str_trim(line));
}

/* Ticks. */

/* From the moment QEMU has made the log: a download before that is no silence. */
static bool check_silence(struct boot_progress *b, struct err *e)
{
	bool there, virtio_there;
	own_buf struct buf t = {0};

	if (!b->kvm || b->spoken || b->silence_ms <= 0)
		return true;
	b->spoken = logtail_size(&b->serial, &there) > 0 ||
		    logtail_size(&b->serial_virtio, &virtio_there) > 0;
	if (!there || b->spoken)
		return true;
	if (!b->silent_since)
		b->silent_since = clock_mono_ms();
	if (clock_mono_ms() - b->silent_since < b->silence_ms)
		return true;
	num_elapsed(&t, b->silence_ms);
	err_set(e, ERR_PRECONDITION_FAILED,
		"the guest has printed nothing on its console for %s under KVM: this host's "
		"/dev/kvm does not seem to work",
		t.p);
	return err_fix(e, "set `accelerator: tcg` in config.yaml (or CODELIMA_ACCEL=tcg)");
}

bool boot_progress_tick(void *arg, struct err *e)
{
	struct boot_progress *b = arg;

	logtail_poll(&b->agent, boot_progress_line, b);
	tell_boot(b);
	follow_download(b);
	return check_silence(b, e);
}

static void explain(const struct kept *k, const char *who, struct err *e)
{
	for (size_t i = 0; i < k->lines.n; i++)
		err_cause(e, "%s%s", who, k->lines.v[i]);
}

void boot_progress_explain(struct boot_progress *b, struct err *e)
{
	logtail_poll(&b->agent, boot_progress_line, b);
	explain(&b->qemu, "qemu: ", e);
	explain(&b->errors, "", e);
}
