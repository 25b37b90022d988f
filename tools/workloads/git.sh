# git.sh - makes the repository in which git is recorded: 24 commits of text
# that grows, moves and shrinks, always the same to the last hash
set -e
export GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'
git init -q -b main repository
cd repository
git config user.name 'A Programmer'
git config user.email programmer@example.org
git config gc.auto 0
for n in $(seq 24); do
    mkdir -p "dir$((n % 4))"
    file=dir$((n % 4))/file$((n % 7)).txt
    for i in $(seq 25); do
        echo "line $i of change $((n - i % 3)) is $((n * i % 17))"
    done >>"$file"
    if [ $((n % 6)) = 0 ]; then
        git mv -f "$file" "dir0/moved$n.txt" 2>/dev/null || git add .
    fi
    sed -i "$((n % 20 + 1))d" dir*/*.txt
    git add .
    git commit -q -m "change $n: what was done and why, in a sentence"
    if [ $((n % 10)) = 0 ]; then git tag "v$n"; fi
done
git repack -q -a -d --threads=1
