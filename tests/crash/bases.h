/* bases.h - the homes that scenarios begin with, made once by commands and then copied */
#ifndef CRASH_BASES_H
#define CRASH_BASES_H

#include "sandbox.h"
#include "scenarios.h"

/* All of base_steps, as templates. Ends the runner when one fails. */
void bases_make(const struct sandbox *s);
/* The sandbox is as the scenario begins: the copy, and what runs. */
void bases_begin(const struct sandbox *s, const struct scenario *sc);

#endif
