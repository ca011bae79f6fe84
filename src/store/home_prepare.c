#include "store/home_prepare.h"

#include <errno.h>

#include "base/mem.h"
#include "os/file.h"
#include "os/lock.h"
#include "store/builtin_store.h"
#include "store/config_file.h"
#include "store/fresh_id.h"

#define PREPARE_WAIT_MS 10000

static const char *const folders[] = {"_config", "_config/agent-profiles", "_state", "_locks",
	"_index", "_jobs", "_terminals", "environment-configs", "projects", "nodes"};

static bool make_id(struct home *h, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};
	own_mem char *fresh = NULL;

	home_read_id(h);
	if (h->id)
		return true;
	fresh = fresh_id();
	buf_printf(&text, "%s\n", fresh);
	home_path(h, &path, "_config/home-id");
	if (!file_replace(buf_z(&path), buf_view(&text), 0600, e))
		return false;
	h->id = steal(&fresh);
	return true;
}

static bool make_folders(struct home *h, struct err *e)
{
	own_buf struct buf path = {0};

	if (!h->exists && (!file_mkdirs(h->path, 0700, e) || !home_locate(h, h->path, e)))
		return false;
	for (size_t i = 0; i < countof(folders); i++) {
		home_path(h, &path, "%s", folders[i]);
		if (!file_mkdir(buf_z(&path), 0700, e))
			return false;
	}
	return true;
}

static bool write_config(const struct home *h, struct err *e)
{
	own_buf struct buf text = {0};
	own_err struct err why = {0};

	config_text(&h->config, &text);
	if (file_create(h->config_path, buf_view(&text), 0600, &why) || why.sys == EEXIST)
		return true;
	return err_move(e, &why);
}

static bool reload_config(struct home *h, struct err *e)
{
	config_fini(&h->config);
	return config_load(h->path, h->config_path, &h->config, e);
}

/* The order makes a killed process harmless: config.yaml beside a profile says
 * that the built-in ones were offered once, the schema says that all of it is done. */
static bool first_write(struct home *h, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;
	own_buf struct buf path = {0}, version = {0};

	if (!make_folders(h, e) || !reload_config(h, e) ||
		!lock_take(&lock, home_path(h, &path, "_locks/home.lock"), PREPARE_WAIT_MS,
			"the home", e))
		return false;
	buf_printf(&version, "%d\n", HOME_SCHEMA);
	if (!builtin_store(h, e) || !write_config(h, e) || !make_id(h, e) ||
		!file_replace(home_path(h, &path, "_config/schema"), buf_view(&version), 0600, e))
		return false;
	h->schema = HOME_SCHEMA;
	return true;
}

bool home_prepare(struct home *h, const struct ctx *c, struct err *e)
{
	if (!ctx_check(c, e) || !home_read_schema(h, &h->schema, e) ||
		!config_check(&h->config, h->config_path, e))
		return false;
	return (h->exists && h->schema == HOME_SCHEMA && h->id) || first_write(h, e) ||
	       err_wrap(e, "prepare %s", h->path);
}
