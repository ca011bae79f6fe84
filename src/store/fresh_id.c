#include "store/fresh_id.h"

#include "base/mem.h"
#include "base/num.h"
#include "model/id.h"
#include "os/clock.h"

char *fresh_id(void)
{
	char id[ID_LEN + 1];
	uint8_t random[10];
	int64_t seconds;
	uint32_t nanos;

	clock_now(&seconds, &nanos);
	random_bytes(random, sizeof(random));
	id_make(id, time_ms(seconds, nanos), random);
	return mem_strdup(id);
}
