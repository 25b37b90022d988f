/*
 * import_scan.h - words and numbers in a line of a log
 *
 * Each steps over what it has found, or finds nothing and does not move.  A
 * line ends with a newline, which belongs to no word, so none looks beyond it.
 */
#ifndef IMPORT_SCAN_H
#define IMPORT_SCAN_H

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* scan_word - this text. */
static inline bool scan_word(const char **at, const char *word)
{
    const char *p = *at;
    while (*word)
        if (*p++ != *word++)
            return false;
    *at = p;
    return true;
}

/* scan_blanks - any number of them. */
static inline void scan_blanks(const char **at)
{
    while (**at == ' ' || **at == '\t')
        ++*at;
}

/* scan_end - whether the line ends here, but for blanks. */
static inline bool scan_end(const char *at)
{
    scan_blanks(&at);
    return *at == '\n' || (*at == '\r' && at[1] == '\n');
}

static inline int scan_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* scan_digits - a number of 64 bits to base 10 or 16, without a prefix. */
static inline bool scan_digits(const char **at, unsigned base, uint64_t *number)
{
    const char *p = *at;
    uint64_t n = 0;
    unsigned digit;
    for (; (digit = (unsigned)scan_digit(*p)) < base; p++)
        if (__builtin_mul_overflow(n, base, &n) ||
            __builtin_add_overflow(n, digit, &n))
            return false;
    if (p == *at)
        return false;
    *at = p;
    *number = n;
    return true;
}

/* scan_number - as printf writes them: %p, %#lx, %lu or %ld. */
static inline bool scan_number(const char **at, uint64_t *number)
{
    *number = 0;
    if (scan_word(at, "(nil)") || scan_word(at, "nil"))
        return true;
    const char *p = *at;
    bool negative = scan_word(&p, "-");
    if (!scan_digits(&p, scan_word(&p, "0x") ? 16 : 10, number))
        return false;
    if (negative)
        *number = -*number;
    *at = p;
    return true;
}

#endif
