/* table.h - the scenarios beside the program's command table */
#ifndef CRASH_TABLE_H
#define CRASH_TABLE_H

#include "scenarios.h"

/* "node start" is a command. */
bool table_has(const char *command);
/* A scenario may be written before its command, or its flag. */
bool table_has_scenario(const struct scenario *sc);
/* Commands that neither a scenario nor the list of readers names are printed, and counted. */
long table_check(void);

#endif
