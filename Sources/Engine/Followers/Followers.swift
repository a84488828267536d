import WeirStorage

/// All followers, in the order in which they are told.
struct Followers: Sendable {
    private(set) var all: [any Follower]
    /// For each kind of record the places of those who follow it.
    private let places: [[Int]]

    /// Here they are named. Each is told after those before it: whom a record is about comes first, money moves before an
    /// outcome closes its decision, a code is used before that becomes an outcome, and lessons come last.
    static func list(_ shared: SharedState) -> [any Follower] {
        [
            IdentityFollower(shared),
            ProfileFollower(shared),
            MoneyFollower(shared),
            CouponFollower(shared),
            OutcomeFollower(shared),
            HoldoutFollower(),
            ExperimentFollower(),
            LearningFollower(),
            TrafficFollower(),
        ]
    }

    /// Nobody.
    static let none = Followers([])

    init(_ shared: SharedState) { self.init(Self.list(shared)) }

    private init(_ all: [any Follower]) {
        self.all = all
        var places = [[Int]](repeating: [], count: 1 + Int(RecordKind.allCases.map(\.number).max() ?? 0))
        for (place, follower) in all.enumerated() {
            for kind in type(of: follower).follows { places[Int(kind.number)].append(place) }
        }
        self.places = places
    }

    func places(following kind: RecordKind) -> [Int] { places[Int(kind.number)] }

    subscript(place: Int) -> any Follower {
        get { all[place] }
        _modify { yield &all[place] }
    }

    mutating func restore(from recovery: inout Recovery) throws {
        for place in all.indices { try all[place].restore(from: &recovery) }
    }

    /// The follower of a type.
    subscript<Kind: Follower>(type: Kind.Type) -> Kind {
        for case let follower as Kind in all { return follower }
        preconditionFailure("Followers.list does not name \(type).")
    }

    /// What each shows.
    var figures: [(any Follower.Type, any Sendable)] { all.map { (type(of: $0), $0.figures) } }

    /// The most urgent of what is only in memory.
    var unsaved: Unsaved { all.lazy.map(\.unsaved).max() ?? .nothing }
}
