#include "model/settings.h"

#include "base/mem.h"
#include "base/num.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define TIB ((uint64_t)1 << 40)
#define SIZE_LEAST (64 * MIB)
#define SIZE_MOST (64 * TIB)
#define SECONDS(n) ((int64_t)(n)*1000)
#define MINUTES(n) SECONDS((n)*60)

static const struct {
	const char *kind;
	int64_t ms;
} deadlines[] = {
	{"list", SECONDS(15)}, {"start", MINUTES(30)}, {"bootstrap", 0}, {"shell", 0},
	{"boot_silence", SECONDS(30)},
	{"start_watch", MINUTES(10)}, /* limactl start --timeout's default (cmd/limactl/start.go) */
};

bool settings_deadline(const struct config *c, const char *kind, int64_t *ms, struct err *e)
{
	const char *text = strmap_get(&c->deadlines, kind);
	int64_t builtin = MINUTES(10);

	for (size_t i = 0; i < countof(deadlines); i++)
		if (z_eq(deadlines[i].kind, kind))
			builtin = deadlines[i].ms;
	if (!text) {
		*ms = builtin;
		return true;
	}
	if (num_duration(str_z(text), ms))
		return true;
	err_set(e, ERR_INVALID_ARGUMENT, "deadlines.%s: \"%s\" is no duration", kind, text);
	return err_fix(e, "write it as 90s, 15m, 2h or none");
}

/* "", "B" after the letter and "iB" all mean powers of 1024, as limactl reads them. */
static bool unit_of(struct str s, uint64_t *unit)
{
	static const char letters[] = "kmgt";
	static const uint64_t units[] = {KIB, MIB, GIB, TIB};
	const char *hit;

	if (!s.n) {
		*unit = GIB;
		return true;
	}
	hit = memchr(letters, s.p[0] | 0x20, sizeof(letters) - 1);
	s = str_from(s, 1);
	if (!hit || !(s.n == 0 || str_eqz(s, "B") || str_eqz(s, "b") || str_eqz(s, "iB")))
		return false;
	*unit = units[hit - letters];
	return true;
}

static size_t digits(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

static bool size_parse(struct str s, uint64_t *bytes)
{
	uint64_t whole, unit, part = 0, scale = 1;
	size_t n = digits(s);

	if (!n || !num_u64(str_n(s.p, n), &whole))
		return false;
	s = str_from(s, n);
	if (s.n && s.p[0] == '.') {
		s = str_from(s, 1);
		n = digits(s);
		if (!n || n > 6 || !num_u64(str_n(s.p, n), &part))
			return false;
		s = str_from(s, n);
		while (n--)
			scale *= 10;
	}
	while (s.n && s.p[0] == ' ')
		s = str_from(s, 1);
	if (!unit_of(s, &unit) || whole > SIZE_MOST / unit)
		return false;
	*bytes = whole * unit + part * unit / scale;
	return true;
}

bool size_normalize(struct str s, const char *flag, struct buf *out, struct err *e)
{
	uint64_t bytes, mib;

	if (!size_parse(s, &bytes))
		return err_set(e, ERR_INVALID_ARGUMENT,
			"%s: \"%.*s\" is no size (4, 4GiB, 1.5G, 512M)", flag, STRF(s));
	if (bytes < SIZE_LEAST || bytes > SIZE_MOST)
		return err_set(e, ERR_INVALID_ARGUMENT,
			"%s: \"%.*s\" is not between 64MiB and 65536GiB", flag, STRF(s));
	mib = (bytes + MIB / 2) / MIB;
	buf_clear(out);
	if (mib % 1024 == 0)
		buf_printf(out, "%lluGiB", (unsigned long long)mib / 1024);
	else
		buf_printf(out, "%lluMiB", (unsigned long long)mib);
	return true;
}

bool size_bytes(const char *normalized, uint64_t *bytes)
{
	return normalized && size_parse(str_z(normalized), bytes);
}

void size_gib(const char *normalized, struct buf *out)
{
	uint64_t bytes, mib;

	buf_clear(out);
	if (!size_bytes(normalized, &bytes))
		return;
	mib = bytes / MIB;
	buf_printf(out, "%llu", (unsigned long long)mib / 1024);
	if (mib % 1024 == 0)
		return;
	/* A 1024th has ten decimals at most: the text is exact. */
	buf_printf(out, ".%010llu", (unsigned long long)(mib % 1024 * 10000000000 / 1024));
	while (out->p[out->n - 1] == '0')
		buf_cut(out, out->n - 1);
}

bool resources_set(const struct resources *r)
{
	return r->cpus || r->memory || r->disk;
}

static void size_take(char **to, const char *from)
{
	struct buf text = {0};

	if (!from)
		return;
	if (!size_normalize(str_z(from), "", &text, NULL))
		buf_puts(&text, from); /* told where it is read (store/config_file.h) or used */
	free(*to);
	*to = buf_steal(&text);
}

static void resources_apply(struct resources *out, const struct resources *level)
{
	if (!level)
		return;
	if (level->cpus > 0)
		out->cpus = level->cpus;
	size_take(&out->memory, level->memory);
	size_take(&out->disk, level->disk);
}

void resources_effective(const struct resources *config, const struct resources *project,
	const struct resources *node, struct resources *out)
{
	fields_fini(&resources_fields, out);
	out->cpus = 2;
	out->memory = mem_strdup("4GiB");
	out->disk = mem_strdup("20GiB");
	resources_apply(out, config);
	resources_apply(out, project);
	resources_apply(out, node);
}
