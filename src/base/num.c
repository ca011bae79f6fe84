#include "base/num.h"

#include <inttypes.h>

#include "base/mem.h"

#define DAY_SECONDS 86400
#define MAX_DURATION_MS ((int64_t)30 * DAY_SECONDS * 1000)

bool num_u64(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (!s.n)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(v, 10, &v) ||
			__builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*out = v;
	return true;
}

bool num_i64(struct str s, int64_t *out)
{
	bool neg = s.n && *s.p == '-';
	uint64_t v;

	if (!num_u64(neg ? str_from(s, 1) : s, &v) || v > (uint64_t)INT64_MAX + neg)
		return false;
	/* Through unsigned: -INT64_MIN has no signed value. */
	*out = (int64_t)(neg ? 0 - v : v);
	return true;
}

bool num_duration(struct str s, int64_t *ms)
{
	static const struct {
		struct str suffix;
		int64_t ms;
	} units[] = {{{"ms", 2}, 1}, {{"s", 1}, 1000}, {{"m", 1}, 60000}, {{"h", 1}, 3600000}};
	int64_t v;

	if (str_eqz(s, "none")) {
		*ms = 0;
		return true;
	}
	for (size_t i = 0; i < countof(units); i++) {
		struct str digits = s;

		if (!str_ends(s, units[i].suffix))
			continue;
		digits.n -= units[i].suffix.n;
		/* 0 would read as "none": it must be said in words. */
		if (!num_i64(digits, &v) || v <= 0 || v > MAX_DURATION_MS / units[i].ms)
			return false;
		*ms = v * units[i].ms;
		return true;
	}
	return false;
}

void num_bytes(struct buf *out, uint64_t n)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	size_t u = 0;
	uint64_t whole = n, rest = 0, tenths;

	while (whole >= 1024) {
		rest = whole % 1024;
		whole /= 1024;
		u++;
	}
	tenths = whole * 10 + (rest * 10 + 512) / 1024;
	if (tenths >= 100)
		tenths = (whole + (rest >= 512)) * 10;
	if (tenths >= 10240) { /* 1023.9 KiB is 1 MiB */
		tenths = 10;
		u++;
	}
	buf_printf(out, "%" PRIu64, tenths / 10);
	if (tenths % 10)
		buf_printf(out, ".%" PRIu64, tenths % 10);
	buf_printf(out, " %s", units[u]);
}

void num_count(struct buf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_putc(out, ',');
		buf_putc(out, digits[i]);
	}
}

void num_elapsed(struct buf *out, int64_t ms)
{
	int64_t s;

	if (ms < 0)
		ms = 0;
	s = ms / 1000;
	if (s < 10)
		buf_printf(out, "%" PRId64 ".%" PRId64 " s", s, ms % 1000 / 100);
	else if (s < 60)
		buf_printf(out, "%" PRId64 " s", s);
	else if (s < 3600)
		buf_printf(out, "%" PRId64 " m %02" PRId64 " s", s / 60, s % 60);
	else
		buf_printf(out, "%" PRId64 " h %02" PRId64 " m", s / 3600, s / 60 % 60);
}

/* Days since 1970-01-01 and back in the proleptic Gregorian calendar, counted
 * in eras of 400 years that begin on 1 March (H. Hinnant, chrono-Compatible
 * Low-Level Date Algorithms). */
static int64_t days_from_date(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void date_from_days(int64_t days, int64_t *y, int64_t *m, int64_t *d)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

void time_rfc3339(struct buf *out, int64_t unix_seconds, uint32_t nanos)
{
	int64_t days = unix_seconds / DAY_SECONDS, sec = unix_seconds % DAY_SECONDS;
	int64_t y, m, d;

	if (sec < 0) {
		sec += DAY_SECONDS;
		days--;
	}
	date_from_days(days, &y, &m, &d);
	buf_printf(out,
		"%04" PRId64 "-%02" PRId64 "-%02" PRId64 "T%02" PRId64 ":%02" PRId64 ":%02" PRId64,
		y, m, d, sec / 3600, sec / 60 % 60, sec % 60);
	if (nanos) {
		buf_printf(out, ".%09" PRIu32, nanos % 1000000000);
		while (out->p[out->n - 1] == '0')
			buf_cut(out, out->n - 1);
	}
	buf_putc(out, 'Z');
}

/* Takes exactly n digits off *s. */
static bool take_digits(struct str *s, size_t n, int64_t *v)
{
	uint64_t u;

	if (s->n < n || !num_u64(str_n(s->p, n), &u))
		return false;
	*s = str_from(*s, n);
	*v = (int64_t)u;
	return true;
}

static bool take_char(struct str *s, const char *any)
{
	if (!s->n || !*s->p || !strchr(any, *s->p))
		return false;
	*s = str_from(*s, 1);
	return true;
}

static bool take_fraction(struct str *s, uint32_t *nanos)
{
	uint32_t v = 0, scale = 100000000;
	size_t n = 0;

	*nanos = 0;
	if (!take_char(s, "."))
		return true;
	for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++, scale /= 10)
		v += (uint32_t)(s->p[n] - '0') * scale;
	*s = str_from(*s, n);
	*nanos = v;
	return n > 0;
}

static bool take_offset(struct str *s, int64_t *seconds)
{
	int64_t h, m, sign = s->n && *s->p == '-' ? -1 : 1;

	*seconds = 0;
	if (take_char(s, "Zz"))
		return true;
	if (!take_char(s, "+-") || !take_digits(s, 2, &h) || !take_char(s, ":") ||
		!take_digits(s, 2, &m) || h > 23 || m > 59)
		return false;
	*seconds = sign * (h * 3600 + m * 60);
	return true;
}

bool time_parse(struct str s, int64_t *unix_seconds, uint32_t *nanos)
{
	int64_t y, mo, d, h, mi, sec, offset, y2, mo2, d2;
	uint32_t frac;

	if (!take_digits(&s, 4, &y) || !take_char(&s, "-") || !take_digits(&s, 2, &mo) ||
		!take_char(&s, "-") || !take_digits(&s, 2, &d) || !take_char(&s, "Tt ") ||
		!take_digits(&s, 2, &h) || !take_char(&s, ":") || !take_digits(&s, 2, &mi) ||
		!take_char(&s, ":") || !take_digits(&s, 2, &sec) || !take_fraction(&s, &frac) ||
		!take_offset(&s, &offset) || s.n)
		return false;
	if (mo < 1 || mo > 12 || d < 1 || h > 23 || mi > 59 || sec > 60)
		return false;
	date_from_days(days_from_date(y, mo, d), &y2, &mo2, &d2);
	if (mo2 != mo || d2 != d) /* 31 June and its like */
		return false;
	*unix_seconds = days_from_date(y, mo, d) * DAY_SECONDS + h * 3600 + mi * 60 + sec - offset;
	*nanos = frac;
	return true;
}
