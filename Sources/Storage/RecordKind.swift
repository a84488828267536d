public enum RecordKind: UInt8, Sendable, CaseIterable {
    case event = 1, decision, outcome, ledger, link, close, quarantine, catalog, model, stage, armStop
}
