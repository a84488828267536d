public import WeirDomain

/// Why the engine did not do what it was asked; says what to do.
public enum EngineError: Error, Sendable, Equatable, CustomStringConvertible {
    case noCatalog
    case unknownPlacement(String, known: [String])
    case unknownOffer(String, placement: PlacementID)
    case unknownDecision(DecisionID)
    case missingCustomer
    case unknownModel(String, known: [String])
    /// Says why a model, or its change of stage, was refused.
    case modelRefused(String)
    case unknownExperiment(String, known: [String])
    /// Says why an arm cannot be stopped.
    case armStopRefused(String)
    case timeNotAllowed
    /// The same key is being worked on at this moment.
    case keyInUse(String)
    /// The key was used before for another request.
    case keyReused(String)
    /// Caps still look at as many decisions as are kept of a person.
    case tooManyDecisions(CustomerID, count: Int, span: TimeSpan)
    case overloaded
    case stopped
    /// The store failed; the process must stop.
    case storeFailed(String)

    public var description: String {
        switch self {
        case .noCatalog:
            "No catalog has been applied yet. Run `weir apply DIR` with a folder that holds a weir.yaml, "
                + "or `weir init DIR` to make one."
        case .unknownPlacement(let name, let known):
            "placement: “\(name)” is not in the catalog. Known placements: \(known.joined(separator: ", "))."
        case .unknownOffer(let name, let placement):
            "given: “\(name)” is not an offer of placement “\(placement)”. Name an offer whose campaign lists that placement."
        case .unknownDecision(let id):
            "decision: \(id) is not known here. Send the id exactly as the answer to /v1/decide gave it."
        case .unknownModel(let name, let known):
            "model: “\(name)” is not registered. Known models: \(known.isEmpty ? "none" : known.joined(separator: ", "))."
        case .modelRefused(let reason): reason
        case .unknownExperiment(let name, let known):
            "experiment: “\(name)” was never in the catalog. Known experiments: "
                + "\(known.isEmpty ? "none" : known.joined(separator: ", "))."
        case .armStopRefused(let reason): reason
        case .missingCustomer:
            "customer: missing. Name the person with customer (a known user id) or anonymousId."
        case .timeNotAllowed:
            "time: this server decides for the present and takes no other time. Leave it out, "
                + "or start the server with --replay to ask about the past."
        case .keyInUse(let key):
            "Idempotency-Key: “\(key)” is being worked on. Wait for that answer, or retry in a moment."
        case .keyReused(let key):
            "Idempotency-Key: “\(key)” was used for another request. Use a new key for a new request."
        case .tooManyDecisions(let customer, let count, let span):
            "customer: “\(customer)” was given \(count) offers within \(Int(span.inSeconds / 86_400)) days, which frequency "
                + "caps look at; no more are kept of one person. Ask for fewer, cap them, or shorten the caps."
        case .overloaded: "Too much is waiting to be written. Retry after a second."
        case .stopped: "The server is stopping. Retry in a moment."
        case .storeFailed(let reason): "The store failed, so the server stops: \(reason)"
        }
    }
}
