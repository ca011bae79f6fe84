#include "os/runtime_dir.h"

#include "os/file.h"
#include "os/proc.h"
#include "os/socket.h"

#define NAME_ROOM 40 /* "/" and the longest socket name that we use */

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
