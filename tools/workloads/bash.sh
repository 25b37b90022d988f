# bash.sh - arrays, tables, functions and much cutting of strings
declare -A count first
words=()

split() {
    local line=$1 word
    line=${line//[^a-z ]/}
    for word in $line; do
        words+=("$word")
        count[$word]=$((${count[$word]:-0} + 1))
        : "${first[$word]:=${#words[@]}}"
    done
}

reverse() {
    local text=$1 out= i
    for ((i = ${#text} - 1; i >= 0; i--)); do
        out+=${text:i:1}
    done
    printf -v "$2" %s "$out"
}

for ((n = 0; n < 5; n++)); do
    split "the heap $n grows as the program asks and shrinks as it frees"
    split "a block of $((n * n)) bytes lies between a small one and the break"
done

for word in "${!count[@]}"; do
    reverse "$word" backwards
    lines+=("${count[$word]} $word $backwards ${first[$word]}")
done

while read -r n word rest; do
    case $word in
    [a-m]*) early+=" $word:$n" ;;
    *) late=${late:+$late,}${word^^} ;;
    esac
done <<<"$(printf '%s\n' "${lines[@]}")"

fib() {
    local n=$1 a b
    ((n < 2)) && { result=$n; return; }
    fib $((n - 1)); a=$result
    fib $((n - 2)); b=$result
    result=$((a + b))
}
fib 6
echo "${#words[@]} words, $result," $early "$late"
