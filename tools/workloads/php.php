<?php
// php.php - objects, arrays, regular expressions and a sort; run with
// USE_ZEND_ALLOC=0, so that every request reaches malloc
class Node { public $left, $right, $key, $text;
    function __construct($key) { $this->key = $key; $this->text = str_repeat(chr(65 + $key % 26), $key % 40); } }
function insert($node, $key) {
    if (!$node) return new Node($key);
    if ($key < $node->key) $node->left = insert($node->left, $key);
    else $node->right = insert($node->right, $key);
    return $node; }
function walk($node, &$out) {
    if ($node) { walk($node->left, $out); $out[] = "$node->key:$node->text"; walk($node->right, $out); } }
mt_srand(7);
$root = null;
for ($i = 0; $i < 900; $i++) $root = insert($root, mt_rand(0, 99999));
walk($root, $out);
$words = [];
foreach ($out as $line) foreach (preg_split('/[:A]/', $line) as $w) $words[$w] = ($words[$w] ?? 0) + 1;
uasort($words, fn($a, $b) => $b <=> $a);
$json = json_encode(array_slice($words, 0, 300));
for ($i = 0; $i < 8; $i++) { $back = json_decode($json, true); $json = json_encode(array_reverse($back, true)); }
echo strlen(implode(',', array_map('strrev', $out))), ' ', strlen($json), "\n";
