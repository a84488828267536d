import Foundation
import WeirDomain
import WeirJSON
import WeirStatistics

/// The replay under way: goes through the year day by day.
struct DemoReplay {
    let demo: Demo
    let client: DemoClient
    var report = DemoReport()
    /// Weir's probability for each (campaign, household), in the order of the campaigns; nil until it was scored.
    var probabilities: [Double?]

    private let firstRedemption: [String: Timestamp]
    private let wasSent: Set<String>
    private let firstRow: [Int]
    private var latency = LatencyHistogram()
    /// Decisions of the till that the log answers, by the moment of the answer.
    private var answers: [(time: Timestamp, decision: String, isRedeemed: Bool)] = []
    private var nextBasket = 0
    private var nextRedemption = 0
    private var nextCampaign = 0

    private var data: JourneyData { demo.data }

    init(_ demo: Demo, client: DemoClient, rows: [SegmentAverage.Row]) {
        self.demo = demo
        self.client = client
        probabilities = Array(repeating: nil, count: rows.count)
        firstRedemption = demo.data.firstRedemptions()
        wasSent = Set(demo.data.campaigns.flatMap { campaign in campaign.households.map { "\(campaign.id)/\($0)" } })
        var firstRow: [Int] = []
        var count = 0
        for campaign in demo.data.campaigns {
            firstRow.append(count)
            count += campaign.households.count
        }
        self.firstRow = firstRow
    }

    mutating func run(_ progress: @Sendable (DemoProgress) async -> Void) async throws {
        guard let first = data.campaigns.first?.start, let last = data.baskets.last?.time else { return }
        var state = DemoProgress(time: first, start: Timestamp(iso8601: "2017-01-01")!, end: last)
        state.toScore = probabilities.count
        state.allBaskets = data.baskets.count
        for day in first.day...last.day {
            let midnight = Timestamp(microseconds: Int64(day) * TimeSpan.day.microseconds)
            let hasWork = state.time >= state.start || hasCampaign(on: day)
            guard hasWork || midnight >= state.start else { continue }
            try await move(to: midnight)
            try await startCampaigns(on: day, &state)
            try await shop(on: day, &state, progress)
            try await redeem(on: day)
            state.time = midnight
            state.till = report.till
            if day % 7 == 0 { (state.segment, state.individual) = demo.comparison(probabilities) }
            await progress(state)
        }
        // What was still open when the year's data end.
        let end = Timestamp(microseconds: Int64(last.day + 1) * TimeSpan.day.microseconds)
        try await move(to: end)
        state.time = last
        state.till = report.till
        await progress(state)
        report.decideP50Milliseconds = Double(latency.quantile(0.5)) / 1e6
        report.decideP99Milliseconds = Double(latency.quantile(0.99)) / 1e6
    }

    /// Moves the server's clock, after all that was due before has been reported.
    private mutating func move(to time: Timestamp) async throws {
        try await reportAnswers(before: time)
        try await demo.advance(time)
    }

    private func hasCampaign(on day: Int) -> Bool { data.campaigns.contains { $0.start.day == day } }

    // MARK: Who gets the campaign

    private mutating func startCampaigns(on day: Int, _ state: inout DemoProgress) async throws {
        let first = nextCampaign
        // All that start today are scored before any of them is known to have been sent.
        while nextCampaign < data.campaigns.count, data.campaigns[nextCampaign].start.day == day {
            try await score(nextCampaign)
            state.scored += data.campaigns[nextCampaign].households.count
            nextCampaign += 1
        }
        for campaign in data.campaigns[first..<nextCampaign] {
            for households in campaign.households.chunks(of: 100) {
                try await collect(
                    DemoRequests.batch(of: households) { DemoRequests.sent(campaign, to: $0, into: &$1) })
            }
        }
    }

    private mutating func score(_ index: Int) async throws {
        let campaign = data.campaigns[index]
        let number = campaign.id.count < 2 ? "0" + campaign.id : campaign.id
        var row = firstRow[index]
        for households in campaign.households.chunks(of: 500) {
            var writer = JSONWriter(reserving: 128 * households.count)
            writer.object { writer in
                writer.name("requests")
                writer.array { writer in
                    for household in households {
                        DemoRequests.decide(household, at: campaign.start, given: "mailing-\(number)", into: &writer)
                    }
                }
            }
            let answer = try await client.post("/v1/decide/batch", writer.bytes)
            for decision in answer["decisions"]?.array ?? [] {
                guard let probability = decision["probability"]?.double else {
                    throw DemoError.refused(path: "/v1/decide/batch", status: 200, body: decision.text)
                }
                probabilities[row] = probability
                row += 1
                report.decisions += 1
            }
        }
    }

    private mutating func redeem(on day: Int) async throws {
        let first = nextRedemption
        while nextRedemption < data.redemptions.count, data.redemptions[nextRedemption].day.day <= day {
            nextRedemption += 1
        }
        // The log knows the day only; at its end nothing of that day was decided with it.
        let time = Timestamp(microseconds: (Int64(day) + 1) * TimeSpan.day.microseconds - TimeSpan.second.microseconds)
        if first < nextRedemption { try await move(to: time) }
        for redemptions in data.redemptions[first..<nextRedemption].chunks(of: 100) {
            try await collect(
                DemoRequests.batch(of: redemptions) { DemoRequests.redemption($0, at: time, of: data, into: &$1) })
        }
    }

    private mutating func collect(_ body: [UInt8]) async throws {
        let answer = try await client.post("/v1/batch", body)
        report.events += Int(answer["accepted"]?.integer ?? 0)
        report.quarantined += answer["rejected"]?.array?.count ?? 0
    }

    // MARK: The moment of interaction

    private mutating func shop(
        on day: Int, _ state: inout DemoProgress, _ progress: @Sendable (DemoProgress) async -> Void
    ) async throws {
        while nextBasket < data.baskets.count, data.baskets[nextBasket].time.day <= day {
            // As many as can be asked for at once: a household's next decision must know its last basket.
            var households: Set<String> = []
            let first = nextBasket
            while nextBasket < data.baskets.count, data.baskets[nextBasket].time.day <= day, nextBasket - first < 64,
                households.insert(data.baskets[nextBasket].household).inserted
            { nextBasket += 1 }
            let baskets = data.baskets[first..<nextBasket]
            try await move(to: baskets.last!.time)
            for (basket, answer) in zip(baskets, try await ask(baskets)) { count(answer, for: basket) }
            try await collect(
                DemoRequests.batch(of: baskets) { DemoRequests.basket($0, of: data, into: &$1) })
            report.baskets += baskets.count
            state.baskets = report.baskets
            state.time = baskets.last!.time
            state.till = report.till
        }
        await progress(state)
    }

    private struct Answer: Sendable {
        var decision: String
        var offer: String?
        var isHeldOut: Bool
        var isExplored: Bool
        var took: UInt64
    }

    private func ask(_ baskets: ArraySlice<JourneyData.Basket>) async throws -> [Answer] {
        let client = client
        return try await withThrowingTaskGroup(of: (Int, Answer).self) { group in
            var answers = [Answer?](repeating: nil, count: baskets.count)
            var next = baskets.startIndex
            func askNext() {
                guard next < baskets.endIndex else { return }
                let (position, basket) = (next - baskets.startIndex, baskets[next])
                next += 1
                group.addTask {
                    var writer = JSONWriter(reserving: 128)
                    DemoRequests.decide(basket.household, at: basket.time, into: &writer)
                    let start = ContinuousClock.now
                    let answer = try await client.post(
                        "/v1/decide", writer.bytes, key: "basket-\(basket.id)")
                    let took = start.duration(to: .now) / .nanoseconds(1)
                    return (
                        position,
                        Answer(
                            decision: answer["decision"]?.string ?? "", offer: answer["offer"]?["id"]?.string,
                            isHeldOut: answer["assignment"]?.string == "held_out",
                            isExplored: answer["explored"]?.bool ?? false, took: UInt64(max(0, took)))
                    )
                }
            }
            for _ in 0..<Demo.concurrency { askNext() }
            while let (position, answer) = try await group.next() {
                answers[position] = answer
                askNext()
            }
            return answers.map { $0! }
        }
    }

    private mutating func count(_ answer: Answer, for basket: JourneyData.Basket) {
        latency.record(nanoseconds: answer.took)
        report.decisions += 1
        report.till.decisions += 1
        if answer.isHeldOut { report.till.heldOut += 1 }
        if answer.isExplored { report.till.explored += 1 }
        guard let offer = answer.offer else { return }
        report.till.offers += 1
        let number = offer.hasPrefix("till-offer-") ? String(offer.dropFirst(11)) : offer
        let id = number.hasPrefix("0") ? String(number.dropFirst()) : number
        guard wasSent.contains("\(id)/\(basket.household)"), let campaign = data.campaigns.first(where: { $0.id == id })
        else { return }

        // The log has an answer: a first redemption after this moment and inside the offer's window, or none.
        let closes = min(basket.time + Self.window, campaign.end)
        report.till.answered += 1
        let redeemed = firstRedemption["\(id)/\(basket.household)"].map { $0 + .day - .second }
        if let redeemed, redeemed > basket.time, redeemed < closes {
            answers.append((redeemed, answer.decision, true))
            report.till.redeemed += 1
        } else {
            answers.append((closes - .second, answer.decision, false))
        }
    }

    /// As `window` of the catalog's goal `till-redemption`.
    private static let window = TimeSpan.days(7)

    /// Reports what the log has answered by now.
    private mutating func reportAnswers(before now: Timestamp) async throws {
        let due = answers.filter { $0.time < now }.sorted { ($0.time, $0.decision) < ($1.time, $1.decision) }
        answers.removeAll { $0.time < now }
        for answers in due.chunks(of: 200) {
            var writer = JSONWriter(reserving: 128 * answers.count)
            writer.object { writer in
                writer.name("outcomes")
                writer.array { writer in
                    for answer in answers {
                        writer.object { writer in
                            writer.member("decision", answer.decision)
                            writer.member("outcome", answer.isRedeemed ? "converted" : "not_converted")
                            writer.member("time", answer.time.iso8601)
                        }
                    }
                }
            }
            let reply = try await client.post("/v1/outcomes", writer.bytes)
            report.outcomes += reply["results"]?.array?.count { $0["result"]?.string == "recorded" } ?? 0
        }
    }
}

extension Collection {
    /// Its elements in order, so many at a time.
    func chunks(of size: Int) -> [SubSequence] {
        var chunks: [SubSequence] = []
        var start = startIndex
        while start != endIndex {
            let end = index(start, offsetBy: size, limitedBy: endIndex) ?? endIndex
            chunks.append(self[start..<end])
            start = end
        }
        return chunks
    }
}
