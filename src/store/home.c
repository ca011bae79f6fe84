#include "store/home.h"

#include <errno.h>

#include "base/mem.h"
#include "base/num.h"
#include "model/id.h"
#include "os/file.h"
#include "os/proc.h"
#include "store/config_file.h"

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

bool home_locate(struct home *h, const char *path, struct err *e)
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
	return home_locate(h, path ? path : "~/.codelima", e);
}

bool home_read_schema(const struct home *h, int64_t *schema, struct err *e)
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

void home_read_id(struct home *h)
{
	own_buf struct buf path = {0}, text = {0};

	free(h->id);
	h->id = NULL;
	home_path(h, &path, "_config/home-id");
	if (file_read(buf_z(&path), &text, 64, NULL) && id_valid(str_trim(buf_view(&text))))
		h->id = mem_strndup(text.p, ID_LEN);
}

bool home_open(struct home *h, const char *flag, struct err *e)
{
	if (!choose_path(h, flag, e))
		return false;
	home_read_id(h);
	return home_read_schema(h, &h->schema, e) &&
	       config_load(h->path, h->config_path, &h->config, e);
}

void home_fini(struct home *h)
{
	free(h->path);
	free(h->id);
	free(h->config_path);
	config_fini(&h->config);
	*h = (struct home){0};
}
