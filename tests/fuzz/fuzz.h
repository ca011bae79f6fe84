/* fuzz.h - what the fuzz targets share
 *
 * A target is fuzz_<layer>_<name>.c with FUZZ() and its corpus in
 * corpus/<layer>_<name>/. Inputs that hold several texts are split at NUL bytes.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdint.h>

#include "base/str.h"

#define FUZZ(input)                                                                                \
	static void fuzz_one(struct str input);                                                    \
	int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);                                    \
	int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)                                     \
	{                                                                                          \
		fuzz_one(str_n((const char *)p, n));                                               \
		return 0;                                                                          \
	}                                                                                          \
	static void fuzz_one(struct str input)

/* An invariant: libFuzzer reports the input when it does not hold. */
#define HOLDS(cond)                                                                                \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #cond);  \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
