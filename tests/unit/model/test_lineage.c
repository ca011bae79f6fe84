/* The project tree, also from parents that make no tree; node status. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/lineage.h"

/* "a b(c) …" of the tree, breadth of a row in given order. */
static void draw(struct buf *out, const struct tree_item *it)
{
	buf_puts(out, it->project->id);
	for (size_t i = 0; i < it->n_nodes; i++)
		buf_printf(out, "+%s", it->nodes[i]->id);
	if (!it->n_children)
		return;
	buf_putc(out, '(');
	for (size_t i = 0; i < it->n_children; i++) {
		if (i)
			buf_putc(out, ' ');
		draw(out, it->children[i]);
	}
	buf_putc(out, ')');
}

/* Projects "a:parent …" and nodes "n:project …", one character a name. */
static void check(const char *projects, const char *nodes, const char *want)
{
	struct project p[16] = {0};
	struct node n[16] = {0};
	char names[64][2] = {{0}};
	size_t np = 0, nn = 0, used = 0;
	struct lineage l;
	own_buf struct buf out = {0};

	for (const char *s = projects; *s; s += s[3] ? 4 : 3, np++) {
		names[used][0] = s[0];
		p[np].id = names[used++];
		names[used][0] = s[2];
		p[np].parent_project_id = s[2] == '-' ? NULL : names[used++];
	}
	for (const char *s = nodes; *s; s += s[3] ? 4 : 3, nn++) {
		names[used][0] = s[0];
		n[nn].id = names[used++];
		names[used][0] = s[2];
		n[nn].project_id = names[used++];
	}
	lineage_build(&l, p, np, n, nn);
	for (size_t i = 0; i < l.n_roots; i++) {
		if (i)
			buf_putc(&out, ' ');
		draw(&out, l.roots[i]);
	}
	assert_string_equal(buf_z(&out), want);
	lineage_fini(&l);
}

static void shapes(void **state)
{
	(void)state;
	check("", "", "");
	check("a:- b:- c:-", "", "a b c");
	check("a:- b:a c:a d:b", "", "a(b(d) c)");
	check("d:b b:a a:-", "", "a(b(d))");
	check("a:x", "", "a");
	check("a:-", "1:a 2:x 3:a", "a+1+3");
	check("a:- b:a", "1:b", "a(b+1)");
}

static void cycles(void **state)
{
	(void)state;
	check("a:a", "", "a");
	check("a:b b:a", "", "a b");
	check("a:b b:c c:a d:a", "", "a(d) b c");
	check("d:a e:d a:b b:a", "", "a(d(e)) b");
}

static void long_chain(void **state)
{
	enum { N = 20000 };
	own_mem struct project *p = mem_alloc(N * sizeof(*p));
	own_mem char *ids = mem_alloc(N * 8);
	struct lineage l;

	(void)state;
	for (int i = 0; i < N; i++) {
		p[i].id = ids + (size_t)i * 8;
		snprintf(p[i].id, 8, "%07d", i);
		p[i].parent_project_id = i + 1 < N ? ids + (size_t)(i + 1) * 8 : NULL;
	}
	lineage_build(&l, p, N, NULL, 0);
	assert_int_equal(l.n_roots, 1);
	lineage_fini(&l);
}

static void status_shown(void **state)
{
	struct observation running = {.name = "n", .exists = true, .status = "running"};
	struct observation stopped = {.name = "n", .exists = true, .status = "stopped"};
	struct observation odd = {.name = "n", .exists = true};
	struct observation gone = {.name = "n"};
	const struct {
		char *life;
		const struct observation *o;
		const char *want;
	} t[] = {
		{NULL, &running, "running"},
		{NULL, &gone, "missing"},
		{NULL, &odd, "unknown"},
		{NULL, NULL, "unknown"},
		{"created", NULL, "created"},
		{"created", &gone, "created"},
		{"created", &stopped, "stopped"},
		{"failed", &running, "failed"},
		{"failed", &gone, "failed"},
		{"terminating", &running, "terminating"},
		{"terminated", NULL, "terminated"},
		{"running", &stopped, "stopped"},
	};

	(void)state;
	for (size_t i = 0; i < countof(t); i++) {
		struct node n = {.lifecycle_state = t[i].life};
		own_mem char *s = node_status(&n, t[i].o);

		assert_string_equal(s, t[i].want);
	}
	struct node failed = {.lifecycle_state = "failed"};
	own_mem char *plain = node_status_both(NULL), *both = node_status_both("bootstrap step 3");

	assert_true(node_failed_and_runs(&failed, &running));
	assert_false(node_failed_and_runs(&failed, &stopped));
	assert_string_equal(plain, "running (failed)");
	assert_string_equal(both, "running (failed: bootstrap step 3)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(cycles),
		cmocka_unit_test(long_chain),
		cmocka_unit_test(status_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
