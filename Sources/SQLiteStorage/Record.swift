import WeirStorage

/// The store's records; GRDB has a type of that name too.
typealias Record = WeirStorage.Record
