/* honest.c - tries nothing: what the attacks are held against. */
#include "honest.h"
