import WeirDomain
import HTTPTypes
import WeirBudgeting
import WeirCatalog
import WeirEngine
import WeirFiles
import WeirIngestion
import WeirJSON

extension Problem {
    init(_ error: EngineError) {
        let detail = error.description
        func wrong(_ status: HTTPResponse.Status, _ code: String, _ detail: String, at pointer: String) -> Problem {
            Problem(status, code, detail, faults: [Fault(detail, at: pointer)])
        }
        switch error {
        case .noCatalog: self.init(.serviceUnavailable, "no_catalog", detail)
        case .unknownPlacement(let name, let known):
            let hint = name.suggestion(from: known, fallback: "The catalog has no placements; declare one.")
            self = wrong(
                .notFound, "unknown_placement", "placement: “\(name)” is not in the catalog. \(hint)", at: "#/placement"
            )
        case .unknownOffer: self = wrong(.notFound, "unknown_offer", detail, at: "#/given")
        case .unknownDecision: self.init(.notFound, "unknown_decision", detail)
        case .missingCustomer: self = wrong(.badRequest, "invalid_request", detail, at: "#/customer")
        case .timeNotAllowed: self = wrong(.badRequest, "time_not_allowed", detail, at: "#/time")
        case .unknownModel(let name, let known):
            let hint = name.suggestion(from: known, fallback: "Register one with POST /v1/models.")
            self = wrong(.notFound, "unknown_model", "model: “\(name)” is not registered. \(hint)", at: "#/model")
        case .unknownExperiment(let name, let known):
            let hint = name.suggestion(from: known, fallback: "Declare it in weir.yaml.")
            self = wrong(
                .notFound, "unknown_experiment", "experiment: “\(name)” is not in the catalog. \(hint)",
                at: "#/experiment")
        case .armStopRefused: self = wrong(.unprocessableContent, "arm_stop_refused", detail, at: "#/arm")
        case .modelRefused: self.init(.unprocessableContent, "model_refused", detail)
        case .keyInUse: self.init(.conflict, "key_in_use", detail, retryAfterSeconds: 1)
        case .keyReused: self.init(.unprocessableContent, "key_reused", detail)
        case .tooManyDecisions:
            self = wrong(.unprocessableContent, "too_many_decisions", detail, at: "#/customer")
        case .overloaded: self.init(.tooManyRequests, "overloaded", detail, retryAfterSeconds: 1)
        case .stopped: self.init(.serviceUnavailable, "stopping", detail, retryAfterSeconds: 1)
        case .storeFailed: self.init(.internalServerError, "store_failed", detail)
        }
    }

    init(_ error: IngestionError) { self.init(.badRequest, error.code, error.description) }

    init(_ error: GzipError) {
        let code = if case .tooLarge = error { "too_large" } else { "bad_gzip" }
        self.init(.badRequest, code, error.description)
    }

    init(_ error: JSONParsingError) {
        self.init(.badRequest, "malformed_json", "The body is not valid JSON. \(error)")
    }

    /// - Parameter files: The names of the posted files, in their order.
    init(_ error: CatalogFaults, files: [String]) {
        let faults = error.faults.map { fault in
            let index = files.firstIndex(of: fault.file)
            return Fault(fault.description, at: index.map { "#/files/\($0)/text" } ?? "#/files")
        }
        self.init(
            .unprocessableContent, "invalid_catalog",
            "The catalog has \(faults.count) fault\(faults.count == 1 ? "" : "s"); "
                + "nothing was changed. Mend what “errors” names and apply it again.", faults: faults)
    }

    init(_ error: LedgerError) {
        self.init(
            .unprocessableContent, "budget_committed", error.description,
            faults: [Fault(error.description, at: "#/files")])
    }
}
