/*
 * elf.h - what can be read off a shared object without running it
 */
#ifndef ELF_H_
#define ELF_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_object;

/* elf_open - map the shared object in path.  NULL, with *error one line for
 *     the caller to free, when it is not one that this machine runs. */
struct elf_object *elf_open(const char *path, char **error);
void elf_close(struct elf_object *e);

/* elf_defines - whether it exports a symbol of that name. */
bool elf_defines(const struct elf_object *e, const char *name);

/*
 * elf_static_bytes - bytes of its writable static data: .data, .bss, .tdata,
 *     .tbss and every writable section of another name, but for the tables
 *     that only the dynamic linker writes (.got, .data.rel.ro, .dynamic ...).
 */
uint64_t elf_static_bytes(const struct elf_object *e);

/* elf_mapped_bytes - address space that it takes, from its first page to its
 *     last; or from the first to the last that are writable. */
uint64_t elf_mapped_bytes(const struct elf_object *e, bool writable);

/* elf_thread_bytes - bytes that a thread's copy of .tdata and .tbss takes of
 *     libc's malloc, where that gives it room; 0 for none. */
uint64_t elf_thread_bytes(const struct elf_object *e);

/* elf_static_ranges - where they will lie, relative to where the object is
 *     mapped; those of threads left out.  The first ones, at most max; how
 *     many. */
struct elf_range {
    uint64_t at, bytes;
};
size_t elf_static_ranges(const struct elf_object *e, struct elf_range *ranges,
                         size_t max);

#endif
