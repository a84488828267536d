public import WeirDomain

/// Everything that the page Now shows, as of one moment; the server fills it from the engine.
///
/// All but the time and the currency may be left out: the page then says what will appear and how to make it appear.
public struct NowSnapshot: Sendable, Equatable {
    public enum Mode: Sendable, Equatable {
        case live
        case replaying(Replay)
    }

    public var mode: Mode
    /// When the figures were read, by the wall clock.
    public var generatedTime: Timestamp
    public var catalogVersion: String
    public var modelVersion: String
    /// The catalog's currency: that of utilities, values and costs.
    public var currency: Currency
    public var decisions: Flow
    /// Outcomes that the models have learned from.
    public var outcomes: Flow
    public var decideLatency: Latency?
    /// 99 % of outcomes have changed the model within so many seconds of their arrival.
    public var outcomeToModelP99Seconds: Double?
    public var budgets: [BudgetStatus]
    /// The first is the headline.
    public var effects: [MeasuredEffect]
    /// Share of customers who never get an offer, in 0 ≤ share < 1.
    public var universalHoldout: Double
    /// What became of recent decisions; nil before the first.
    public var mix: DecisionMix?
    /// Newest first; the page shows twelve.
    public var latest: [RecentDecision]
    public var explained: ExplainedDecision?
    public var targeting: TargetingComparison?
    public var sources: [SourceStatus]
    /// What the engine stopped or paused, and what to do about it.
    public var notices: [Notice]
    public var commands: FirstCommands

    public init(
        mode: Mode = .live, generatedTime: Timestamp, catalogVersion: String = "", modelVersion: String = "",
        currency: Currency, decisions: Flow = Flow(), outcomes: Flow = Flow(), decideLatency: Latency? = nil,
        outcomeToModelP99Seconds: Double? = nil, budgets: [BudgetStatus] = [], effects: [MeasuredEffect] = [],
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
    public var dataTime: Timestamp {
        if case .replaying(let replay) = mode { replay.currentTime } else { generatedTime }
    }
}

/// How far a replay of history has come.
public struct Replay: Sendable, Equatable {
    /// What is replayed, as in "replaying 2017".
    public var name: String
    public var currentTime: Timestamp
    /// In 0 ... 1.
    public var progress: Double

    public init(name: String, currentTime: Timestamp, progress: Double) {
        self.name = name
        self.currentTime = currentTime
        self.progress = progress
    }
}

/// How fast something happens.
public struct Flow: Sendable, Equatable {
    /// Since the store was made.
    public var total: Int
    public var perSecond: Double
    /// The rate in each of the last 60 steps, oldest first.
    public var series: [Double]
    /// The length of a step in seconds; > 0.
    public var stepSeconds: Double

    public init(total: Int = 0, perSecond: Double = 0, series: [Double] = [], stepSeconds: Double = 1) {
        self.total = total
        self.perSecond = perSecond
        self.series = series
        self.stepSeconds = stepSeconds
    }
}

/// How long answers take, until durable.
public struct Latency: Sendable, Equatable {
    public var p50Milliseconds: Double
    public var p99Milliseconds: Double

    public init(p50Milliseconds: Double, p99Milliseconds: Double) {
        self.p50Milliseconds = p50Milliseconds
        self.p99Milliseconds = p99Milliseconds
    }
}

/// Something that needs a person: said by the engine, shown at the top.
public struct Notice: Sendable, Equatable {
    public enum Level: Sendable { case paused, stopped }

    public var level: Level
    /// What happened and what to do, as sentences.
    public var text: String

    public init(level: Level, text: String) {
        self.level = level
        self.text = text
    }
}

/// The commands that make an empty page fill, shown where something is still missing.
public struct FirstCommands: Sendable, Equatable {
    public var event: String
    public var decision: String
    public var outcome: String
    public var catalog: String

    public init(
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
