/* fixture.h - a home in a temporary directory, for the store's tests */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"
#include "os/proc.h"
#include "store/home.h"
#include "store/home_prepare.h"

struct fixture {
	char dir[64];
	struct home home;
	struct sink sink; /* counts notices */
	struct ctx ctx;
	int notices;
	struct buf last_notice;
};

static inline void fixture_notice(struct sink *s, enum level level, struct str text)
{
	struct fixture *f = (struct fixture *)(void *)((char *)s - offsetof(struct fixture, sink));

	(void)level;
	f->notices++;
	buf_clear(&f->last_notice);
	buf_str(&f->last_notice, text);
}

#define must(call)                                                                                 \
	do {                                                                                       \
		struct err must_e = {0}, *const e = &must_e;                                       \
		if (!(call))                                                                       \
			fail_msg("%s: %s", #call, buf_z(&must_e.msg));                             \
		err_fini(&must_e);                                                                 \
	} while (0)

static inline void fixture_open(struct fixture *f)
{
	own_buf struct buf path = {0};

	home_fini(&f->home);
	buf_printf(&path, "%s/home", f->dir);
	must(home_open(&f->home, buf_z(&path), e));
}

static inline void fixture_new(struct fixture *f)
{
	*f = (struct fixture){.dir = "/tmp/codelima-test-XXXXXX"};
	f->sink.notice = fixture_notice;
	f->ctx.sink = &f->sink;
	assert_non_null(mkdtemp(f->dir));
	proc_setenv("LIMA_HOME", NULL);
	proc_setenv("CODELIMA_HOME", NULL);
	proc_setenv("HOME", f->dir);
	fixture_open(f);
}

static inline void fixture_end(struct fixture *f)
{
	home_fini(&f->home);
	buf_fini(&f->last_notice);
	must(file_remove_tree(f->dir, e));
}

static inline void fixture_prepared(struct fixture *f)
{
	fixture_new(f);
	must(home_prepare(&f->home, &f->ctx, e));
}

static inline void replace_all(struct buf *b, const char *from, const char *to)
{
	for (size_t at = 0; at < b->n;) {
		size_t hit = str_find_str(str_from(buf_view(b), at), str_z(from)) + at;

		if (hit >= b->n)
			return;
		buf_splice(b, hit, hit + strlen(from), str_z(to));
		at = hit + strlen(to);
	}
}

static inline void copy_tree(const struct fixture *f, const char *from, const char *to)
{
	own_strv struct strv names = {0};

	must(file_mkdirs(to, 0700, e));
	must(file_list(from, &names, e));
	for (size_t i = 0; i < names.n; i++) {
		own_buf struct buf a = {0}, b = {0}, text = {0}, home = {0};
		struct file_stat st;

		path_join(&a, from, names.v[i]);
		path_join(&b, to, names.v[i]);
		assert_true(file_stat(buf_z(&a), &st));
		if (st.type == FILE_DIR) {
			copy_tree(f, buf_z(&a), buf_z(&b));
			continue;
		}
		must(file_read(buf_z(&a), &text, 1 << 20, e));
		buf_printf(&home, "%s/home", f->dir);
		replace_all(&text, "@HOME@", buf_z(&home));
		replace_all(&text, "@LIMA@", "/lima");
		replace_all(&text, "@WORK@", f->dir);
		must(file_replace(buf_z(&b), buf_view(&text), 0600, e));
	}
}

/* A copy of tests/data/reference-homes/NAME, opened. */
static inline void fixture_reference(struct fixture *f, const char *name)
{
	own_buf struct buf from = {0}, to = {0};

	fixture_new(f);
	buf_printf(&from, "tests/data/reference-homes/%s/home", name);
	buf_printf(&to, "%s/home", f->dir);
	copy_tree(f, buf_z(&from), buf_z(&to));
	fixture_open(f);
}

/* Every file and directory with its time and size, as one text. */
static inline void tree_marks(const char *dir, struct buf *out)
{
	own_strv struct strv names = {0};

	must(file_list(dir, &names, e));
	for (size_t i = 0; i < names.n; i++) {
		own_buf struct buf path = {0};
		struct file_stat st;

		path_join(&path, dir, names.v[i]);
		file_lstat(buf_z(&path), &st);
		buf_printf(out, "%s %llu %lld.%u %llu\n", buf_z(&path), (unsigned long long)st.ino,
			(long long)st.mtime_s, st.mtime_ns, (unsigned long long)st.size);
		if (st.type == FILE_DIR)
			tree_marks(buf_z(&path), out);
	}
}

static inline void put_file(const struct fixture *f, const char *rel, const char *text)
{
	own_buf struct buf path = {0}, dir = {0};

	home_path(&f->home, &path, "%s", rel);
	buf_str(&dir, path_dir(buf_view(&path)));
	must(file_mkdirs(buf_z(&dir), 0700, e));
	must(file_replace(buf_z(&path), str_z(text), 0600, e));
}

static inline void get_file(const struct fixture *f, const char *rel, struct buf *out)
{
	own_buf struct buf path = {0};

	buf_clear(out);
	must(file_read(home_path(&f->home, &path, "%s", rel), out, 16 << 20, e));
}

#endif
