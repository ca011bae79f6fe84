#include "lima/ssh_mux.h"

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "os/fd.h"
#include "os/signals.h"
#include "os/socket.h"

/* PROTOCOL.mux §11 and the values of mux.c. A packet is its length, its type and fields;
 * numbers are 4 bytes, big-endian; a string is its length and its bytes. */
#define MSG_HELLO 0x00000001u
#define C_NEW_SESSION 0x10000002u
#define S_EXIT_MESSAGE 0x80000004u
#define S_SESSION_OPENED 0x80000006u
#define MUX_VERSION 4
#define REQUEST_ID 1
#define NO_ESCAPE_CHAR 0xFFFFFFFF
#define PACKET_MAX (64u << 10)	/* of an answer; a reason for a failure is a line */
#define SCRIPT_MAX (200u << 10) /* a master drops packets of 256 KiB and more (channels.c) */
#define HELLO_MS 10000		/* nothing was asked for yet: ssh may have a try */
#define STATUS_WHEN_BROKEN 255	/* as ssh(1) says it */

static void put_u32(struct buf *b, uint32_t n)
{
	const unsigned char be[4] = {n >> 24, n >> 16 & 0xFF, n >> 8 & 0xFF, n & 0xFF};

	buf_add(b, be, sizeof(be));
}

static uint32_t get_u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static void put_string(struct buf *b, struct str s)
{
	put_u32(b, (uint32_t)s.n);
	buf_str(b, s);
}

static bool send_packet(int fd, const struct buf *body)
{
	own_buf struct buf b = {0};

	put_string(&b, buf_view(body));
	return fd_write_all(fd, buf_view(&b), "the master", NULL);
}

static bool send_hello(int fd)
{
	own_buf struct buf b = {0};

	put_u32(&b, MSG_HELLO);
	put_u32(&b, MUX_VERSION);
	return send_packet(fd, &b);
}

static bool send_session(int fd, const char *script)
{
	own_buf struct buf b = {0};

	put_u32(&b, C_NEW_SESSION);
	put_u32(&b, REQUEST_ID);
	put_string(&b, STR("")); /* reserved */
	for (int i = 0; i < 4; i++)
		put_u32(&b, 0); /* no terminal, X11, agent, subsystem */
	put_u32(&b, NO_ESCAPE_CHAR);
	put_string(&b, STR("")); /* TERM */
	put_string(&b, str_z(script));
	if (!send_packet(fd, &b))
		return false;
	for (int i = 0; i < 3; i++)
		if (!socket_send_fd(fd, i))
			return false;
	return true;
}

/* Waits until there is something to read, and lets signals through meanwhile. */
static bool readable(int fd, int timeout_ms)
{
	struct pollfd p[] = {{.fd = fd, .events = POLLIN}, {.fd = signals_fd(), .events = POLLIN}};

	for (;;) {
		int n = poll(p, 2, timeout_ms);

		if (n == 0)
			return false;
		signals_drain();
		if (n > 0 && p[0].revents)
			return true;
	}
}

static bool read_exactly(int fd, struct buf *b, size_t n, int timeout_ms)
{
	char piece[512];

	for (b->n = 0; b->n < n;) {
		ssize_t got;

		if (!readable(fd, timeout_ms))
			return false;
		got = read(fd, piece, n - b->n < sizeof(piece) ? n - b->n : sizeof(piece));
		if (got <= 0)
			return false;
		buf_add(b, piece, (size_t)got);
	}
	return true;
}

/* The next packet's type, with its fields in b; 0 when the master is gone or talks nonsense. */
static uint32_t receive(int fd, struct buf *b, int timeout_ms)
{
	uint32_t n;

	if (!read_exactly(fd, b, 4, timeout_ms))
		return 0;
	n = get_u32(b->p);
	if (n < 4 || n > PACKET_MAX || !read_exactly(fd, b, n, timeout_ms))
		return 0;
	return get_u32(b->p);
}

/* A master asks sshd for the command and answers us in one go: without that answer (sshd
 * refused the session, the connection was dead) the command never began. Hence no limit
 * here: one that we gave up on might begin. */
static bool open_session(int fd, const char *script, struct buf *b)
{
	return send_hello(fd) && receive(fd, b, HELLO_MS) == MSG_HELLO && b->n >= 8 &&
	       get_u32(b->p + 4) == MUX_VERSION && send_session(fd, script) &&
	       receive(fd, b, -1) == S_SESSION_OPENED;
}

/* The master closes the connection behind the last message, when all output is written. */
static int await_end(int fd, struct buf *b)
{
	int status = STATUS_WHEN_BROKEN;
	uint32_t type;

	while ((type = receive(fd, b, -1)))
		if (type == S_EXIT_MESSAGE && b->n >= 12)
			status = (int)(get_u32(b->p + 8) & 0xFF);
	return status;
}

static enum mux_result run_over(int fd, const char *script, int *status)
{
	own_buf struct buf b = {0};

	if (!open_session(fd, script, &b))
		return MUX_NOT_STARTED;
	*status = await_end(fd, &b);
	return MUX_ENDED;
}

enum mux_result ssh_mux_run(const char *socket_path, const char *script, int *status)
{
	enum mux_result result;
	own_fd int fd = -1;
	int flags[3];

	if (strlen(script) > SCRIPT_MAX)
		return MUX_NOT_STARTED;
	fd = socket_connect(socket_path);
	if (fd < 0 || !socket_peer_is_us(fd))
		return MUX_NOT_STARTED;
	for (int i = 0; i < 3; i++)
		flags[i] = fcntl(i, F_GETFL);
	result = run_over(fd, script, status);
	for (int i = 0; i < 3; i++)
		if (flags[i] >= 0)
			fcntl(i, F_SETFL, flags[i]);
	return result;
}
