#include "os/runtime_dir.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/fd.h"
#include "os/file.h"
#include "os/plat.h"
#include "os/proc.h"

#define NAME_ROOM 40 /* "/" and the longest socket name that we use */

size_t socket_path_max(void)
{
	return sizeof(((struct sockaddr_un *)0)->sun_path) - 1;
}

static bool xdg_dir(struct buf *out)
{
	const char *xdg = proc_env("XDG_RUNTIME_DIR");
	struct file_stat st;

	if (!xdg || *xdg != '/' || !file_stat(xdg, &st) || st.type != FILE_DIR ||
		st.uid != proc_uid())
		return false;
	path_join(out, xdg, "codelima");
	return out->n + NAME_ROOM <= socket_path_max();
}

/* Somebody else may have been there first: /tmp is everybody's. */
static bool check_private(const char *dir, struct err *e)
{
	struct file_stat st;

	if (!file_lstat(dir, &st) || st.type != FILE_DIR)
		return err_set(e, ERR_PRECONDITION_FAILED, "%s is no directory", dir);
	if (st.uid != proc_uid())
		return err_set(e, ERR_PRECONDITION_FAILED, "%s belongs to another user", dir);
	if (st.mode & 077) {
		err_set(e, ERR_PRECONDITION_FAILED, "%s is open to other users", dir);
		return err_fix(e, "chmod 700 %s", dir);
	}
	return true;
}

bool runtime_dir(struct buf *out, struct err *e)
{
	own_buf struct buf dir = {0};

	if (!xdg_dir(&dir)) {
		buf_clear(&dir);
		buf_printf(&dir, "/tmp/codelima-%u", proc_uid());
	}
	if (!file_mkdir(dir.p, 0700, e) || !check_private(dir.p, e))
		return err_wrap(e, "directory for sockets");
	buf_clear(out);
	buf_str(out, buf_view(&dir));
	return true;
}

bool socket_answers(const char *path)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	size_t n = strlen(path);
	own_fd int fd = -1;

	if (n > socket_path_max())
		return false;
	memcpy(sa.sun_path, path, n);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
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
