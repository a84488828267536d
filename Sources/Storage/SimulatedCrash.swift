/// The process died here, as the test asked.
public struct SimulatedCrash: Error, Equatable {
    public init() {}
}
