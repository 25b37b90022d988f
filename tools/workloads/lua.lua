-- lua.lua - n-body objects with closures, a trie of words, strings joined and
-- split, tables that grow and are thrown away
local words = {}
local seed = 42
local function random(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n
end
for i = 1, 1500 do
    local letters = {}
    for j = 1, 2 + random(8) do
        letters[j] = string.char(97 + random(26))
    end
    words[i] = table.concat(letters)
end

local trie = {}
local function insert(word, value)
    local node = trie
    for c in word:gmatch('.') do
        node[c] = node[c] or {}
        node = node[c]
    end
    node.value = value
end
for i, word in ipairs(words) do insert(word, i) end

local Body = {}
Body.__index = Body
function Body.new(x, y) return setmetatable({x = x, y = y, trail = {}}, Body) end
function Body:step(t)
    self.x, self.y = self.x + t, self.y - t * t
    self.trail[#self.trail + 1] = ('%.3f,%.3f'):format(self.x, self.y)
    if #self.trail > 40 then self.trail = {self.trail[#self.trail]} end
end
local bodies = {}
for i = 1, 60 do bodies[i] = Body.new(i, -i) end
for t = 1, 120 do
    for _, b in ipairs(bodies) do b:step(t / 100) end
end

local parts = {}
for round = 1, 30 do
    local line = {}
    for i = 1, 40 do line[i] = words[random(#words) + 1]:upper():rep(2, '-') end
    parts[round] = table.concat(line, ' ')
end
local count = 0
for word in table.concat(parts, '\n'):gmatch('%a+') do
    count = count + #word
end
print(count, #words, bodies[7].trail[1])
