/// Whether an acknowledged record survives a power cut or only the end of the process.
public enum Durability: String, Sendable, CaseIterable {
    /// The disk has confirmed it.
    case fsync
    /// The operating system has it: `kill -9` loses nothing, a power cut may lose the last moments.
    case process
}
