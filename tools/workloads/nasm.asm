; nasm.asm - macros that make code, for an assembler; -dN is how much
%ifndef N
%define N 16
%endif
%macro entry 3
name_%1_%2: mov eax, %1
    add eax, %2 * %3
    cmp eax, name_%1_%2
    jne name_%1_%2
    db "entry %1 of %2", 0
%endmacro
%assign i 0
%rep N
  %assign j 0
  %rep 8
    entry %[i], %[j], 3
    %assign j j+1
  %endrep
  %assign i i+1
%endrep
