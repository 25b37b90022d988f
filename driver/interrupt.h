/*
 * interrupt.h - the user wants the driver to stop
 *
 * Remembers the signal and does nothing else: whoever waits looks here, ends
 * what is under way and leaves in good order.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

/* interrupt_catch - from now on SIGINT, SIGTERM and SIGHUP are remembered
 *     instead of ending the driver; one that whoever started us ignores stays
 *     ignored. */
void interrupt_catch(void);

/* interrupt_signal - the last signal that came, 0 for none. */
int interrupt_signal(void);

#endif
