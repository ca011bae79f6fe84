/* events.jsonl: torn and oversized lines, rotation, writers at once. */
#include "fixture.h"

#include <sys/wait.h>

#include "store/events.h"

#define ID "01a20256-0000-7000-8000-000000000001"
#define PATH "nodes/" ID "/events.jsonl"

static void append(const struct fixture *f, const char *type, const char *message)
{
	const char *const fields[] = {"error", "a\nb \x1b[31m", "command", "x", NULL};

	must(event_append(&f->home, REC_NODE, ID, type, message, fields, e));
}

static void as_the_reference_writes(void **state)
{
	struct fixture f;
	struct event_list l = {0};
	own_buf struct buf text = {0};

	(void)state;
	fixture_prepared(&f);
	put_file(&f, PATH,
		"{\"timestamp\":\"2026-11-22T08:18:52.7Z\",\"type\":\"node.start.failed\","
		"\"fields\":{\"command\":\"exit 3\",\"count\":3}}\n");
	append(&f, "node.started", NULL);
	must(event_append(&f.home, REC_NODE, ID, "node.stopped", "bye", NULL, e));
	must(events_read(&f.home, REC_NODE, ID, &l, e));
	assert_int_equal(l.n, 3);
	assert_string_equal(l.v[0].type, "node.start.failed");
	assert_string_equal(strmap_get(&l.v[0].fields, "command"), "exit 3");
	assert_string_equal(strmap_get(&l.v[0].fields, "count"), "3");
	assert_string_equal(strmap_get(&l.v[1].fields, "error"), "a\nb \x1b[31m");
	assert_string_equal(l.v[2].message, "bye");
	assert_int_equal(l.v[2].fields.keys.n, 0);
	get_file(&f, PATH, &text);
	assert_int_equal(str_find(buf_view(&text), '\x1b'), text.n);
	event_list_fini(&l);
	fixture_end(&f);
}

static void torn_lines(void **state)
{
	struct fixture f;
	struct event_list l = {0};
	own_buf struct buf big = {0};

	(void)state;
	fixture_prepared(&f);
	put_file(&f, PATH, "{\"type\":\"a\"}\n{\"type\":\"to");
	append(&f, "b", "after a torn line");
	must(events_read(&f.home, REC_NODE, ID, &l, e));
	assert_int_equal(l.n, 2);
	assert_string_equal(l.v[1].type, "b");
	event_list_fini(&l);
	buf_puts(&big, "{\"type\":\"a\",\"x\":\"");
	for (int i = 0; i < (2 << 20); i++)
		buf_putc(&big, 'x');
	buf_puts(&big, "\"}\n[1]\n\n{\"no\":1}\n{\"type\":\"b\"}\n{\"type\":\"c\"}");
	put_file(&f, PATH, buf_z(&big));
	must(events_read(&f.home, REC_NODE, ID, &l, e));
	assert_int_equal(l.n, 1);
	assert_string_equal(l.v[0].type, "b");
	event_list_fini(&l);
	fixture_end(&f);
}

static void none_yet(void **state)
{
	struct fixture f;
	struct event_list l = {0};

	(void)state;
	fixture_prepared(&f);
	must(events_read(&f.home, REC_NODE, ID, &l, e));
	assert_int_equal(l.n, 0);
	assert_false(event_append(&f.home, REC_NODE, ID, "x", NULL, NULL, NULL));
	fixture_end(&f);
}

struct notices {
	struct sink sink;
	int n;
};

static void on_notice(struct sink *s, enum level level, struct str text)
{
	assert_int_equal(level, LEVEL_WARN);
	assert_true(text.n > 0);
	((struct notices *)s)->n++;
}

/* A node without a directory has no place for its events: told, and no error. */
static void noted(void **state)
{
	struct fixture f;
	struct event_list l = {0};
	struct notices k = {.sink = {.notice = on_notice}};
	const struct ctx c = {.sink = &k.sink};

	(void)state;
	fixture_prepared(&f);
	event_note(&f.home, &c, REC_NODE, ID, "node.stopped", NULL, NULL);
	assert_int_equal(k.n, 1);
	put_file(&f, PATH, "");
	event_note(&f.home, &c, REC_NODE, ID, "node.stopped", NULL, NULL);
	assert_int_equal(k.n, 1);
	must(events_read(&f.home, REC_NODE, ID, &l, e));
	assert_int_equal(l.n, 1);
	event_list_fini(&l);
	fixture_end(&f);
}

/* No event is lost when processes rotate and append at once. */
static void rotation(void **state)
{
	enum { PROCESSES = 4, TIMES = 300 };
	struct fixture f;
	struct event_list l = {0};
	own_buf struct buf message = {0}, path = {0};
	pid_t pids[PROCESSES];
	struct file_stat st;

	(void)state;
	fixture_prepared(&f);
	must(file_mkdirs(home_path(&f.home, &path, "nodes/" ID), 0700, e));
	for (int i = 0; i < 4000; i++)
		buf_putc(&message, 'm');
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			for (int k = 0; k < TIMES; k++)
				if (!event_append(&f.home, REC_NODE, ID, "e", buf_z(&message), NULL,
					    NULL))
					_exit(1);
			_exit(0);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	assert_true(file_stat(home_path(&f.home, &path, PATH ".1"), &st));
	assert_true(st.size >= (4u << 20) && st.size < (5u << 20));
	must(events_read(&f.home, REC_NODE, ID, &l, e));
	assert_int_equal(l.n, PROCESSES * TIMES);
	event_list_fini(&l);
	fixture_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_reference_writes),
		cmocka_unit_test(torn_lines),
		cmocka_unit_test(none_yet),
		cmocka_unit_test(noted),
		cmocka_unit_test(rotation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
