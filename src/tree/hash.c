#include "tree/hash.h"

#include <openssl/evp.h>

#include "base/mem.h"

struct hasher {
	EVP_MD *md;
	EVP_MD_CTX *ctx;
};

/* libcrypto fails here only without memory or without SHA-256: nothing to go on with. */
static void must(int ok)
{
	if (ok != 1) {
		fputs("codelima: libcrypto cannot compute SHA-256\n", stderr);
		abort();
	}
}

struct hasher *hasher_new(void)
{
	struct hasher *h = mem_alloc(sizeof(*h));

	h->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	h->ctx = EVP_MD_CTX_new();
	must(h->md && h->ctx);
	hasher_reset(h);
	return h;
}

void hasher_free(struct hasher *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	EVP_MD_free(h->md);
	free(h);
}

void hasher_reset(struct hasher *h)
{
	must(EVP_DigestInit_ex2(h->ctx, h->md, NULL));
}

void hasher_add(struct hasher *h, const void *p, size_t n)
{
	must(EVP_DigestUpdate(h->ctx, p, n));
}

void hasher_end(struct hasher *h, unsigned char sum[SHA256_LEN])
{
	must(EVP_DigestFinal_ex(h->ctx, sum, NULL));
	hasher_reset(h);
}

void hash_hex(struct buf *out, const unsigned char sum[SHA256_LEN])
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * SHA256_LEN];

	for (size_t i = 0; i < SHA256_LEN; i++) {
		hex[2 * i] = digits[sum[i] >> 4];
		hex[2 * i + 1] = digits[sum[i] & 15];
	}
	buf_add(out, hex, sizeof(hex));
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hash_parse(struct str hex, unsigned char sum[SHA256_LEN])
{
	if (hex.n != (size_t)2 * SHA256_LEN)
		return false;
	for (size_t i = 0; i < SHA256_LEN; i++) {
		int hi = digit(hex.p[2 * i]), lo = digit(hex.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		sum[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}
