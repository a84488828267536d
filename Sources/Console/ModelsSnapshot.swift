package import WeirDomain

/// Everything that the page Models shows, as of one moment.
package struct ModelsSnapshot: Sendable, Equatable {
    /// A goal and the models that answer for it.
    /// A feature whose inputs lay outside its range in some lessons.
    package struct Cut: Sendable, Equatable {
        package var feature: String
        /// Of all lessons, in 0 < share ≤ 1.
        package var share: Double

        package init(feature: String, share: Double) {
            self.feature = feature
            self.share = share
        }
    }

    package struct Goal: Sendable, Equatable {
        package var id: GoalID
        /// As people read it: the catalog's name, or the id.
        package var name: String
        /// Which model decides; `ModelID.online` while no trained model is champion.
        package var decidingModel: ModelID
        /// Since when it decides; nil for an online model that decides from the first decision on.
        package var decidingSince: Timestamp?
        /// Outcomes that this goal's online part has learned from, ≥ 0.
        package var lessons: Int
        /// The moment of the newest lesson; nil before the first.
        package var lastLesson: Timestamp?
        /// Features of which the online model has cut inputs that lay far from what is usual.
        package var cut: [Cut]
        /// Outcomes that are open; nil where none is.
        package var open: OpenDecisions?
        /// Champion first, then shadows, candidates, retired ones; the online model among them.
        package var models: [ModelStatus]

        package init(
            id: GoalID, name: String, decidingModel: ModelID = .online, decidingSince: Timestamp? = nil,
            lessons: Int = 0, lastLesson: Timestamp? = nil, cut: [Cut] = [], open: OpenDecisions? = nil,
            models: [ModelStatus] = []
        ) {
            self.id = id
            self.name = name
            self.decidingModel = decidingModel
            self.decidingSince = decidingSince
            self.lessons = lessons
            self.lastLesson = lastLesson
            self.cut = cut
            self.open = open
            self.models = models
        }
    }

    /// When the figures were read.
    package var generatedTime: Timestamp
    /// Of values per decision.
    package var currency: Currency
    /// In the catalog's order.
    package var goals: [Goal]
    /// What makes an empty section fill; the goal's id stands in for GOAL.
    package var registerCommand: String

    package init(
        generatedTime: Timestamp, currency: Currency, goals: [Goal] = [],
        registerCommand: String = """
        weir dataset --goal GOAL --output data.csv
        weir train --input data.csv --target label --time time --output model.json
        weir models register model.json --goal GOAL
        """
    ) {
        self.generatedTime = generatedTime
        self.currency = currency
        self.goals = goals
        self.registerCommand = registerCommand
    }
}
