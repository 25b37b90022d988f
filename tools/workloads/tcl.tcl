# tcl.tcl - lists, dictionaries and string substitution
proc random {n} { global seed; set seed [expr {($seed * 16807) % 2147483647}]; expr {$seed % $n} }
set seed 3
set words {}
for {set i 0} {$i < 500} {incr i} {
    set word ""
    for {set j 0} {$j < 3 + $i % 5} {incr j} { append word [format %c [expr {97 + [random 26]}]] }
    lappend words $word
}
foreach word $words { dict lappend index [string index $word 0] $word }
dict for {letter list} $index { set sorted($letter) [lsort -unique $list] }
set text [join $words " "]
for {set i 0} {$i < 30} {incr i} {
    regsub -all {([aeiou])([a-z])} $text {\2\1} text
    set text [string map {qu kw ph f} $text]
    set parts [split $text " "]
    set text [join [lreverse $parts] " "]
}
puts "[string length $text] [array size sorted] [llength $parts]"
