#include "store/quarantine.h"

#include "base/mem.h"
#include "data/json.h"
#include "data/jsonout.h"
#include "os/clock.h"
#include "os/file.h"

#define MANIFEST_MAX (64u << 10)

/* "20260102T030405Z": a time that is a file name everywhere. */
static void time_name(struct buf *out)
{
	own_buf struct buf now = {0};

	clock_rfc3339(&now);
	for (size_t i = 0; i < now.n && now.p[i] != '.'; i++)
		if (now.p[i] != '-' && now.p[i] != ':')
			buf_putc(out, now.p[i]);
	buf_putc(out, 'Z');
}

static bool make_place(const struct home *h, struct str name, struct buf *place, struct err *e)
{
	own_buf struct buf time = {0}, path = {0};

	time_name(&time);
	for (unsigned i = 1; i < 1000; i++) {
		buf_clear(place);
		buf_printf(place, "_quarantine/%s-%.*s", buf_z(&time), STRF(name));
		if (i > 1)
			buf_printf(place, "-%u", i);
		if (!file_exists(home_path(h, &path, "%s", buf_z(place))))
			return file_mkdirs(buf_z(&path), 0700, e);
	}
	return err_set(e, ERR_INTERNAL, "%s is taken", buf_z(&path));
}

static bool write_manifest(const struct home *h, const char *place, const char *from,
	const char *reason, const char *instance, struct err *e)
{
	own_buf struct buf text = {0}, now = {0}, path = {0};
	struct json_out j = {.out = &text, .pretty = 2};

	clock_rfc3339(&now);
	jout_object(&j);
	jout_kv_str(&j, "moved_at", buf_view(&now));
	jout_kv_z(&j, "from", from);
	jout_kv_z(&j, "reason", reason);
	if (instance)
		jout_kv_z(&j, "instance_name", instance);
	jout_end(&j);
	buf_putc(&text, '\n');
	return file_replace(
		home_path(h, &path, "%s/manifest.json", place), buf_view(&text), 0600, e);
}

bool quarantine_put(const struct home *h, const char *rel, const char *reason, const char *instance,
	struct buf *where, struct err *e)
{
	own_buf struct buf from = {0}, to = {0};
	struct str name = path_base(str_z(rel));

	if (!make_place(h, name, where, e) ||
		!write_manifest(h, buf_z(where), rel, reason, instance, e))
		return false;
	home_path(h, &from, "%s", rel);
	home_path(h, &to, "%s/%.*s", buf_z(where), STRF(name));
	return file_rename(buf_z(&from), buf_z(&to), e);
}

static bool names_instance(const struct home *h, const char *place, const char *instance)
{
	own_buf struct buf path = {0}, text = {0};
	own_json json_t *manifest = NULL;

	return file_read(home_path(h, &path, "_quarantine/%s/manifest.json", place), &text,
		       MANIFEST_MAX, NULL) &&
	       json_read(buf_view(&text), buf_z(&path), &manifest, NULL) &&
	       z_eq(json_get_str(manifest, "instance_name"), instance);
}

bool quarantine_find(const struct home *h, const char *instance, struct buf *out)
{
	own_buf struct buf path = {0};
	own_strv struct strv names = {0};

	file_list(home_path(h, &path, "_quarantine"), &names, NULL);
	for (size_t i = 0; i < names.n; i++) {
		if (!names_instance(h, names.v[i], instance))
			continue;
		buf_clear(out);
		buf_printf(out, "_quarantine/%s", names.v[i]);
		return true;
	}
	return false;
}
