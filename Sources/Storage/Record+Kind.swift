extension Record {
    public var kind: RecordKind {
        switch self {
        case .event: .event
        case .decision: .decision
        case .outcome: .outcome
        case .ledger: .ledger
        case .link: .link
        case .close: .close
        case .quarantine: .quarantine
        case .catalog: .catalog
        case .model: .model
        case .stage: .stage
        case .armStop: .armStop
        }
    }
}
