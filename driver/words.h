/*
 * words.h - text and numbers as JSON, CSV, HTML, shells and gnuplot want them
 */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>
#include <stdio.h>

/* utf8_length - bytes of the character that text, which is not empty, begins
 *     with; 0 where that is not UTF-8. */
size_t utf8_length(const char *text);

/* json_text - quoted; what is not UTF-8 becomes U+FFFD; NULL: null. */
void json_text(FILE *out, const char *text);

/* json_real - null if it is not finite. */
void json_real(FILE *out, double number);

/* csv_text - quoted where it must be (RFC 4180). */
void csv_text(FILE *out, const char *text);

/* html_text - for the text of an element or a quoted attribute; what is not
 *     UTF-8, and what HTML has no place for (control characters but for tabs
 *     and ends of lines), becomes U+FFFD.
 * html_start - likewise the first bytes of a text, so many of them. */
void html_text(FILE *out, const char *text);
void html_start(FILE *out, const char *text, size_t length);

/* shell_text - one word of a POSIX shell, quoted where it must be. */
void shell_text(FILE *out, const char *text);

/* gnuplot_text - quoted as gnuplot wants it; what is not UTF-8, and control
 *     characters, become '?'. */
void gnuplot_text(FILE *out, const char *text);

#endif
