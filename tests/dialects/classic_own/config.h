/* config.h - of a lab of old: other meanings than ours */
#define ALIGNMENT 8
#define MAX_HEAP  (20 * (1 << 20))
