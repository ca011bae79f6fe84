#include "lima/home_mark.h"

#include "base/mem.h"
#include "os/file.h"

#define YAML_MAX (1u << 20)

static bool id_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-';
}

/* The first mark's id within yaml; empty when there is none. By text, not by YAML: Lima may
 * have written the script in any style. */
static struct str find(struct str yaml)
{
	struct str mark = STR("# " HOME_MARK);
	size_t n = 0;

	yaml = str_from(yaml, str_find_str(yaml, mark));
	yaml = str_from(yaml, mark.n);
	while (n < yaml.n && id_char(yaml.p[n]))
		n++;
	return (struct str){yaml.p, n};
}

char *home_mark_read(struct str yaml)
{
	struct str id = find(yaml);

	return id.n ? mem_strndup(id.p, id.n) : NULL;
}

static void put(struct str yaml, const char *id, struct buf *out)
{
	struct str old = find(yaml);

	if (!old.n) {
		buf_str(out, yaml);
		buf_printf(out, "%s# " HOME_MARK "%s\n", str_ends(yaml, STR("\n")) ? "" : "\n", id);
		return;
	}
	buf_str(out, (struct str){yaml.p, (size_t)(old.p - yaml.p)});
	buf_puts(out, id);
	buf_str(out, str_from(yaml, (size_t)(old.p - yaml.p) + old.n));
}

bool home_mark_put(const char *lima_home, const char *name, const char *id, struct err *e)
{
	own_buf struct buf path = {0}, yaml = {0}, marked = {0};
	struct file_stat st;

	buf_printf(&path, "%s/%s/lima.yaml", lima_home, name);
	if (!file_read(buf_z(&path), &yaml, YAML_MAX, e))
		return false;
	if (str_eqz(find(buf_view(&yaml)), id))
		return true;
	put(buf_view(&yaml), id, &marked);
	return file_replace(
		buf_z(&path), buf_view(&marked), file_stat(buf_z(&path), &st) ? st.mode : 0644, e);
}
