#include "lima/accel.h"

#include "os/proc.h"

/* More than one thread, and room for what they translate: QEMU's own defaults are
 * one thread and a tenth of the memory in 32 MiB steps. */
#define QEMU_TCG "qemu-system-x86_64 -machine q35,vmport=off -accel tcg,thread=multi,tb-size=512"

bool accel_is_tcg(const struct config *config, bool *tcg, struct err *e)
{
	const char *env = proc_env("CODELIMA_ACCEL");
	const char *word = env ? env : config->accelerator;

	if (!word || z_eq(word, "auto") || !*word) {
		*tcg = !proc_kvm_usable();
		return true;
	}
	if (z_eq(word, "tcg")) {
		*tcg = true;
		return true;
	}
	err_set(e, ERR_INVALID_ARGUMENT, "%s: \"%s\" is no accelerator",
		env ? "CODELIMA_ACCEL" : "config.yaml: accelerator", word);
	return err_fix(e, "write auto or tcg");
}

void accel_tcg_env(struct strv *env)
{
	if (z_eq(proc_arch(), "x86_64") && !proc_env("QEMU_SYSTEM_X86_64"))
		strv_add(env, "QEMU_SYSTEM_X86_64=" QEMU_TCG);
}
