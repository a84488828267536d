-- Batches of 100 orders with message ids of their own.
math.randomseed(os.time())
local headers = { ["Content-Type"] = "application/json" }
local parts = {}
for index = 1, 100 do
    parts[index] = '{"type":"track","event":"Order Completed","userId":"customer-%d","messageId":"%d-' .. index
        .. '-5c1d8f2e","timestamp":"2026-06-01T12:00:00.000Z","properties":{"order_id":"o-' .. index
        .. '","revenue":42.5,"store":"s' .. index % 8
        .. '","currency":"USD","products":[{"product_id":"p1","category":"c1","price":3.5,"quantity":2},'
        .. '{"product_id":"p2","category":"c2","price":7.25,"quantity":1}]},"context":{"library":{"name":"bench","version":"1"}}}'
end
local run = math.random(1, 2 ^ 40)
local count = 0
local first = '{"batch":['
local last = '],"sentAt":null}'
function request()
    count = count + 1
    local customer = math.random(0, 9999)
    local batch = {}
    for index = 1, 100 do
        batch[index] = string.format(parts[index], (customer + index * 97) % 10000, run + count)
    end
    return wrk.format("POST", "/v1/batch", headers, first .. table.concat(batch, ",") .. last)
end
