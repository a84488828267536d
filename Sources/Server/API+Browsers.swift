import HTTPTypes
import Hummingbird
import WeirJSON

/// What pages load.
extension API {
    func browserClient(_ call: Call) async throws -> Response {
        var response = Response.bytes(Array(BrowserClient.script.utf8), "text/javascript; charset=utf-8")
        response.headers[.cacheControl] = "public, max-age=3600"
        response.headers[.resourcePolicy] = "cross-origin"
        return response
    }

    /// What Segment's client for browsers reads before it sends: where to send, and that nothing else is to be loaded.
    ///
    /// Source: segmentio/analytics-next, `packages/browser/src/browser/settings.ts`.
    func pageSettings(_ call: Call) async throws -> Response {
        let key = call.argument("key")
        // Behind a proxy that speaks HTTPS the server itself does not.
        let forwarded = call.head.headerFields[.forwardedProtocol]?.lowercased()
        let isSecure = settings.certificatePath != nil || forwarded == "https"
        let host = call.head.authority ?? "\(settings.host):\(settings.port)"
        let enabled: JSON = ["enabled": true, "integrations": [:]]
        let document: JSON = [
            "integrations": [
                "Segment.io": [
                    "apiKey": .string(key), "apiHost": .string(host + "/v1"), "protocol": isSecure ? "https" : "http",
                    "unbundledIntegrations": [], "addBundledMetadata": true, "maybeBundledConfigIds": [:],
                    "versionSettings": ["version": "4.4.7", "componentTypes": ["browser"]],
                ]
            ],
            "plan": [
                "track": ["__default": enabled], "identify": ["__default": enabled], "group": ["__default": enabled],
            ],
            "edgeFunction": [:], "analyticsNextEnabled": true, "middlewareSettings": [:], "enabledMiddleware": [:],
            "metrics": ["sampleRate": 0], "legacyVideoPluginsEnabled": false, "remotePlugins": [],
        ]
        var response = Response.bytes(document.bytes, "application/json")
        response.headers[.resourcePolicy] = "cross-origin"
        return response
    }
}

extension HTTPField.Name {
    fileprivate static let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy")!
    fileprivate static let forwardedProtocol = HTTPField.Name("X-Forwarded-Proto")!
}
