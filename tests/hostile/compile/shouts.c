/* shouts.c - tries to write the terminal's commands and a forged table with the
 * compiler's messages.  Must not get: a control character through. */
#error [2J[H]0;owned total 1/1 100.0%
