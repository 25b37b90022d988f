/*
 * json.h - whether a text is JSON, by the letter of RFC 8259
 */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>

/* json_error - where the text of that size ceases to be JSON; NULL: nowhere. */
const char *json_error(const char *text, size_t size);

#endif
