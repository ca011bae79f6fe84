#include "store/home.h"

#include <errno.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/file.h"
#include "os/lock.h"
#include "os/proc.h"
#include "store/builtin_store.h"
#include "store/config_file.h"

#define PREPARE_WAIT_MS 10000

static const char *const folders[] = {"_config", "_config/agent-profiles", "_state", "_locks",
	"_index", "_jobs", "_terminals", "environment-configs", "projects", "nodes"};

const char *home_path(const struct home *h, struct buf *out, const char *fmt, ...)
{
	va_list ap;

	buf_clear(out);
	buf_puts(out, h->path);
	buf_putc(out, '/');
	va_start(ap, fmt);
	buf_vprintf(out, fmt, ap);
	va_end(ap);
	return buf_z(out);
}

static bool set_path(struct home *h, const char *path, struct err *e)
{
	own_buf struct buf absolute = {0};
	struct file_stat st;

	if (!path_absolute(path, &absolute, e))
		return err_as(e, ERR_INVALID_ARGUMENT);
	h->exists = file_stat(buf_z(&absolute), &st);
	if (h->exists && st.type != FILE_DIR) {
		err_set(e, ERR_INVALID_ARGUMENT, "%s is no directory", buf_z(&absolute));
		return err_field(e, "path", buf_z(&absolute));
	}
	free(h->path);
	h->path = h->exists ? file_realpath(buf_z(&absolute), e) : buf_steal(&absolute);
	if (!h->path)
		return false;
	home_path(h, &absolute, "_config/config.yaml");
	free(h->config_path);
	h->config_path = buf_steal(&absolute);
	return true;
}

static bool choose_path(struct home *h, const char *flag, struct err *e)
{
	const char *path = flag ? flag : proc_env("CODELIMA_HOME");

	if (flag && !*flag)
		return err_set(e, ERR_INVALID_ARGUMENT, "--home is empty");
	if (!path && !*proc_home()) {
		err_set(e, ERR_INVALID_ARGUMENT, "there is no home directory");
		return err_fix(e, "set HOME or CODELIMA_HOME");
	}
	return set_path(h, path ? path : "~/.codelima", e);
}

/* *schema is 0 where no codelima of this kind has written yet. */
static bool read_schema(const struct home *h, int64_t *schema, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};
	own_err struct err why = {0};

	*schema = 0;
	home_path(h, &path, "_config/schema");
	if (!file_read(buf_z(&path), &text, 64, &why))
		return why.sys == ENOENT || why.sys == ENOTDIR || err_move(e, &why);
	if (!num_i64(str_trim(buf_view(&text)), schema) || *schema < 1) {
		err_set(e, ERR_METADATA_CORRUPTION, "%s does not hold a version", buf_z(&path));
		return err_field(e, "path", buf_z(&path));
	}
	if (*schema <= HOME_SCHEMA)
		return true;
	err_set(e, ERR_PRECONDITION_FAILED,
		"%s has layout version %lld, this codelima knows up to %d", h->path,
		(long long)*schema, HOME_SCHEMA);
	err_field(e, "path", h->path);
	return err_fix(e, "use a newer codelima");
}

bool home_open(struct home *h, const char *flag, struct err *e)
{
	return choose_path(h, flag, e) && read_schema(h, &h->schema, e) &&
	       config_load(h->path, h->config_path, &h->config, e);
}

static bool make_folders(struct home *h, struct err *e)
{
	own_buf struct buf path = {0};

	if (!h->exists && (!file_mkdirs(h->path, 0700, e) || !set_path(h, h->path, e)))
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

/* The order makes a killed process harmless: config.yaml says that the built-in
 * profiles were offered once, the schema says that all of it is done. */
static bool first_write(struct home *h, struct err *e)
{
	own_lock struct lock lock = LOCK_NONE;
	own_buf struct buf path = {0}, version = {0};

	if (!make_folders(h, e) || !reload_config(h, e) ||
		!lock_take(&lock, home_path(h, &path, "_locks/home.lock"), PREPARE_WAIT_MS,
			"the home", e))
		return false;
	buf_printf(&version, "%d\n", HOME_SCHEMA);
	if (!builtin_store(h, e) || !write_config(h, e) ||
		!file_replace(home_path(h, &path, "_config/schema"), buf_view(&version), 0600, e))
		return false;
	h->schema = HOME_SCHEMA;
	return true;
}

bool home_prepare(struct home *h, const struct ctx *c, struct err *e)
{
	if (!ctx_check(c, e) || !read_schema(h, &h->schema, e) ||
		!config_check(&h->config, h->config_path, e))
		return false;
	return (h->exists && h->schema == HOME_SCHEMA) || first_write(h, e) ||
	       err_wrap(e, "prepare %s", h->path);
}

void home_fini(struct home *h)
{
	free(h->path);
	free(h->config_path);
	config_fini(&h->config);
	*h = (struct home){0};
}
