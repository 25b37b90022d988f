/*
 * gen_policy_runs.h - runs of slots of one size, as segregated storage has them
 *
 * A run is a page cut into slots of so many words; it serves that size until
 * its last slot is free and it is given back.  Where a page comes from is the
 * caller's affair.
 */
#ifndef GEN_POLICY_RUNS_H
#define GEN_POLICY_RUNS_H

#include <stdbool.h>
#include <stdint.h>

struct runs;

#define RUNS_NONE UINT32_MAX

/* runs_create - no runs at all, of pages of so many words. */
struct runs *runs_create(uint64_t page);
void runs_destroy(struct runs *r);

/* runs_page - words of a page. */
uint64_t runs_page(const struct runs *r);

/* runs_take - a free slot of that size, RUNS_NONE if all are taken. */
uint32_t runs_take(struct runs *r, uint64_t words);

/* runs_add - a page at that address becomes a run of slots of that size; block
 *     is what runs_release will call it. */
void runs_add(struct runs *r, uint64_t words, uint32_t block, uint64_t address);

/* runs_address - where a slot lies, in words. */
uint64_t runs_address(const struct runs *r, uint32_t slot);

/* runs_release - a slot is free; true if its run is as well and is gone: *block
 *     is its page. */
bool runs_release(struct runs *r, uint32_t slot, uint32_t *block);

#endif
