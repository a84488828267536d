package import WeirDomain

/// Makes those wait who try passwords, and nobody else.
///
/// A name is never locked as such, or anybody could lock out its owner. Failures count against where they come from: a
/// browser in which that person has signed in before (it has a cookie that says so), or else an address together with the
/// name. So who guesses at a name from elsewhere, even through the same proxy, does not hold up its owner's browser.
///
/// Source: OWASP, "Slow Down Online Guessing Attacks with Device Cookies".
package struct SignInGuard: Sendable {
    package enum Origin: Sendable, Hashable {
        /// A browser that is known for this person.
        case device(String)
        case address(String, name: String)
        /// Whatever name it tries.
        case anyName(address: String)

        /// How many failures cost nothing; people mistype.
        fileprivate var free: Int {
            switch self {
            case .device, .address: 5
            case .anyName: 30
            }
        }
    }

    private struct Tally: Sendable {
        var failures = 0
        var last: Timestamp
    }

    /// The longest wait, in seconds; after twice as long without a failure all is forgotten.
    package static let longestWaitSeconds: Int64 = 900
    /// Origins that are remembered; beyond it those whose last failure is the longest ago are forgotten.
    package static let bound = 20_000
    private var tallies: [Origin: Tally] = [:]

    package init() {}

    /// How many seconds these have to wait before another attempt; 0 where it may be made now.
    package func wait(of origins: [Origin], at now: Timestamp) -> Int64 {
        origins.map { wait(of: $0, at: now) }.max() ?? 0
    }

    private func wait(of origin: Origin, at now: Timestamp) -> Int64 {
        guard let tally = tallies[origin], tally.failures > origin.free else { return 0 }
        let doublings = min(tally.failures - origin.free - 1, 20)
        let wait = min(Int64(1) << Int64(doublings), Self.longestWaitSeconds)
        let left = wait * 1_000_000 - (now.microseconds - tally.last.microseconds)
        return left <= 0 ? 0 : min((left + 999_999) / 1_000_000, wait)
    }

    package mutating func recordFailure(of origins: [Origin], at now: Timestamp) {
        if tallies.count + origins.count > Self.bound { forget(at: now) }
        for origin in origins {
            var tally = tallies[origin] ?? Tally(last: now)
            if isForgotten(tally, at: now) { tally.failures = 0 }
            tally.failures += 1
            tally.last = now
            tallies[origin] = tally
        }
    }

    /// What failed before was the person's own mistyping. That other names were tried from the address still counts.
    package mutating func recordSuccess(of origins: [Origin]) {
        for origin in origins {
            if case .anyName = origin { continue }
            tallies[origin] = nil
        }
    }

    private func isForgotten(_ tally: Tally, at now: Timestamp) -> Bool {
        now.microseconds - tally.last.microseconds > 2 * Self.longestWaitSeconds * 1_000_000
    }

    private mutating func forget(at now: Timestamp) {
        tallies = tallies.filter { !isForgotten($0.value, at: now) }
        guard tallies.count > Self.bound * 3 / 4 else { return }
        for (origin, _) in tallies.sorted(by: { $0.value.last < $1.value.last }).prefix(tallies.count / 4) {
            tallies[origin] = nil
        }
    }
}
