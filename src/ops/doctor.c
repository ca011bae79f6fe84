#include "ops/doctor.h"

#include "ops/doctor_home.h"
#include "ops/doctor_lima.h"
#include "ops/doctor_machine.h"
#include "ops/doctor_records.h"

void doctor_run(const char *home_flag, const struct ctx *c, struct checks *out)
{
	struct home h = {0};
	bool records = doctor_home_open(&h, home_flag, out);

	doctor_lima(&h, c, out);
	doctor_machine(&h, out);
	if (records) {
		doctor_home_files(&h, out);
		doctor_records(&h, c, out);
	}
	home_fini(&h);
}
