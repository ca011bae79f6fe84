#include "os/clock.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"

int64_t clock_mono_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

void clock_now(int64_t *unix_seconds, uint32_t *nanos)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	*unix_seconds = (int64_t)t.tv_sec;
	*nanos = (uint32_t)t.tv_nsec;
}

void clock_rfc3339(struct buf *out)
{
	int64_t s;
	uint32_t ns;

	clock_now(&s, &ns);
	time_rfc3339(out, s, ns);
}

void clock_stamp(char **slot)
{
	struct buf now = {0};

	clock_rfc3339(&now);
	free(*slot);
	*slot = buf_steal(&now);
}

void clock_sleep_ms(int ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	while (ms > 0 && nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

void random_bytes(void *p, size_t n)
{
	unsigned char *at = p;

	while (n) {
		size_t part = n < 256 ? n : 256; /* getentropy(3)'s limit */

		if (getentropy(at, part) != 0) {
			fputs("codelima: the system gives no random bytes\n", stderr);
			abort();
		}
		at += part;
		n -= part;
	}
}
