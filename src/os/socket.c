#include "os/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/fd.h"
#include "os/plat.h"
#include "os/proc.h"

size_t socket_path_max(void)
{
	return sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
}

static int stream_socket(struct sockaddr_un *sa, const char *path)
{
	size_t n = strlen(path);
	int fd;

	*sa = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (n > socket_path_max()) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sa->sun_path, path, n);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

int socket_connect(const char *path)
{
	struct sockaddr_un sa;
	own_fd int fd = stream_socket(&sa, path);

	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -1;
	return fd_steal(&fd);
}

bool socket_answers(const char *path)
{
	struct sockaddr_un sa;
	own_fd int fd = stream_socket(&sa, path);

	if (fd < 0 || !fd_nonblock(fd, true, NULL))
		return false;
	/* EAGAIN: somebody listens, with a full backlog. */
	return connect(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 || errno == EAGAIN ||
	       errno == EINPROGRESS;
}

bool socket_peer_is_us(int fd)
{
	unsigned uid;

	return plat_peer_uid(fd, &uid) && uid == proc_uid();
}

bool socket_send_fd(int socket, int fd)
{
	char zero = 0;
	struct iovec iov = {.iov_base = &zero, .iov_len = 1};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr m = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	ssize_t sent;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	do
		sent = sendmsg(socket, &m, 0);
	while (sent < 0 && errno == EINTR);
	return sent == 1;
}
