import NIOCore
import Synchronization
import WeirLimits

/// How many connections there may be.
package struct ConnectionLimits: Sendable, Equatable {
    package var total = 16_384
    /// Of one address, of connections that have not shown a key that may decide or manage.
    package var perAddress = 8_192
    /// Kept for connections that have shown such a key, as a share of all.
    package var reserve = 0.125

    package init() {}
}

/// What a connection has shown of itself, the least first.
package enum Standing: Int, Sendable, CaseIterable {
    case unknown, collects, decides
}

/// Who gives way where there are too many connections: whoever has shown the least, the oldest first; nobody who decides.
///
/// A value without channels, so that it can be tried with any.
package struct ConnectionOrder<ID: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var address: String
        var standing: Standing
    }

    /// IDs in the order in which they came; some may have gone or risen since.
    private struct Line: Sendable {
        var ids: [ID] = []
        var first = 0

        mutating func append(_ id: ID) { ids.append(id) }

        /// The oldest that still counts.
        mutating func next(where counts: (ID) -> Bool) -> ID? {
            while first < ids.count, !counts(ids[first]) { first += 1 }
            return first < ids.count ? ids[first] : nil
        }

        /// Forgets those that do not count any more where they are most of the line.
        mutating func shorten(to count: Int, where counts: (ID) -> Bool) {
            guard ids.count > 2 * count + 64 else { return }
            ids = ids[first...].filter(counts)
            first = 0
        }
    }

    private let limits: ConnectionLimits
    private var entries: [ID: Entry] = [:]
    private var deciding = 0
    private var lines: [[Line]] = []
    private var byAddress: [String: (count: Int, line: Line)] = [:]
    private var oldest: [Line] = Array(repeating: Line(), count: Standing.allCases.count)

    package init(_ limits: ConnectionLimits) { self.limits = limits }

    package var count: Int { entries.count }

    /// Takes a connection in.
    ///
    /// - Returns: Who has to give way for it; the newcomer itself where nobody can.
    package mutating func open(_ id: ID, from address: String) -> ID? {
        let others = entries.count - deciding
        let isFull =
            entries.count >= limits.total || others >= limits.total - Int(Double(limits.total) * limits.reserve)
        var victim: ID?
        if (byAddress[address]?.count ?? 0) >= limits.perAddress {
            let entries = entries
            victim = byAddress[address]!.line.next { entries[$0].map { $0.standing != .decides } ?? false }
        } else if isFull {
            victim = weakest()
            if victim == nil, entries.count >= limits.total { return id }
        }
        if let victim { close(victim) }
        entries[id] = Entry(address: address, standing: .unknown)
        oldest[Standing.unknown.rawValue].append(id)
        byAddress[address, default: (0, Line())].count += 1
        byAddress[address]!.line.append(id)
        shorten(address)
        return victim
    }

    private mutating func weakest() -> ID? {
        for standing in [Standing.unknown, .collects] {
            let entries = entries
            if let id = oldest[standing.rawValue].next(where: { entries[$0]?.standing == standing }) { return id }
        }
        return nil
    }

    /// A connection has shown a key.
    package mutating func rise(_ id: ID, to standing: Standing) {
        guard let entry = entries[id], entry.standing.rawValue < standing.rawValue else { return }
        entries[id]!.standing = standing
        oldest[standing.rawValue].append(id)
        if standing == .decides {
            deciding += 1
            leave(entry.address)
        }
    }

    package mutating func close(_ id: ID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        if entry.standing == .decides { deciding -= 1 } else { leave(entry.address) }
    }

    private mutating func leave(_ address: String) {
        byAddress[address]?.count -= 1
        if byAddress[address]?.count == 0 { byAddress[address] = nil }
    }

    private mutating func shorten(_ address: String) {
        let entries = entries
        if let (count, _) = byAddress[address] {
            byAddress[address]!.line.shorten(to: count) { entries[$0].map { $0.standing != .decides } ?? false }
        }
        for standing in Standing.allCases {
            oldest[standing.rawValue].shorten(to: entries.count) { entries[$0]?.standing == standing }
        }
    }
}

/// The connections of a server.
final class ConnectionTable: Sendable {
    private struct State {
        var order: ConnectionOrder<ObjectIdentifier>
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let state: Mutex<State>
    private let counts: LimitCounts

    init(_ limits: ConnectionLimits, counts: LimitCounts) {
        state = Mutex(State(order: ConnectionOrder(limits)))
        self.counts = counts
    }

    var count: Int { state.withLock { $0.order.count } }

    func open(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let victim = state.withLock { state -> (any Channel)? in
            let victim = state.order.open(id, from: Self.address(of: channel))
            if victim != id { state.channels[id] = channel }
            return victim.flatMap { $0 == id ? channel : state.channels.removeValue(forKey: $0) }
        }
        guard let victim else { return }
        counts.countHit(of: .connections)
        victim.close(promise: nil)
    }

    func close(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        state.withLock { state in
            state.order.close(id)
            state.channels[id] = nil
        }
    }

    func rise(_ channel: any Channel, to standing: Standing) {
        state.withLock { $0.order.rise(ObjectIdentifier(channel), to: standing) }
    }

    /// Whom a connection comes from: of IPv6 the network, since one customer has all of its addresses.
    static func address(of channel: any Channel) -> String {
        guard let address = channel.remoteAddress else { return "" }
        guard address.protocol == .inet6 else { return address.ipAddress ?? "" }
        return address.withSockAddr { pointer, _ in
            // The address stands behind family, port and flow.
            let bytes = Array(UnsafeRawBufferPointer(start: pointer, count: 24)[8..<24])
            let isIPv4 = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
            if isIPv4 { return bytes[12...].map { String($0) }.joined(separator: ".") }
            return bytes[..<8].map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}
