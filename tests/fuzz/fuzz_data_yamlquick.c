/* Where the short way is sure, libyaml says the same. */
#include "yaml_trees.h"

#include "data/yamlquick.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_n((const char *)data, size);
	own_yaml struct yaml_doc quick = {0}, full = {0};

	if (!yaml_quick(&quick, text))
		return 0;
	if (!yaml_parse_any(&full, text, "fuzz", NULL) || !full.root ||
		quick.body_end != full.body_end || !trees_identical(quick.root, full.root))
		abort();
	return 0;
}
