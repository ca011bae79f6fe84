#include "store/bootstrap_file.h"

#include <errno.h>

#include "data/codec.h"
#include "os/file.h"

#define MAX_SIZE (4u << 20)

bool bootstrap_load(const struct home *h, const char *node_id, struct bootstrap *b, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};

	home_path(h, &path, "nodes/%s/bootstrap.json", node_id);
	if (file_read(buf_z(&path), &text, MAX_SIZE, e))
		return codec_read_json(&bootstrap_fields, b, buf_view(&text), buf_z(&path), e);
	if (e && e->sys == ENOENT) {
		err_set(e, ERR_NOT_FOUND, "there is no %s", buf_z(&path));
		err_field(e, "path", buf_z(&path));
	}
	return false;
}

bool bootstrap_save(
	const struct home *h, const char *node_id, const struct bootstrap *b, struct err *e)
{
	own_buf struct buf path = {0}, text = {0};
	struct json_out j = {.out = &text, .pretty = 2};

	codec_to_json(&bootstrap_fields, b, &j);
	buf_putc(&text, '\n');
	home_path(h, &path, "nodes/%s/bootstrap.json", node_id);
	return file_replace(buf_z(&path), buf_view(&text), 0600, e);
}
