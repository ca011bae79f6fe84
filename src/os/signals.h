/* signals.h - SIGINT, SIGTERM, SIGHUP as a flag, and SIGCHLD as a wake-up
 *
 * The only global state of the program: a signal can have no other address.
 * The first signal sets the flag that struct ctx points at; SIGPIPE is ignored.
 * A second SIGINT does not kill: clean-up is bounded by its own deadline.
 * SIGINT and SIGHUP stay ignored when we were started so (nohup, "&" in sh).
 *
 * System calls are interrupted (no SA_RESTART).
 */
#ifndef OS_SIGNALS_H
#define OS_SIGNALS_H

#include <signal.h>

const volatile sig_atomic_t *signals_install(void); /* the flag: signal number, 0 while none */
/* A descriptor that becomes readable when a signal (SIGCHLD included) has come; drained by
 * signals_drain(). For loops that wait. Works before signals_install(), for SIGCHLD
 * alone; SIGPIPE is ignored from here on.
 * -1 when no pipe can be had: then poll. */
int signals_fd(void);
void signals_drain(void);
int signals_pending(void); /* what the flag holds */
/* After a signal was dealt with. */
void signals_clear(void);
/* Also delivers these numbers (not SIGCHLD) to the callback from signals_drain(), for relays.
 * NULL ends it. */
void signals_forward(void (*fn)(void *arg, int sig), void *arg);

#endif
