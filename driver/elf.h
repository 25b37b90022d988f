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

#endif
