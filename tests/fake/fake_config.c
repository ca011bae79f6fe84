/* What Lima 2.2 makes of an instance's lima.yaml: pkg/limayaml/defaults.go, the keys
 * that matter to codelima, checked against `limactl list --json` of the real one. */
#include "fake.h"

#include <unistd.h>

static const char default_template[] = "# fake: Lima's default template\n"
				       "minimumLimaVersion: 2.0.0\n"
				       "# VM type: \"qemu\", \"vz\", or \"default\".\n"
				       "vmType: null\n"
				       "arch: null\n"
				       "images: []\n"
				       "cpus: null\n"
				       "memory: null\n"
				       "disk: null\n"
				       "mounts: []\n"
				       "ssh:\n"
				       "  localPort: null\n"
				       "  forwardAgent: null\n"
				       "base:\n"
				       "- template:_images/ubuntu\n"
				       "- template:_default/mounts\n";
static const char images_template[] = "images:\n"
				      "- location: https://images.example/ubuntu-amd64.img\n"
				      "  arch: x86_64\n"
				      "- location: https://images.example/ubuntu-arm64.img\n"
				      "  arch: aarch64\n";
static const char mounts_template[] = "mounts:\n"
				      "- location: \"~\"\n";
static const char builtin_defaults[] =
	"{\"vmType\":\"qemu\",\"os\":\"Linux\",\"cpus\":2,\"memory\":\"4GiB\",\"disk\":\"100GiB\","
	"\"mountInotify\":false,"
	"\"ssh\":{\"localPort\":0,\"loadDotSSHPubKeys\":false,\"forwardAgent\":false,"
	"\"forwardX11\":false,\"forwardX11Trusted\":false},"
	"\"firmware\":{\"legacyBIOS\":false},\"audio\":{\"device\":\"\",\"interface\":\"\"},"
	"\"video\":{\"display\":\"none\"},\"upgradePackages\":false,"
	"\"containerd\":{\"system\":false,\"user\":true,\"archives\":[{\"location\":"
	"\"https://images.example/nerdctl-full.tar.gz\",\"arch\":\"x86_64\"}]},"
	"\"guestInstallPrefix\":\"/usr/local\",\"hostResolver\":{\"enabled\":true,\"ipv6\":false},"
	"\"propagateProxyEnv\":true,\"caCerts\":{\"removeDefaults\":false},\"plain\":false,"
	"\"timezone\":\"Etc/UTC\",\"nestedVirtualization\":false,"
	"\"user\":{\"comment\":\"\",\"shell\":\"/bin/"
	"bash\",\"passwordlessSudo\":true},\"tpm\":false}";

/* Keys that stand only in `low` (or are null in `into`) are taken over; maps key by key. */
static void fill(json_t *into, const json_t *low)
{
	const char *key;
	json_t *v;
	json_object_foreach((json_t *)low, key, v)
	{
		json_t *have = json_object_get(into, key);
		if (json_is_object(have) && json_is_object(v))
			fill(have, v);
		else if ((!have || json_is_null(have)) && !json_is_null(v))
			json_object_set_new(into, key, json_deep_copy(v));
	}
}

/* The lists of a key, highest file first. */
static void join(json_t *into, const char *key, json_t *const from[], int n)
{
	json_t *all = json_array();
	for (int i = 0; i < n; i++) {
		size_t j;
		json_t *v;
		json_array_foreach(json_object_get(from[i], key), j, v)
			json_array_append_new(all, json_deep_copy(v));
	}
	if (json_array_size(all))
		json_object_set_new(into, key, all);
	else
		json_object_del(into, key);
}

static const char *field(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? s : "";
}

static void default_string(json_t *o, const char *key, const char *value)
{
	if (!json_is_string(json_object_get(o, key)))
		json_object_set_new(o, key, json_string(value));
}

/* Mounts are joined lowest file first; one with the same mount point updates the earlier. */
static void join_mounts(json_t *into, json_t *const from[], int n)
{
	json_t *all = json_array(), *one = json_object();
	join(one, "mounts", from, n);
	size_t i, j;
	json_t *m, *seen;
	json_array_foreach(json_object_get(one, "mounts"), i, m)
	{
		const char *where = field(m, "location");
		if (where[0] == '~')
			json_object_set_new(
				m, "location", json_string(fmt("%s%s", getenv("HOME"), where + 1)));
		default_string(m, "mountPoint", field(m, "location"));
		json_t *twin = NULL;
		json_array_foreach(all, j,
			seen) if (strcmp(field(seen, "mountPoint"), field(m, "mountPoint")) == 0)
			twin = seen;
		if (twin)
			json_object_update(twin, m);
		else
			json_array_append(all, m);
	}
	json_array_foreach(all, i, m)
	{
		if (!json_is_boolean(json_object_get(m, "writable")))
			json_object_set_new(m, "writable", json_false());
		fill(m, json_pack("{s:{s:b s:b s:s} s:{s:s s:s s:s s:s} s:{}}", "sshfs", "cache", 1,
				"followSymlinks", 0, "sftpDriver", "", "9p", "securityModel",
				"none", "protocolVersion", "9p2000.L", "msize", "128KiB", "cache",
				json_is_true(json_object_get(m, "writable")) ? "mmap" : "fscache",
				"virtiofs"));
	}
	if (json_array_size(all))
		json_object_set_new(into, "mounts", all);
	else
		json_object_del(into, "mounts");
}

static void fill_forward(json_t *f)
{
	if (!json_is_boolean(json_object_get(f, "guestIPMustBeZero")))
		json_object_set_new(f, "guestIPMustBeZero", json_false());
	default_string(f, "guestIP", "127.0.0.1");
	default_string(f, "hostIP", "127.0.0.1");
	default_string(f, "proto", "any");
	static const char *const side[2][2] = {
		{"guestPort", "guestPortRange"}, {"hostPort", "hostPortRange"}};
	for (int i = 0; i < 2; i++) {
		json_t *port = json_object_get(f, side[i][0]);
		if (json_object_get(f, side[i][1]))
			continue;
		if (json_is_integer(port))
			json_object_set_new(f, side[i][1], json_pack("[O O]", port, port));
		else
			json_object_set_new(f, side[i][1], json_pack("[i i]", 1, 65535));
	}
}

static json_t *config_file(const char *name)
{
	char *path = fmt("%s/_config/%s", lima_home(), name), *error = NULL;
	char *text = slurp(path, NULL);
	json_t *v = text ? yaml_value(text, &error) : json_object();
	if (!v)
		fatal("failed to load %s: %s", path, error);
	return v;
}

json_t *config_merged(json_t *own)
{
	json_t *low = config_file("default.yaml"), *high = config_file("override.yaml");
	json_t *config = json_deep_copy(high);
	fill(config, own);
	fill(config, low);
	fill(config, json_loads(builtin_defaults, 0, NULL));
#if defined(__aarch64__)
	default_string(config, "arch", "aarch64");
#else
	default_string(config, "arch", "x86_64");
#endif
	default_string(
		json_object_get(config, "user"), "name", getenv("USER") ? getenv("USER") : "user");
	json_t *const down[] = {high, own, low}, *const up[] = {low, own, high};
	static const char *const lists[] = {"images", "provision", "probes", "portForwards",
		"copyToHost", "additionalDisks", NULL};
	for (int i = 0; lists[i]; i++)
		join(config, lists[i], down, 3);
	join(config, "networks", up, 3);
	join_mounts(config, up, 3);
	size_t i;
	json_t *f;
	json_array_foreach(json_object_get(config, "portForwards"), i, f) fill_forward(f);
	json_t *disks = json_object_get(config, "additionalDisks");
	json_array_foreach(disks, i, f) if (json_is_string(f))
		json_array_set_new(disks, i, json_pack("{s:O}", "name", f));
	json_object_del(config, "base");
	return config;
}

char *template_text(const char *locator)
{
	static const struct {
		const char *name, *text;
	} known[] = {{"default", default_template}, {"_images/ubuntu", images_template},
		{"_default/mounts", mounts_template}};
	const char *name = strncmp(locator, "template:", 9) == 0 ? locator + 9 : NULL;
	if (name && strncmp(name, "//", 2) == 0)
		name += 2;
	for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
		if (strcmp(name, known[i].name) == 0)
			return fmt("%s", known[i].text);
	if (name)
		fatal("template `%s.yaml` not found", name);
	char *text = slurp(strcmp(locator, "-") == 0 ? "/dev/stdin" : locator, NULL);
	if (!text)
		fatal("open %s: no such file or directory", locator);
	return text;
}

json_t *template_filled(const char *locator)
{
	char *error = NULL;
	json_t *own = yaml_value(template_text(locator), &error);
	if (!own)
		fatal("failed to unmarshal YAML (%s): %s", locator, error);
	size_t i;
	json_t *base, *bases = json_object_get(own, "base");
	json_t *list = json_is_string(bases) ? json_pack("[O]", bases) : bases;
	json_array_foreach(list, i, base)
	{
		json_t *under = template_filled(json_string_value(base));
		json_t *const order[] = {own, under};
		join(own, "images", order, 2);
		join_mounts(own, order, 2);
		fill(own, under);
	}
	json_object_del(own, "base");
	return own;
}
