/* node logs */
#include "base/mem.h"
#include "cli/handlers.h"
#include "cli/output.h"
#include "ops/node_query.h"
#include "os/clock.h"
#include "os/file.h"

#define LOG_READ_MAX (64u << 20)
#define FOLLOW_MS 200

static bool source_of(const char *word, enum log_source *out, struct err *e)
{
	static const char *const words[] = {
		[LOG_BOOT] = "boot", [LOG_HOSTAGENT] = "hostagent", [LOG_BOOTSTRAP] = "bootstrap"};

	for (size_t i = 0; i < countof(words); i++)
		if (z_eq(words[i], word)) {
			*out = (enum log_source)i;
			return true;
		}
	return err_set(e, ERR_INVALID_ARGUMENT,
		"--source is events, boot, hostagent or bootstrap, not \"%s\"", word);
}

static struct str event_time(const void *rec, struct buf *b)
{
	(void)b;
	return str_z(((const struct event *)rec)->timestamp);
}

static struct str event_type(const void *rec, struct buf *b)
{
	(void)b;
	return str_z(((const struct event *)rec)->type);
}

/* The message, or the fields as "name=value". */
static struct str event_message(const void *rec, struct buf *b)
{
	const struct event *v = rec;

	buf_puts(b, v->message);
	for (size_t i = 0; i < v->fields.keys.n; i++)
		buf_printf(
			b, "%s%s=%s", b->n ? " " : "", v->fields.keys.v[i], v->fields.values.v[i]);
	return buf_view(b);
}

static const struct column event_columns[] = {
	{"time", event_time}, {"type", event_type}, {"message", event_message}};

static void print_new_events(const struct event_list *l, size_t from)
{
	for (size_t i = from; i < l->n; i++) {
		own_buf struct buf message = {0};

		event_message(&l->v[i], &message);
		out_line("%s  %s  %s", l->v[i].timestamp, l->v[i].type, buf_z(&message));
	}
}

static bool follow_events(struct invocation *inv, const char *id, size_t seen, struct err *e)
{
	while (!ctx_cancelled(inv->ctx)) {
		struct event_list l = {0};

		clock_sleep_ms(FOLLOW_MS);
		if (!node_events(&inv->home, id, &l, e))
			return false;
		print_new_events(&l, seen < l.n ? seen : 0);
		seen = l.n;
		event_list_fini(&l);
	}
	inv->exit_code = 128 + ctx_cancelled(inv->ctx);
	return true;
}

static bool show_events(struct invocation *inv, bool follow, struct err *e)
{
	struct event_list l = {0};
	struct node n = {0};
	bool ok;

	if (!node_show(&inv->home, inv->ctx, inv->args.v[0], &n, e))
		return false;
	ok = node_events(&inv->home, n.id, &l, e);
	if (ok)
		out_list(inv, &event_fields, l.v, l.n, event_columns, countof(event_columns));
	if (ok && follow)
		ok = follow_events(inv, n.id, l.n, e);
	event_list_fini(&l);
	fields_fini(&node_fields, &n);
	return ok;
}

/* A log that is made anew at each start is read from its beginning again. */
static bool follow_log(struct invocation *inv, const char *path, uint64_t at, struct err *e)
{
	while (!ctx_cancelled(inv->ctx)) {
		own_buf struct buf more = {0};
		struct file_stat st;

		clock_sleep_ms(FOLLOW_MS);
		if (!file_stat(path, &st))
			continue;
		if (st.size < at)
			at = 0;
		if (st.size > at && !file_read_from(path, at, &more, LOG_READ_MAX, e))
			return false;
		at += more.n;
		out_lines(buf_view(&more));
	}
	inv->exit_code = 128 + ctx_cancelled(inv->ctx);
	return true;
}

/* The end of it, where it is longer than anybody reads: from the first whole line. *end is where
 * following it goes on. */
static bool read_log(
	struct invocation *inv, const char *path, struct buf *text, uint64_t *end, struct err *e)
{
	struct file_stat st = {0};
	uint64_t from;
	size_t cut;

	file_stat(path, &st);
	from = st.size > LOG_READ_MAX ? st.size - LOG_READ_MAX : 0;
	if (!file_read_from(path, from, text, LOG_READ_MAX, e))
		return false;
	*end = from + text->n;
	if (!from)
		return true;
	cut = str_find(buf_view(text), '\n') + 1;
	if (cut < text->n)
		buf_splice(text, 0, cut, (struct str){0});
	ctx_notice(inv->ctx, LEVEL_INFO, "only the last 64 MiB are shown of %s", path);
	return true;
}

static bool show_log(struct invocation *inv, const char *source, bool follow, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};
	enum log_source s = LOG_BOOT;
	uint64_t end = 0;

	if (!source_of(source, &s, e) ||
		!node_log_path(&inv->home, inv->ctx, inv->args.v[0], s, &path, e))
		return false;
	if (file_exists(buf_z(&path))) {
		if (!read_log(inv, buf_z(&path), &text, &end, e))
			return false;
	} else if (!follow) {
		ctx_notice(inv->ctx, LEVEL_INFO, "there is no such log yet: %s", buf_z(&path));
	}
	/* A console ends in "login: ": the shell's prompt gets a line of its own. */
	if (!follow && text.n && !str_ends(buf_view(&text), STR("\n")))
		buf_putc(&text, '\n');
	out_log(inv, source, buf_z(&path), buf_view(&text));
	return !follow || follow_log(inv, buf_z(&path), end, e);
}

bool cmd_node_logs(struct invocation *inv, struct err *e)
{
	const char *source = inv_value(inv, "source");
	bool follow = inv_has(inv, "follow");

	if (follow && inv_json(inv))
		return err_set(e, ERR_INVALID_ARGUMENT,
			"--follow has no end, and --json prints one document");
	if (!source || z_eq(source, "events"))
		return show_events(inv, follow, e);
	return show_log(inv, source, follow, e);
}
