/* evloop.h - a libuv loop, or an error: never an abort
 *
 * libuv calls abort() when it cannot make the pipe that a process's first loop makes for
 * signals (uv__signal_global_reinit), which is how running out of descriptors looks. Room
 * for it is looked for first; should it fail in spite of that, the abort is caught. What
 * libuv was about to make once a process is then half made, so that this process gets no
 * loop any more: each further call is the same error.
 *
 * Not for two threads at once.
 */
#ifndef LOOP_EVLOOP_H
#define LOOP_EVLOOP_H

#include <uv.h>

#include "base/err.h"

bool evloop_init(uv_loop_t *loop, struct err *e);

#endif
