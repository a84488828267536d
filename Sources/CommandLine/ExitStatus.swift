import ArgumentParser
import WeirAllocation
import WeirCatalog
import WeirDemo
import WeirEngine
import WeirEvaluation
import WeirFiles
import WeirIngestion
import WeirJSON
import WeirLearning
import WeirLogInsight
import WeirReporting
import WeirServer
import WeirStorage
import WeirStores
import WeirTables
import WeirTraining

/// How a command ends. The numbers are those of sysexits.h where it has one; docs/operations.md has the same table.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Done; where the command judges, all is well.
    case done = 0
    /// Done, and the verdict is bad: something drifted, a decision is not what its log says, accounts do not add up, no
    /// line of a file was accepted.
    case badVerdict = 1
    /// An option or argument is wrong or missing.
    case wrongUse = 64
    /// What is in a file, or which files are given together, cannot be used.
    case badInput = 65
    /// A file or store is not there, or cannot be read.
    case noInput = 66
    /// No server answers.
    case noServer = 69
    /// Something failed that should not.
    case failed = 70
    /// A file, or the standard output, cannot be written.
    case cannotWrite = 73
    /// The store is damaged, full, or of another version.
    case badStore = 74
    /// Another process has the store; try again later.
    case busy = 75
    /// What was asked for is not allowed now: a gate is not passed, a name is unknown, a key has no right.
    case refused = 77
    /// The catalog has faults.
    case badCatalog = 78

    /// What an error that a command throws ends it with; nil where the argument parser says it.
    init?(of error: any Error) {
        switch error {
        case is CleanExit, is ExitCode: return nil
        case let fault as CommandFault: self = fault.status
        case is ValidationError, is StoreLocationError, is CandidatePolicyError: self = .wrongUse
        case ServerSettingsError.unreadableCertificate: self = .noInput
        case is ServerSettingsError: self = .wrongUse
        case is CatalogFaults: self = .badCatalog
        case let error as StoreError: self = Self.status(of: error)
        case let error as FileError: self = Self.status(of: error)
        case EventFileError.file(let error): self = Self.status(of: error)
        case TableError.cannotRead: self = .noInput
        case RecipeError.missingFile, DemoError.missingFile: self = .noInput
        case is EventFileError, is TableError, is RecipeError, is DemoError, is TrainingError, is NPYError,
            is UpliftError, is UpliftTrialError, is LoggedRoundsError, is ContextualBanditStreamError,
            is AllocationFault, is MeasurementError, is JSONParsingError:
            self = .badInput
        case is EngineError: self = .refused
        default: return nil
        }
    }

    private static func status(of error: FileError) -> ExitStatus {
        if case .cannotRead = error { .noInput } else { .badInput }
    }

    private static func status(of error: StoreError) -> ExitStatus {
        switch error {
        case .missing: .noInput
        case .locked: .busy
        default: .badStore
        }
    }
}

/// Why a command cannot do what it was asked, in sentences that name what is wrong and the remedy.
package struct CommandFault: Error, CustomStringConvertible {
    package let status: ExitStatus
    package let description: String

    init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
