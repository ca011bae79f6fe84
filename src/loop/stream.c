#include "loop/stream.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "os/fd.h"

#define FAIR (1u << 20) /* bytes of one stream before the others get their turn */

int stream_open(struct stream *s, uv_loop_t *loop, bool writes, struct err *e)
{
	int p[2], theirs, rc;

	if (!fd_pipe(p, e))
		return -1;
	theirs = p[!writes];
	s->fd = p[writes];
	s->writes = writes;
	s->poll.data = s;
	rc = uv_poll_init(loop, &s->poll, s->fd); /* makes our end non-blocking */
	if (rc != 0) {
		err_set(e, ERR_INTERNAL, "watch a pipe: %s", uv_strerror(rc));
		fd_close_p(&s->fd);
		fd_close_p(&theirs);
	}
	return theirs;
}

void stream_pause(struct stream *s)
{
	if (s->fd >= 0)
		uv_poll_stop(&s->poll);
}

void stream_close(struct stream *s)
{
	if (s->fd < 0)
		return;
	uv_close((uv_handle_t *)&s->poll, NULL);
	fd_close_p(&s->fd);
}

static void hang_up(struct stream *s)
{
	stream_close(s);
	if (s->closed)
		s->closed(s->arg);
}

static void read_some(struct stream *s, size_t max)
{
	for (size_t got = 0; s->fd >= 0 && got < max;) {
		ssize_t n = read(s->fd, s->chunk, STREAM_CHUNK);

		if (n > 0) {
			got += (size_t)n;
			s->take(s->arg, str_n(s->chunk, (size_t)n));
		} else if (n < 0 && errno == EAGAIN) {
			return;
		} else if (n == 0 || errno != EINTR) {
			hang_up(s);
		}
	}
}

void stream_read_rest(struct stream *s)
{
	int n = 0;

	if (s->fd >= 0 && ioctl(s->fd, FIONREAD, &n) == 0 && n > 0)
		read_some(s, (size_t)n);
}

/* Makes `left` hold something; false when there is nothing to write now. */
static bool refill(struct stream *s)
{
	while (!s->left.n) {
		int more = s->fill ? s->fill(s->arg, &s->left) : 0;

		if (more < 0)
			return false;
		if (more == 0)
			s->fill = NULL;
		if (s->left.n)
			break;
		if (more == 0) {
			hang_up(s);
			return false;
		}
	}
	return true;
}

static void write_some(struct stream *s)
{
	for (size_t put = 0; put < FAIR && refill(s);) {
		ssize_t n = write(s->fd, s->left.p, s->left.n);

		if (n >= 0) {
			s->left = str_from(s->left, (size_t)n);
			put += (size_t)n;
		} else if (errno == EAGAIN) {
			return;
		} else if (errno != EINTR) {
			hang_up(s); /* the child reads no more, which is its right */
			return;
		}
	}
}

/* A hang-up comes as an error status: read(2) and write(2) tell it better. */
static void on_ready(uv_poll_t *p, int status, int events)
{
	struct stream *s = p->data;

	(void)status;
	(void)events;
	if (s->writes)
		write_some(s);
	else
		read_some(s, FAIR);
}

void stream_start(struct stream *s)
{
	if (s->fd >= 0)
		uv_poll_start(&s->poll, s->writes ? UV_WRITABLE : UV_READABLE, on_ready);
}
