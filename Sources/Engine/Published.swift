import WeirDecisioning
import WeirDomain

/// What requests read: replaced as a whole after each commit and never changed, so that what belongs together stays
/// together and nobody waits for the committer.
final class Published: Sendable {
    let plan: CatalogPlan?
    /// Those that decide, one per goal of the plan.
    let models: [GoalModel]
    /// Sequence number of the last lesson in force.
    let modelVersion: Int64
    let stoppedArms: [StoppedArm]
    /// What each follower shows.
    let figures: [(any Follower.Type, any Sendable)]

    init(_ plan: CatalogPlan?, _ followers: Followers) {
        self.plan = plan
        figures = followers.figures
        let learning = Self.figures(of: LearningFollower.self, among: figures)
        models = learning.goals.map(\.deciding)
        modelVersion = learning.version
        stoppedArms = Self.figures(of: ExperimentFollower.self, among: figures).stops.map(\.stopped)
    }

    /// What a follower showed after the last commit.
    func figures<Kind: Follower>(of type: Kind.Type) -> Kind.Figures { Self.figures(of: type, among: figures) }

    private static func figures<Kind: Follower>(
        of type: Kind.Type, among all: [(any Follower.Type, any Sendable)]
    ) -> Kind.Figures {
        for (other, figures) in all where other == type {
            if let figures = figures as? Kind.Figures { return figures }
        }
        preconditionFailure("Followers.list does not name \(type).")
    }
}
