/*
 * elf.c - what can be read off a shared object without running it
 *
 * The file is untrusted: every offset is held against its size before it is
 * followed.
 */
#define _GNU_SOURCE
#include "driver/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct elf_object {
    const char *bytes;
    size_t size;
};

typedef ElfW(Ehdr) file_header;
typedef ElfW(Shdr) section_header;
typedef ElfW(Sym) symbol;

/* length bytes at offset, or NULL when the file does not hold them. */
static const void *at(const struct elf_object *e, uint64_t offset,
                      uint64_t length)
{
    if (offset > e->size || length > e->size - offset)
        return NULL;
    return e->bytes + offset;
}

static const section_header *section(const struct elf_object *e, unsigned i)
{
    const file_header *h = (const file_header *)e->bytes;
    if (i >= h->e_shnum || h->e_shentsize != sizeof(section_header) ||
        h->e_shoff % sizeof(uint64_t) != 0)
        return NULL;
    return at(e, h->e_shoff + (uint64_t)i * sizeof(section_header),
              sizeof(section_header));
}

/* The string at offset of a string table; "" when it does not lie in it. */
static const char *string(const struct elf_object *e,
                          const section_header *table, uint64_t offset)
{
    if (!table || offset >= table->sh_size)
        return "";
    const char *s = at(e, table->sh_offset, table->sh_size);
    if (!s || !memchr(s + offset, 0, table->sh_size - offset))
        return "";
    return s + offset;
}

/* Map the file; on failure errno is set, ENOEXEC for a file of another kind. */
static bool map(struct elf_object *e, const char *path)
{
    struct stat st;
    void *bytes = MAP_FAILED;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* no FIFO waits */
    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0) {
        errno = ENOEXEC;
        if (S_ISREG(st.st_mode) && (size_t)st.st_size >= sizeof(file_header))
            bytes =
                mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    close(fd);
    if (bytes == MAP_FAILED)
        return false;
    *e = (struct elf_object){bytes, (size_t)st.st_size};
    return true;
}

/* Whether it has the magic, word size and machine of a program that runs. */
static bool runs_here(const struct elf_object *e)
{
    const file_header *h = (const file_header *)e->bytes;
    struct elf_object self = {0};
    if (!map(&self, "/proc/self/exe"))
        return false;
    const file_header *own = (const file_header *)self.bytes;
    bool same = memcmp(h->e_ident, own->e_ident, EI_VERSION) == 0 &&
                h->e_machine == own->e_machine && h->e_type == ET_DYN;
    munmap((void *)self.bytes, self.size);
    return same;
}

struct elf_object *elf_open(const char *path, char **error)
{
    struct elf_object *e = calloc(1, sizeof *e);
    if (!e || (!map(e, path) && errno != ENOEXEC)) {
        if (asprintf(error, "%s: %s", path, strerror(errno)) < 0)
            *error = NULL;
        free(e);
        return NULL;
    }
    if (!e->bytes || !runs_here(e)) {
        if (asprintf(error,
                     "%s: expected a shared object for this machine, found "
                     "another kind of file",
                     path) < 0)
            *error = NULL;
        elf_close(e);
        return NULL;
    }
    return e;
}

void elf_close(struct elf_object *e)
{
    if (e && e->bytes)
        munmap((void *)e->bytes, e->size);
    free(e);
}

static bool table_defines(const struct elf_object *e,
                          const section_header *table, const char *name)
{
    const symbol *symbols = at(e, table->sh_offset, table->sh_size);
    if (!symbols || table->sh_offset % sizeof(uint64_t) != 0)
        return false;
    for (size_t i = 0; i < table->sh_size / sizeof *symbols; i++)
        if (symbols[i].st_shndx != SHN_UNDEF &&
            strcmp(string(e, section(e, table->sh_link), symbols[i].st_name),
                   name) == 0)
            return true;
    return false;
}

bool elf_defines(const struct elf_object *e, const char *name)
{
    const section_header *s;
    for (unsigned i = 0; (s = section(e, i)); i++)
        if (s->sh_type == SHT_DYNSYM && table_defines(e, s, name))
            return true;
    return false;
}

/* What the compiler and the linker bring, and only the dynamic linker writes;
 * a section of any other name is the author's. */
static bool is_linkers(const char *name)
{
    static const char *const stems[] = {
        ".data.rel.ro", ".dynamic", ".got", ".init_array", ".fini_array",
        ".ctors",       ".dtors",   ".jcr", ".eh_frame",   ".tm_clone_table"};
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        size_t n = strlen(stems[i]);
        if (strncmp(name, stems[i], n) == 0 && (!name[n] || name[n] == '.'))
            return true;
    }
    return false;
}

static bool is_authors_data(const struct elf_object *e, const section_header *s)
{
    const file_header *h = (const file_header *)e->bytes;
    return s->sh_flags & SHF_WRITE && s->sh_flags & SHF_ALLOC &&
           !is_linkers(string(e, section(e, h->e_shstrndx), s->sh_name));
}

uint64_t elf_static_bytes(const struct elf_object *e)
{
    const section_header *s;
    uint64_t sum = 0;
    for (unsigned i = 0; (s = section(e, i)); i++)
        if (is_authors_data(e, s))
            sum += s->sh_size;
    return sum;
}

size_t elf_static_ranges(const struct elf_object *e, struct elf_range *ranges,
                         size_t max)
{
    const section_header *s;
    size_t count = 0;
    for (unsigned i = 0; count < max && (s = section(e, i)); i++)
        if (is_authors_data(e, s) && !(s->sh_flags & SHF_TLS) && s->sh_size)
            ranges[count++] = (struct elf_range){s->sh_addr, s->sh_size};
    return count;
}

static const ElfW(Phdr) * part(const struct elf_object *e, unsigned i)
{
    const file_header *h = (const file_header *)e->bytes;
    if (i >= h->e_phnum || h->e_phoff % sizeof(uint64_t) != 0)
        return NULL;
    return at(e, h->e_phoff + (uint64_t)i * sizeof(ElfW(Phdr)),
              sizeof(ElfW(Phdr)));
}

/* What malloc adds to a block, twice. */
#define THREAD_SLACK 32

/* No more than the static data that is charged: the header may lie. */
uint64_t elf_thread_bytes(const struct elf_object *e)
{
    const ElfW(Phdr) * p;
    uint64_t most = elf_static_bytes(e);
    for (unsigned i = 0; (p = part(e, i)); i++)
        if (p->p_type == PT_TLS && p->p_memsz)
            return (p->p_memsz < most ? p->p_memsz : most) + THREAD_SLACK;
    return 0;
}

uint64_t elf_mapped_bytes(const struct elf_object *e, bool writable)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), lo = UINT64_MAX, hi = 0;
    const ElfW(Phdr) * p;
    for (unsigned i = 0; (p = part(e, i)); i++) {
        uint64_t end = p->p_vaddr + p->p_memsz;
        if (p->p_type != PT_LOAD || end < p->p_vaddr ||
            (writable && !(p->p_flags & PF_W)))
            continue;
        lo = p->p_vaddr < lo ? p->p_vaddr : lo;
        hi = end > hi ? end : hi;
    }
    return hi > lo ? ((hi + page - 1) & -page) - (lo & -page) : 0;
}
