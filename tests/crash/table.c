#include "table.h"

#include <stdio.h>
#include <string.h>

#include "../fake/fake.h"
#include "cli/command.h"

static bool has_scenario(const char *command)
{
	for (size_t i = 0; i < scenarios_n; i++)
		if (strcmp(scenarios[i].command, command) == 0)
			return true;
	return false;
}

bool table_has(const char *command)
{
	const char *space = strrchr(command, ' ');
	char *group = fmt("%.*s", space ? (int)(space - command) : 0, command);

	return command_find(group, space ? space + 1 : command) != NULL;
}

/* Also a scenario may be written before its flag. */
bool table_has_scenario(const struct scenario *sc)
{
	const struct command *doctor = command_find("", "doctor");

	if (strcmp(sc->name, "doctor-repair") != 0)
		return table_has(sc->command);
	for (size_t i = 0; i < doctor->n_flags; i++)
		if (strcmp(doctor->flags[i].name, "repair") == 0)
			return true;
	return false;
}

static bool only_reads(const char *command)
{
	for (int i = 0; readers[i][0]; i++)
		if (strcmp(readers[i][0], command) == 0)
			return true;
	return false;
}

long table_check(void)
{
	long missing = 0;

	for (size_t i = 0; i < commands_n; i++) {
		const struct command *c = &commands[i];
		char *name = fmt("%s%s%s", c->group, *c->group ? " " : "", c->name);

		if (has_scenario(name) || only_reads(name))
			continue;
		printf("FAIL %s: the command table has it, tests/crash/scenarios.c has not\n",
			name);
		missing++;
	}
	return missing;
}
