/// What a request body holds: one message of a kind, or many of any kind.
package enum Endpoint: String, Sendable, CaseIterable {
    case track, identify, page, screen, group, alias, batch
}
