/* live.h - progress and notices as a person or a script wants them
 *
 * A sink (base/ctx.h). On a terminal: one bar at the bottom of stderr that moves,
 * and a line that stays for each step that ended. Without a terminal: one plain
 * line per step on stderr. With --events: JSON Lines on stdout
 * ({"time","step","state","done","total","message"}). Text that a guest chose is
 * escaped here (contract/threats.md T7).
 */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include "base/ctx.h"

struct live {
	struct sink sink;
	bool tty, events, colour;
	enum level level; /* notices beyond it are not shown */
	int cols;
	char step[32];	       /* the step shown now; "" none */
	struct progress shown; /* the last one; its message lies in `message` */
	struct buf message;
	int64_t step_began, last_drawn;
	bool drawn; /* a bar stands on the line */
	unsigned frame;
};

void live_init(struct live *l, bool events, enum level level);
void live_fini(struct live *l);
/* Takes the bar off the screen; call it before anything else is printed. */
void live_end(struct live *l);

#endif
