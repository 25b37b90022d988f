/* blocks.h - defines a variable, tentatively, in every file that includes it */
char *last_block;
int block_count;
