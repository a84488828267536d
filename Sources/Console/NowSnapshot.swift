package import WeirDomain

/// Everything that the page Now shows, as of one moment; the server fills it from the engine.
///
/// All but the time and the currency may be left out: the page then says what will appear and how to make it appear.
package struct NowSnapshot: Sendable, Equatable {
    package enum Mode: Sendable, Equatable {
        case live
        case replaying(Replay)
    }

    package var mode: Mode
    /// When the figures were read, by the wall clock.
    package var generatedTime: Timestamp
    package var catalogVersion: String
    package var modelVersion: String
    /// The catalog's currency: that of utilities, values and costs.
    package var currency: Currency
    package var decisions: Flow
    /// Outcomes that the models have learned from.
    package var outcomes: Flow
    package var decideLatency: Latency?
    /// 99 % of outcomes have changed the model within so many seconds of their arrival.
    package var outcomeToModelP99Seconds: Double?
    package var budgets: [BudgetStatus]
    /// The first is the headline.
    package var effects: [MeasuredEffect]
    /// Decisions whose outcome is still open, by goal.
    package var open: [OpenDecisions]
    /// Share of customers who never get an offer, in 0 ≤ share < 1.
    package var universalHoldout: Double
    /// What became of recent decisions; nil before the first.
    package var mix: DecisionMix?
    /// Newest first; the page shows twelve.
    package var latest: [RecentDecision]
    package var explained: ExplainedDecision?
    package var targeting: TargetingComparison?
    package var sources: [SourceStatus]
    /// What the engine stopped or paused, and what to do about it.
    package var notices: [Notice]
    package var commands: FirstCommands

    package init(
        mode: Mode = .live, generatedTime: Timestamp, catalogVersion: String = "", modelVersion: String = "",
        currency: Currency, decisions: Flow = Flow(), outcomes: Flow = Flow(), decideLatency: Latency? = nil,
        outcomeToModelP99Seconds: Double? = nil, budgets: [BudgetStatus] = [], effects: [MeasuredEffect] = [],
        open: [OpenDecisions] = [],
        universalHoldout: Double = 0, mix: DecisionMix? = nil, latest: [RecentDecision] = [],
        explained: ExplainedDecision? = nil, targeting: TargetingComparison? = nil, sources: [SourceStatus] = [],
        notices: [Notice] = [], commands: FirstCommands = FirstCommands()
    ) {
        self.mode = mode
        self.generatedTime = generatedTime
        self.catalogVersion = catalogVersion
        self.modelVersion = modelVersion
        self.currency = currency
        self.decisions = decisions
        self.outcomes = outcomes
        self.decideLatency = decideLatency
        self.outcomeToModelP99Seconds = outcomeToModelP99Seconds
        self.budgets = budgets
        self.effects = effects
        self.open = open
        self.universalHoldout = universalHoldout
        self.mix = mix
        self.latest = latest
        self.explained = explained
        self.targeting = targeting
        self.sources = sources
        self.notices = notices
        self.commands = commands
    }

    /// The moment on the data's own clock: the replayed one, or now.
    package var dataTime: Timestamp {
        if case .replaying(let replay) = mode { replay.currentTime } else { generatedTime }
    }
}

/// How far a replay of history has come.
package struct Replay: Sendable, Equatable {
    /// What is replayed, as in "replaying 2017".
    package var name: String
    package var currentTime: Timestamp
    /// In 0 ... 1.
    package var progress: Double

    package init(name: String, currentTime: Timestamp, progress: Double) {
        self.name = name
        self.currentTime = currentTime
        self.progress = progress
    }
}

/// How fast something happens.
package struct Flow: Sendable, Equatable {
    /// Since the store was made.
    package var total: Int
    package var perSecond: Double
    /// The rate in each of the last 60 steps, oldest first.
    package var series: [Double]
    /// The length of a step in seconds; > 0.
    package var stepSeconds: Double

    package init(total: Int = 0, perSecond: Double = 0, series: [Double] = [], stepSeconds: Double = 1) {
        self.total = total
        self.perSecond = perSecond
        self.series = series
        self.stepSeconds = stepSeconds
    }
}

/// How long answers take, until durable.
package struct Latency: Sendable, Equatable {
    package var p50Milliseconds: Double
    package var p99Milliseconds: Double

    package init(p50Milliseconds: Double, p99Milliseconds: Double) {
        self.p50Milliseconds = p50Milliseconds
        self.p99Milliseconds = p99Milliseconds
    }
}

/// Something that needs a person: said by the engine, shown at the top.
package struct Notice: Sendable, Equatable {
    package enum Level: Sendable { case paused, stopped }

    package var level: Level
    /// What happened and what to do, as sentences.
    package var text: String

    package init(level: Level, text: String) {
        self.level = level
        self.text = text
    }
}

/// Decisions of one goal of which nothing has come yet, and still may.
package struct OpenDecisions: Sendable, Equatable {
    package var goal: String
    /// > 0.
    package var count: Int
    /// When the first of them can be counted; by the data's clock.
    package var firstCloses: Timestamp

    package init(goal: String, count: Int, firstCloses: Timestamp) {
        self.goal = goal
        self.count = count
        self.firstCloses = firstCloses
    }

    /// "1,249 outcomes are still open; the first window closes on …": what is not known yet, and when it will be.
    func sentence(at now: Timestamp) -> String {
        let outcomes = count == 1 ? "1 outcome is" : "\(Figure.whole(count)) outcomes are"
        let wait = firstCloses.since(now)
        let moment =
            wait >= .zero && wait < .day ? "in \(Figure.duration(wait))" : "on \(Figure.fullDate(firstCloses))"
        return "\(outcomes) still open; the \(count == 1 ? "" : "first ")window closes \(moment)."
    }
}

/// The commands that make an empty page fill, shown where something is still missing.
package struct FirstCommands: Sendable, Equatable {
    package var event: String
    package var decision: String
    package var outcome: String
    package var catalog: String

    package init(
        event: String = """
        curl http://localhost:8080/v1/track -u WRITE_KEY: \\
          -H 'content-type: application/json' \\
          -d '{"userId": "c-1", "event": "Product Viewed"}'
        """,
        decision: String = """
        curl http://localhost:8080/v1/decide \\
          -H 'content-type: application/json' \\
          -d '{"customer": "c-1", "placement": "PLACEMENT"}'
        """,
        outcome: String = """
        curl http://localhost:8080/v1/outcomes \\
          -H 'content-type: application/json' \\
          -d '{"decision": "d-1", "outcome": "converted"}'
        """,
        catalog: String = "weir apply"
    ) {
        self.event = event
        self.decision = decision
        self.outcome = outcome
        self.catalog = catalog
    }
}
