/* A master of our own in a child process: what a real one answers, and what a broken one
 * does. tests/e2e runs the same against OpenSSH's. */
#include "scratch.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "lima/ssh_mux.h"
#include "os/signals.h"

/* What the master sends, as "type, fields" in numbers; ends with the first 0 length. */
struct packet {
	unsigned n;
	uint32_t words[4];
};

struct master {
	struct packet hello;
	struct packet answers[3]; /* to the session; then it closes */
	bool signals;		  /* us, before the last of them */
	unsigned raw_length;	  /* not 0: sent as a packet's length, with nothing behind */
};

#define HELLO_4                                                                                    \
	{                                                                                          \
		2,                                                                                 \
		{                                                                                  \
			0x00000001, 4                                                              \
		}                                                                                  \
	}
#define OPENED                                                                                     \
	{                                                                                          \
		3,                                                                                 \
		{                                                                                  \
			0x80000006, 1, 0                                                           \
		}                                                                                  \
	}

static void put32(char *p, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = (char)(n >> (24 - 8 * i));
}

static void send_packet(int fd, const struct packet *p)
{
	char b[32];

	put32(b, p->n * 4);
	for (unsigned i = 0; i < p->n; i++)
		put32(b + 4 + 4 * (size_t)i, p->words[i]);
	if (write(fd, b, 4 + 4 * (size_t)p->n) < 0)
		_exit(2);
}

static uint32_t read_packet(int fd, char *body, size_t max)
{
	unsigned char len[4];
	uint32_t n;

	if (recv(fd, len, 4, MSG_WAITALL) != 4)
		_exit(0);
	n = (uint32_t)len[0] << 24 | (uint32_t)len[1] << 16 | (uint32_t)len[2] << 8 | len[3];
	if (n > max || recv(fd, body, n, MSG_WAITALL) != (ssize_t)n)
		_exit(3);
	return n;
}

static int receive_fd(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	int fd;

	if (recvmsg(socket, &m, 0) != 1 || !CMSG_FIRSTHDR(&m))
		_exit(4);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	return fd;
}

/* As a real master does, it makes the descriptors non-blocking. What it got, script and
 * flags, it writes to the command's stdout. */
static void serve(int listener, const struct master *m)
{
	static char body[300 << 10];
	int fd = accept(listener, NULL, NULL), streams[3];
	uint32_t n;

	read_packet(fd, body, sizeof(body));
	send_packet(fd, &m->hello);
	n = read_packet(fd, body, sizeof(body));
	for (int i = 0; i < 3; i++) {
		streams[i] = receive_fd(fd);
		fcntl(streams[i], F_SETFL, fcntl(streams[i], F_GETFL) | O_NONBLOCK);
	}
	if (write(streams[1], body, n) < 0)
		_exit(5);
	for (int i = 0; i < 3 && m->answers[i].n; i++) {
		if (m->signals && i == 1)
			kill(getppid(), SIGTERM);
		send_packet(fd, &m->answers[i]);
	}
	if (m->raw_length) {
		put32(body, m->raw_length);
		if (write(fd, body, 4) < 0)
			_exit(6);
	}
	_exit(0);
}

static int start(const struct master *m)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), pid;

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s/s", scratch);
	assert_return_code(bind(listener, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_return_code(listen(listener, 1), 0);
	pid = fork();
	if (pid == 0)
		serve(listener, m);
	close(listener);
	return pid;
}

/* With stdout in a file for as long as it runs. */
static enum mux_result run_on(const struct master *m, const char *script, int *status)
{
	int pid = start(m), keep = dup(1);
	int out = open(in_scratch("out"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	enum mux_result got;

	dup2(out, 1);
	got = ssh_mux_run(in_scratch("s"), script, status);
	assert_int_equal(fcntl(1, F_GETFL) & O_NONBLOCK, 0);
	dup2(keep, 1);
	close(keep);
	close(out);
	waitpid(pid, NULL, 0);
	assert_true(file_unlink(in_scratch("s"), NULL));
	return got;
}

static void a_command_and_its_status(void **state)
{
	static const struct master m = {
		.hello = HELLO_4, .answers = {OPENED, {3, {0x80000004, 0, 7}}}};
	own_buf struct buf got = {0};
	/* type, request, reserved, four flags, escape character, TERM, the script's length */
	static const char head[] = "\x10\0\0\2\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				   "\xFF\xFF\xFF\xFF\0\0\0\0\0\0\0\x0A";
	int status = -1;

	(void)state;
	assert_int_equal(run_on(&m, "printf 'a\nb", &status), MUX_ENDED);
	assert_int_equal(status, 7);
	assert_true(file_read(in_scratch("out"), &got, 4096, NULL));
	assert_int_equal(got.n, sizeof(head) - 1 + 11 - 1 + 1);
	assert_memory_equal(got.p, head, sizeof(head) - 2);
	assert_memory_equal(got.p + got.n - 11, "printf 'a\nb", 11);
}

static void a_broken_connection_is_255(void **state)
{
	static const struct master m = {.hello = HELLO_4, .answers = {OPENED}};
	int status = -1;

	(void)state;
	assert_int_equal(run_on(&m, "true", &status), MUX_ENDED);
	assert_int_equal(status, 255);
}

static void what_never_began_is_told(void **state)
{
	static const struct master other_version = {.hello = {2, {0x00000001, 5}}},
				   no_hello = {.hello = {2, {0x80000002, 4}}},
				   short_hello = {.hello = {1, {0x00000001}}},
				   refused = {.hello = HELLO_4,
					   .answers = {{3, {0x80000003, 1, 0}}}},
				   denied = {.hello = HELLO_4,
					   .answers = {{3, {0x80000002, 1, 0}}}},
				   silent = {.hello = HELLO_4},
				   huge = {.hello = HELLO_4, .raw_length = 0xFFFFFFFF},
				   tiny = {.hello = HELLO_4, .raw_length = 1};
	static const struct master *const all[] = {&other_version, &no_hello, &short_hello,
		&refused, &denied, &silent, &huge, &tiny, NULL};
	int status = -1;

	(void)state;
	for (const struct master *const *m = all; *m; m++)
		assert_int_equal(run_on(*m, "true", &status), MUX_NOT_STARTED);
	assert_int_equal(status, -1);
}

static void without_a_master(void **state)
{
	own_buf struct buf big = {0};
	int status;

	(void)state;
	assert_int_equal(ssh_mux_run(in_scratch("s"), "true", &status), MUX_NOT_STARTED);
	for (int i = 0; i < 300 << 10; i++)
		buf_putc(&big, 'x');
	assert_int_equal(ssh_mux_run(in_scratch("s"), big.p, &status), MUX_NOT_STARTED);
}

static int heard;

static void hear(void *arg, int sig)
{
	(void)arg;
	heard = sig;
}

static void signals_come_through(void **state)
{
	static const struct master m = {
		.hello = HELLO_4, .answers = {OPENED, {3, {0x80000004, 0, 0}}}, .signals = true};
	int status = -1;

	(void)state;
	signals_install();
	signals_forward(hear, NULL);
	assert_int_equal(run_on(&m, "true", &status), MUX_ENDED);
	signals_forward(NULL, NULL);
	signals_clear();
	assert_int_equal(heard, SIGTERM);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_command_and_its_status, scratch_make, scratch_drop),
		cmocka_unit_test_setup_teardown(
			a_broken_connection_is_255, scratch_make, scratch_drop),
		cmocka_unit_test_setup_teardown(
			what_never_began_is_told, scratch_make, scratch_drop),
		cmocka_unit_test_setup_teardown(without_a_master, scratch_make, scratch_drop),
		cmocka_unit_test_setup_teardown(signals_come_through, scratch_make, scratch_drop),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
