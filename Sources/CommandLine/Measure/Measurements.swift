import ArgumentParser

/// Every measurement there is; a new one is a request in its own room, a command, and a line here.
enum Measurements {
    static let all: [any ParsableCommand.Type] = [
        ExperimentCommand.self,
        PlanCommand.self,
        LiftCommand.self,
        GeoPlanCommand.self,
        GeoLiftCommand.self,
        SyntheticControlCommand.self,
        DifferenceInDifferencesCommand.self,
        InterruptedSeriesCommand.self,
        AttributionCommand.self,
        LifetimeValueCommand.self,
        EconomicsCommand.self,
        ResponseTimeCommand.self,
    ]

    /// Those that can be asked for over HTTP: files in, a report out. What reads a store only, a server measures itself.
    static let posted: [any MeasuringCommand.Type] = all.compactMap { $0 as? any MeasuringCommand.Type }

    /// What they are called, in order of the alphabet.
    static let postedKinds = posted.map { $0.configuration.commandName ?? "" }.sorted()
}
