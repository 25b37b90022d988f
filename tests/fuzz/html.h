/*
 * html.h - whether a page is well-formed HTML
 */
#ifndef HTML_H
#define HTML_H

/* html_error - where the page ceases to be well-formed; NULL: nowhere. */
const char *html_error(const char *page);

/* html_entity - the character that an entity stands for, and *at behind it; 0:
 *     there is none at *at. */
char html_entity(const char **at);

#endif
