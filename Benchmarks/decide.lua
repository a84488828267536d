-- One decision per request, for one of 10,000 customers.
math.randomseed(7)
local headers = { ["Content-Type"] = "application/json" }
function request()
    local body = string.format('{"customer":"customer-%d","placement":"till","context":{"basket":%d}}',
        math.random(0, 9999), math.random(1, 90))
    return wrk.format("POST", "/v1/decide", headers, body)
end
