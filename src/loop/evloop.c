#include "loop/evloop.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>

#include "os/fd.h"

static sigjmp_buf way_out;
static bool half_made;

static bool no_descriptors(struct err *e)
{
	errno = EMFILE;
	return err_sys(e, "make an event loop");
}

static bool room_for_pipes(struct err *e)
{
	int fds[4] = {-1, -1, -1, -1};
	bool ok = fd_pipe(fds, e) && fd_pipe(fds + 2, e);

	for (int i = 0; i < 4; i++)
		fd_close_p(&fds[i]);
	return ok;
}

static void on_abort(int sig)
{
	(void)sig;
	siglongjmp(way_out, 1);
}

/* UV_EMFILE in place of the abort. */
static int init_or_emfile(uv_loop_t *loop)
{
	struct sigaction caught = {.sa_handler = on_abort}, before;
	int rc;

	sigemptyset(&caught.sa_mask);
	sigaction(SIGABRT, &caught, &before);
	if (sigsetjmp(way_out, 1)) {
		half_made = true;
		sigaction(SIGABRT, &before, NULL);
		return UV_EMFILE;
	}
	rc = uv_loop_init(loop);
	sigaction(SIGABRT, &before, NULL);
	return rc;
}

bool evloop_init(uv_loop_t *loop, struct err *e)
{
	int rc;

	if (half_made)
		return no_descriptors(e);
	if (!room_for_pipes(e))
		return false;
	rc = init_or_emfile(loop);
	if (rc == UV_EMFILE)
		return no_descriptors(e);
	return rc == 0 || err_set(e, ERR_INTERNAL, "make an event loop: %s", uv_strerror(rc));
}
