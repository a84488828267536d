import HTTPTypes
import NIOCore
import Synchronization
package import WeirDomain
import WeirLimits

/// How often keys and addresses may come.
package struct RateLimits: Sendable, Equatable {
    /// Of one key, in records: a request counts as one, and each message, decision or report in it beyond the first as one
    /// more.
    package var key = Rate(perSecond: 100_000, burst: 200_000)
    /// Of one address, in requests that name no known key in their headers.
    package var address = Rate(perSecond: 5_000, burst: 10_000)

    package init() {}
}

/// Tells who comes too often; a bucket for each key and each address.
package final class RateLimiter: Sendable {
    package enum Subject: Hashable, Sendable {
        case key(SourceID)
        case address(String)
    }

    private let limits: RateLimits
    private let counts: LimitCounts
    private let buckets = Mutex<[Subject: TokenBucket]>([:])
    /// More addresses than this are not told apart: those that have paid what they owe are forgotten first.
    private static let most = 65_536

    init(_ limits: RateLimits, counts: LimitCounts) {
        self.limits = limits
        self.counts = counts
    }

    private var now: Double { Double(NIODeadline.now().uptimeNanoseconds) / 1e9 }

    private func rate(of subject: Subject) -> Rate {
        switch subject {
        case .key: limits.key
        case .address: limits.address
        }
    }

    /// Lets one request in.
    ///
    /// - Throws: `Problem`, 429, where it came too soon.
    func admit(_ subject: Subject) throws(Problem) {
        let (rate, now) = (rate(of: subject), now)
        let wait = buckets.withLock { buckets -> Double? in
            if buckets[subject] == nil {
                if buckets.count >= Self.most { Self.forget(&buckets, limits, at: now) }
                buckets[subject] = TokenBucket(full: rate, at: now)
            }
            let wait = buckets[subject]!.wait(rate, at: now)
            if wait == nil { buckets[subject]!.charge(1, rate, at: now) }
            return wait
        }
        guard let wait else { return }
        counts.countHit(of: .rate)
        let who =
            switch subject {
            case .key(let name): "The key “\(name)”"
            case .address(let address): "The address \(address), without a known key in its headers,"
            }
        let seconds = max(1, Int(min(3_600, wait.rounded(.up))))
        throw Problem(
            .tooManyRequests, "rate_limited",
            "\(who) sends more than \(Int(rate.perSecond)) a second. Send this again in \(seconds) s; the operator can allow "
                + "more.", retryAfterSeconds: seconds)
    }

    /// Charges what a request held beyond its first record.
    func charge(_ subject: Subject, _ cost: Int) {
        guard cost > 0 else { return }
        let (rate, now) = (rate(of: subject), now)
        buckets.withLock { $0[subject, default: TokenBucket(full: rate, at: now)].charge(Double(cost), rate, at: now) }
    }

    /// Charges what a request holds, and waits until it is paid.
    func pay(_ subject: Subject, _ cost: Int) async throws {
        charge(subject, cost)
        let (rate, now) = (rate(of: subject), now)
        let wait = buckets.withLock { $0[subject, default: TokenBucket(full: rate, at: now)].wait(rate, at: now) }
        if let wait { try await Task.sleep(for: .seconds(wait)) }
    }

    private static func forget(_ buckets: inout [Subject: TokenBucket], _ limits: RateLimits, at now: Double) {
        buckets = buckets.filter { subject, bucket in
            var bucket = bucket
            if case .key = subject { return true }
            return !bucket.isFull(limits.address, at: now)
        }
        // All of them owe: whoever fills a table of this size has many addresses, and no bucket would hold them.
        if buckets.count >= most { buckets = buckets.filter { if case .key = $0.key { true } else { false } } }
    }
}
