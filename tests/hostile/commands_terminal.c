/* commands_terminal.c - prints what clears a terminal and renames its window,
 * and fails, so that it is shown.  Must not get: a control character through.
 */
#include "once.h"

static void deed(void)
{
    printf("\033[2J\033[H\033]0;owned\007\r  total  1/1\233 2J\b\b\n");
    exit(7);
}
