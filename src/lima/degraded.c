#include "lima/degraded.h"

#include "base/mem.h"
#include "data/json.h"
#include "os/file.h"

#define LOOK (256u << 10)

/* Several failures stand in one text, a line each (Go's errors.Join). */
static bool is_agent(const char *text)
{
	static const struct str words = {"guest agent does not seem to be running", 39};
	struct str rest = str_z(text), line;

	while (str_split(&rest, '\n', &line))
		if (!str_starts(line, words))
			return false;
	return true;
}

static bool all_agent(const json_t *errors)
{
	const json_t *text;
	size_t i;

	json_array_foreach(errors, i, text)
	{
		if (!json_is_string(text) || !is_agent(json_string_value(text)))
			return false;
	}
	return json_array_size(errors) > 0;
}

bool degraded_by_agent_only(const char *lima_home, const char *name)
{
	own_buf struct buf path = {0}, text = {0};
	struct str rest, line;
	bool only = false;

	buf_printf(&path, "%s/%s/ha.stdout.log", lima_home, name);
	if (!file_read_from(buf_z(&path), 0, &text, LOOK, NULL))
		return false;
	for (rest = buf_view(&text); str_split(&rest, '\n', &line);) {
		own_json json_t *event = NULL;
		const json_t *status;

		if (!json_read(line, "ha.stdout.log", &event, NULL))
			continue;
		status = json_object_get(event, "status");
		if (json_get_bool(status, "running"))
			only = json_get_bool(status, "degraded") &&
			       all_agent(json_object_get(status, "errors"));
	}
	return only;
}
