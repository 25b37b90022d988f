# jq.jq - build records, group, index, render as text, parse again
def fib: if . < 2 then . else (. - 1 | fib) + (. - 2 | fib) end;
[range(120) | {id: ., kind: "k\(. % 7)", size: (. * 37 % 101),
               tags: ["t\(. % 3)", "u\(. % 11)"]}]
| . as $all
| {kinds: (group_by(.kind) | map({key: .[0].kind, value: map(.size)})
           | from_entries),
   large: [.[] | select(.size > 60) | .id],
   tags: (map(.tags[]) | unique),
   text: (map("\(.id):\(.kind)") | join(" ") | ascii_upcase),
   again: ($all | tojson | fromjson | map(.size) | add),
   words: ([$all[] | .kind + "-" + (.size | tostring)] | sort | .[0:40]),
   fib: (10 | fib)}
| .text |= (split(" ") | map(select(test("K[1-3]"))) | length)
