#include "term/uniprop.h"

static bool is_control(enum gcb c)
{
	return c == GCB_CONTROL || c == GCB_CR || c == GCB_LF;
}

/* GB6-GB8. */
static bool hangul_joins(enum gcb a, enum gcb b)
{
	if (a == GCB_L)
		return b == GCB_L || b == GCB_V || b == GCB_LV || b == GCB_LVT;
	if (a == GCB_LV || a == GCB_V)
		return b == GCB_V || b == GCB_T;
	return (a == GCB_LVT || a == GCB_T) && b == GCB_T;
}

static bool joins(const struct gcb_state *s, enum gcb a, enum gcb b)
{
	if (a == GCB_CR && b == GCB_LF)
		return true; /* GB3 */
	if (is_control(a) || is_control(b))
		return false; /* GB4, GB5 */
	if (b == GCB_EXTEND || b == GCB_ZWJ || b == GCB_SPACING || a == GCB_PREPEND)
		return true; /* GB9, GB9a, GB9b */
	if (a == GCB_ZWJ && b == GCB_PICT)
		return s->pict; /* GB11 */
	if (a == GCB_RI && b == GCB_RI)
		return s->ri_odd; /* GB12, GB13 */
	return hangul_joins(a, b);
}

bool gcb_break(struct gcb_state *s, enum gcb next)
{
	bool cut = !s->prev || !joins(s, (enum gcb)(s->prev - 1), next);

	if (next == GCB_PICT)
		s->pict = 1;
	else if (next != GCB_EXTEND && next != GCB_ZWJ)
		s->pict = 0;
	s->ri_odd = next == GCB_RI && !(s->ri_odd && !cut);
	s->prev = (uint8_t)(next + 1);
	return cut;
}
