#include "cli/output.h"

#include "base/escape.h"
#include "base/mem.h"
#include "data/codec.h"
#include "data/jsonout.h"
#include "os/fd.h"

void out_document(struct str data)
{
	own_buf struct buf b = {0};

	buf_puts(&b, "{\"data\":");
	buf_str(&b, data.n ? data : STR("null"));
	buf_puts(&b, ",\"ok\":true}\n");
	fd_stdout(buf_view(&b));
}

/* The document has no member for the way out (contract/cli.md §2): it ends the cause. */
static void error_json(const struct err *e, struct buf *b)
{
	struct json_out j = {.out = b};
	own_buf struct buf cause = {0};

	buf_str(&cause, buf_view(&e->cause));
	if (e->fix.n)
		buf_printf(&cause, "%sfix: %s", cause.n ? "\n" : "", buf_z(&e->fix));
	jout_object(&j);
	jout_key(&j, "error");
	jout_object(&j);
	jout_kv_z(&j, "category", err_category(e->kind));
	jout_kv_str(&j, "message", buf_view(&e->msg));
	jout_key(&j, "fields");
	jout_object(&j);
	for (size_t i = 0; i < e->n_fields; i++)
		jout_kv_z(&j, e->fields[i].name, e->fields[i].value);
	jout_end(&j);
	jout_kv_str(&j, "cause", buf_view(&cause));
	jout_end(&j);
	jout_kv_bool(&j, "ok", false);
	jout_end(&j);
	buf_putc(b, '\n');
}

static void indented(struct buf *out, struct str text, const char *first, const char *next)
{
	own_buf struct buf safe = {0};
	struct str rest, line;
	const char *lead = first;

	escape_lines(&safe, text);
	rest = buf_view(&safe);
	while (str_split(&rest, '\n', &line)) {
		if (!line.n && !rest.p)
			break;
		buf_printf(out, "%s%.*s\n", lead, STRF(line));
		lead = next;
	}
}

static void error_text(const struct err *e, struct buf *b)
{
	indented(b, buf_view(&e->msg), "codelima: ", "  ");
	if (e->cause.n)
		indented(b, buf_view(&e->cause), "  ", "  ");
	if (e->fix.n)
		indented(b, buf_view(&e->fix), "  fix: ", "       ");
}

void out_error(bool json, const struct err *e)
{
	own_buf struct buf b = {0};

	if (json) {
		error_json(e, &b);
		fd_stdout(buf_view(&b));
	} else {
		error_text(e, &b);
		fd_stderr(buf_view(&b));
	}
}

static void record_data(struct invocation *inv, const struct fields *t, const void *rec)
{
	struct json_out j = {.out = inv->data};

	codec_to_json(t, rec, &j);
}

void out_record(struct invocation *inv, const struct fields *t, const void *rec)
{
	own_buf struct buf text = {0}, safe = {0};

	if (inv_json(inv)) {
		record_data(inv, t, rec);
		return;
	}
	codec_show_yaml(t, rec, &text);
	escape_lines(&safe, buf_view(&text));
	fd_stdout(buf_view(&safe));
}

static void print_escaped(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
static void print_escaped(const char *fmt, va_list ap)
{
	own_buf struct buf text = {0}, safe = {0};

	buf_vprintf(&text, fmt, ap);
	escape_lines(&safe, buf_view(&text));
	buf_putc(&safe, '\n');
	fd_stdout(buf_view(&safe));
}

void out_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_escaped(fmt, ap);
	va_end(ap);
}

void out_changed(
	struct invocation *inv, const struct fields *t, const void *rec, const char *fmt, ...)
{
	va_list ap;

	if (inv_json(inv)) {
		record_data(inv, t, rec);
		return;
	}
	va_start(ap, fmt);
	print_escaped(fmt, ap);
	va_end(ap);
}

static void list_data(struct invocation *inv, const struct fields *t, const void *recs, size_t n)
{
	struct json_out j = {.out = inv->data};

	jout_array(&j);
	for (size_t i = 0; i < n; i++)
		codec_to_json(t, (const char *)recs + i * t->size, &j);
	jout_end(&j);
}

/* The escaped text of every cell, row after row, header first. */
static void table_cells(struct strv *cells, const struct fields *t, const void *recs, size_t n,
	const struct column *columns, size_t n_columns)
{
	own_buf struct buf scratch = {0}, safe = {0};

	for (size_t k = 0; k < n_columns; k++)
		strv_add(cells, columns[k].title);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n_columns; k++) {
			buf_clear(&scratch);
			buf_clear(&safe);
			escape_text(
				&safe, columns[k].cell((const char *)recs + i * t->size, &scratch));
			strv_addn(cells, buf_view(&safe));
		}
}

static void put_table(struct buf *out, const struct strv *cells, size_t n_columns)
{
	size_t width[16] = {0};

	for (size_t i = 0; i < cells->n; i++) {
		size_t w = text_width(str_z(cells->v[i]));

		if (w > width[i % n_columns])
			width[i % n_columns] = w;
	}
	for (size_t i = 0; i < cells->n; i++) {
		size_t k = i % n_columns, w = text_width(str_z(cells->v[i]));

		buf_puts(out, cells->v[i]);
		if (k + 1 < n_columns) {
			buf_printf(out, "%*s", (int)(width[k] - w + 2), "");
			continue;
		}
		while (out->n && out->p[out->n - 1] == ' ') /* empty cells at a line's end */
			buf_cut(out, out->n - 1);
		buf_putc(out, '\n');
	}
}

void out_list(struct invocation *inv, const struct fields *t, const void *recs, size_t n,
	const struct column *columns, size_t n_columns)
{
	own_strv struct strv cells = {0};
	own_buf struct buf out = {0};

	if (inv_json(inv)) {
		list_data(inv, t, recs, n);
		return;
	}
	table_cells(&cells, t, recs, n, columns, n_columns);
	put_table(&out, &cells, n_columns);
	fd_stdout(buf_view(&out));
}

struct str out_seconds(const char *time, struct buf *scratch)
{
	struct str t = str_z(time);
	size_t dot = str_find(t, '.');

	buf_str(scratch, str_n(t.p, dot));
	if (dot < t.n)
		buf_putc(scratch, 'Z');
	return buf_view(scratch);
}

void out_lines(struct str text)
{
	own_buf struct buf safe = {0};

	escape_lines(&safe, text);
	fd_stdout(buf_view(&safe));
}

void out_log(struct invocation *inv, const char *source, const char *path, struct str text)
{
	struct json_out j = {.out = inv->data};
	struct str rest = text, line;

	if (!inv_json(inv)) {
		out_lines(text);
		return;
	}
	jout_object(&j);
	jout_kv_z(&j, "source", source);
	jout_kv_z(&j, "path", path);
	jout_key(&j, "lines");
	jout_array(&j);
	while (str_split(&rest, '\n', &line)) {
		while (str_ends(line, STR("\r")))
			line.n--;
		if (line.n || rest.p)
			jout_str(&j, line);
	}
	jout_end(&j);
	jout_end(&j);
}
