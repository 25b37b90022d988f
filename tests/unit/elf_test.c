/*
 * elf_test.c - what is read off a shared object, whole, cut short or garbled
 */
#define _GNU_SOURCE
#include <elf.h>
#include <stdlib.h>
#include <unistd.h>

#include "driver/elf.h"
#include "tests/check.h"

static char dir[] = "/tmp/elf_test-XXXXXX";
static char object[64], source[64], other[64];

static const char text[] =
    "char data[1000] = {1};\n"
    "static char zero[3000];\n"
    "static const char constant[5000] = {1};\n"
    "extern const char *const table[];\n"
    "const char *const table[] = {constant, constant + 1};\n"
    "extern int elsewhere(void);\n"
    "__attribute__((section(\"stashed\"))) char stash[2000] = {1};\n"
    "char *mm_malloc(void) { return zero + elsewhere(); }\n"
    "static int hidden(void) { return 1; }\n"
    "int mm_free(void) { return hidden(); }\n";

static bool make_object(void)
{
    char command[512];
    FILE *f = fopen(source, "w");
    fputs(text, f);
    fclose(f);
    snprintf(command, sizeof command,
             "${CC:-cc} -O0 -fPIC -shared -nostdlib -nostartfiles -o %s %s",
             object, source);
    return system(command) == 0;
}

static void check_refused(const char *path, const char *why, const char *name)
{
    char *error = NULL, expected[256];
    snprintf(expected, sizeof expected, "%s: %s", path, why);
    struct elf_object *e = elf_open(path, &error);
    check(!e, name, "it was opened");
    check_str(error, expected, name);
    free(error);
    elf_close(e);
}

static void test_whole(void)
{
    char *error = NULL;
    struct elf_object *e = elf_open(object, &error);
    if (!check(e != NULL, "it opens", "%s", error ? error : "silent"))
        return;
    uint64_t bytes = elf_static_bytes(e);
    check(bytes >= 6000 && bytes <= 6100,
          "static data are counted, whatever their section; constants and "
          "tables are not",
          "expected 6000 and a little for alignment, found %llu",
          (unsigned long long)bytes);
    check(elf_defines(e, "mm_malloc"), "a function is defined", "it is not");
    check(elf_defines(e, "data"), "so is a variable", "it is not");
    check(!elf_defines(e, "hidden"), "a static one is not", "it is");
    check(!elf_defines(e, "elsewhere"), "nor one to be found elsewhere",
          "it is");
    check(!elf_defines(e, "mm_mall"), "nor the beginning of a name", "it is");
    check(!elf_defines(e, ""), "nor no name", "it is");
    elf_close(e);
}

static void test_other_files(void)
{
    static const char another[] =
        "expected a shared object for this machine, found another kind of "
        "file";
    check_refused(source, another, "a source");
    check_refused("/dev/null", another, "a device");
    check_refused(dir, another, "a directory");
    check_refused("/nowhere/x.so", "No such file or directory", "no file");
    FILE *f = fopen(other, "w");
    fclose(f);
    check_refused(other, another, "an empty file");
}

/* ---- Damaged files ----------------------------------------------------- */

static char *whole;
static size_t size;

static void read_object(void)
{
    FILE *f = fopen(object, "r");
    fseek(f, 0, SEEK_END);
    size = (size_t)ftell(f);
    rewind(f);
    whole = malloc(size);
    if (fread(whole, 1, size, f) != size)
        perror(object);
    fclose(f);
}

/* Ask everything of these bytes; returns whether they were taken. */
static bool ask_all(const char *bytes, size_t n)
{
    char *error = NULL;
    FILE *f = fopen(other, "w");
    fwrite(bytes, 1, n, f);
    fclose(f);
    struct elf_object *e = elf_open(other, &error);
    free(error);
    if (!e)
        return false;
    elf_static_bytes(e);
    elf_defines(e, "mm_malloc");
    elf_defines(e, "mm_none");
    elf_close(e);
    return true;
}

static void test_truncated(void)
{
    size_t taken = 0, tried = 0;
    for (size_t n = 0; n < size; n += 64, tried++)
        taken += ask_all(whole, n);
    check_int((long long)(tried - taken), 1,
              "every piece with a header is asked without a crash");
}

static uint64_t random_state = 88172645463325252;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void test_random_bytes(void)
{
    char bytes[4096];
    size_t taken = 0;
    for (int i = 0; i < 300; i++) {
        for (size_t k = 0; k < sizeof bytes; k++)
            bytes[k] = (char)random_bits();
        taken += ask_all(bytes, sizeof bytes);
        memcpy(bytes, whole, 20); /* the right magic, type and machine */
        taken += ask_all(bytes, sizeof bytes);
    }
    check_int((long long)taken, 300, "random bytes are asked without a crash");
}

/* Numbers of the header and of the section headers replaced by others. */
static void test_garbled(void)
{
    char *bytes = malloc(size);
    Elf64_Ehdr h;
    memcpy(&h, whole, sizeof h);
    for (int i = 0; i < 2000; i++) {
        memcpy(bytes, whole, size);
        for (int k = 0; k < 4; k++) {
            uint64_t value = random_bits() >> random_bits() % 64;
            size_t base = i % 4 ? h.e_shoff : 24;
            size_t room = i % 4 ? size - base : sizeof h - 24;
            size_t at = base + random_bits() % (room / 4) * 4;
            memcpy(bytes + at, &value, 4);
        }
        ask_all(bytes, size);
    }
    free(bytes);
    check(true, "garbled tables are asked without a crash", "it crashed");
}

static void test_other_machines(void)
{
    char *bytes = malloc(size);
    static const struct {
        size_t at;
        char value;
        const char *name;
    } cases[] = {{4, 1, "a 32-bit object"},
                 {5, 2, "one of the other byte order"},
                 {18, 0, "one of another machine"},
                 {16, ET_EXEC, "a program"},
                 {0, 'x', "one without the magic"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memcpy(bytes, whole, size);
        bytes[cases[i].at] = cases[i].value;
        check(!ask_all(bytes, size), cases[i].name, "it was taken");
    }
    free(bytes);
}

int main(void)
{
    if (!mkdtemp(dir)) {
        perror(dir);
        return 1;
    }
    snprintf(object, sizeof object, "%s/x.so", dir);
    snprintf(source, sizeof source, "%s/x.c", dir);
    snprintf(other, sizeof other, "%s/other.so", dir);
    if (check(make_object(), "the compiler makes an object", "it failed")) {
        test_whole();
        test_other_files();
        read_object();
        test_truncated();
        test_random_bytes();
        test_garbled();
        test_other_machines();
        free(whole);
    }
    unlink(object);
    unlink(source);
    unlink(other);
    rmdir(dir);
    return check_done();
}
